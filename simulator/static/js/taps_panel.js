// The tap counter: what each phone has touched, against the budget of a journey.

import { h, put } from "./dom.js";
import { fullName } from "./format.js";
import { roleMark } from "./head.js";
import { countOf, zero } from "./taps.js";

const TRAIL = 14;

export class TapsPanel {
  title = "Taps";
  needsMarket = false;
  live = true;

  constructor(market, stage) {
    this.market = market;
    this.stage = stage;
    this.budgets = [];
    this.chosen = new Map();
    this.cards = h("div", { class: "tap-cards" });
    this.element = h("div", {},
      h("p", { class: "hint" }, "Pick a journey, then walk it on a phone: picking begins at zero. Taps are touches on buttons; t is a message written; p is a photo."),
      h("button", { type: "button", class: "quiet", onclick: () => zero() }, "All to zero"), this.cards);
  }

  async refresh() {
    if (!this.budgets.length && this.market.up) this.budgets = await this.market.list("budgets");
    const facts = this.stage.phones.map((phone) => [phone.id, phone.user, countOf(phone), this.chosen.get(phone.id)]);
    const drawn = JSON.stringify([facts, this.budgets.length]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = document.activeElement?.dataset?.phone;
    put(this.cards, this.stage.phones.map((phone) => this.card(phone)));
    if (focused) this.cards.querySelector(`select[data-phone="${focused}"]`)?.focus();
  }

  card(phone) {
    const { tap, typed, photo, trail } = countOf(phone);
    const budget = this.budgets[this.chosen.get(phone.id)];
    return h("section", { class: "tap-card" },
      h("h3", {}, `${roleMark(phone.role)} ${fullName(phone.person)}`),
      h("p", { class: "tap-figures" }, figure(tap, "taps"), figure(typed, "t"), figure(photo, "p"), h("button", { type: "button", class: "quiet", onclick: () => zero(phone) }, "To zero")),
      this.budgets.length ? this.picker(phone) : h("p", { class: "hint" }, "Budgets come with a market."),
      budget ? meter(tap, budget.taps) : null,
      h("ol", { class: "trail" }, trail.slice(-TRAIL).map(({ label, kind }) => h("li", { class: kind, dir: "auto" }, label))));
  }

  picker(phone) {
    const pick = (event) => {
      this.chosen.set(phone.id, event.target.value);
      zero(phone);
    };
    const options = this.budgets.map(({ name, journey, taps }, place) =>
      h("option", { value: place, selected: String(place) === this.chosen.get(phone.id) }, `${journey} ${name} (${taps})`));
    return h("select", { class: "field", "aria-label": `Journey of ${fullName(phone.person)}`, "data-phone": phone.id, onchange: pick }, h("option", { value: "" }, "No journey"), options);
  }
}

const figure = (count, unit) => h("span", {}, h("b", {}, String(count)), ` ${unit}`);

function meter(taps, budget) {
  const over = taps > budget;
  return h("div", { class: ["meter", over && "over"] },
    h("i", { style: { "--part": `${Math.min(100, (taps / Math.max(1, budget)) * 100)}%` } }),
    h("span", {}, over ? `${taps} of ${budget}: over the budget` : `${taps} of ${budget} taps`));
}
