// One order in the diagram of its states.

import { diagram } from "./diagram.js";
import { h, put } from "./dom.js";

export class OrderPanel {
  title = "Order";
  needsMarket = true;

  constructor(market) {
    this.market = market;
    this.orders = [];
    this.table = null;
    this.chosen = null;
    this.shown = null;
    this.picker = h("select", { class: "field", "aria-label": "Order", onchange: () => this.choose(this.picker.value) });
    this.about = h("p", { class: "order-about" });
    this.picture = h("div", { class: "picture" });
    this.ways = h("div", { class: "ways" });
    this.element = h("div", {}, this.picker, this.about, this.picture, this.ways);
  }

  async refresh() {
    if (!this.table?.states?.length) this.table = normal(await this.market.get("states"));
    const before = new Map(this.orders.map((order) => [String(order.id), order.state]));
    this.orders = await this.market.list("orders");
    const moved = this.orders.findLast((order) => before.size && before.get(String(order.id)) !== order.state);
    if (moved) this.follow(moved);
    else if (!this.order()) this.follow(this.orders.at(-1));
    this.draw();
  }

  // The newest change is the one somebody wants to see.
  follow(order) {
    this.chosen = order ? String(order.id) : null;
    this.shown = null;
  }

  order() {
    return this.orders.find((order) => String(order.id) === this.chosen) ?? null;
  }

  choose(id) {
    this.chosen = id;
    this.shown = null;
    this.draw();
  }

  draw() {
    if (!this.table) return;
    const order = this.order();
    const drawn = JSON.stringify([this.orders, this.chosen, this.shown, this.table.states.length]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = document.activeElement?.dataset?.state;
    const option = (one) => h("option", { value: one.id, selected: String(one.id) === this.chosen }, `${one.number ?? one.id} · ${words(one.state)} · ${one.buyer ?? ""}`);
    put(this.picker, this.orders.length ? [...this.orders].reverse().map(option) : h("option", {}, "No orders yet"));
    put(this.about, order ? [h("b", { dir: "auto" }, order.campaign ?? ""), h("span", { class: "chip good" }, words(order.status))] : "Reserve something on the buyer's phone.");
    const shown = this.shown ?? order?.state ?? this.table.states[0];
    put(this.picture, diagram({ ...this.table, current: order?.state, shown, pick: (name) => this.show(name) }));
    put(this.ways, ways(this.table, shown));
    if (focused) this.picture.querySelector(`[data-state="${focused}"]`)?.focus();
  }

  show(name) {
    this.shown = name;
    this.draw();
  }
}

const words = (name) => String(name ?? "").replaceAll("_", " ");

// States may come as names or as objects with a name.
function normal(found) {
  if (!found) return null;
  const name = (one) => (typeof one === "string" ? one : (one.name ?? one.id ?? one.state));
  const rows = (found.transitions ?? []).map(({ from, to, event, action }) => ({ from, to, event: event ?? action ?? "" }));
  return { states: (found.states ?? []).map(name), transitions: rows };
}

function ways({ transitions }, shown) {
  const rows = transitions.filter(({ from }) => from === shown);
  const title = h("h3", {}, rows.length ? `From ${words(shown)}` : `${words(shown)} is an end`);
  return [title, h("ul", {}, rows.map(({ event, to }) => h("li", {}, h("span", {}, words(event)), h("span", { class: "arrow" }, " → "), h("b", {}, words(to)))))];
}
