// The outbox: what will be sent, when, and what went wrong on the way.

import { h, put } from "./dom.js";
import { chatName, clockTime, dayOf, fullName } from "./format.js";
import { world } from "./store.js";

const SHOWN = 120;
const LISTED = 100; // the market tells of no more; older ones are not counted
const ENDED = new Set(["sent", "dropped", "unreachable"]);
const ORDER = ["due", "queued", "pending", "sending", "leased", "retry", "held", "dead", "sent"];

export class OutboxPanel {
  title = "Outbox";
  needsMarket = true;

  constructor(market) {
    this.market = market;
    this.counts = h("p", { class: "counts" });
    this.list = h("ol", { class: "outbox" });
    this.element = h("div", {}, this.counts, this.list);
  }

  async refresh() {
    const rows = await this.market.list("outbox");
    const drawn = JSON.stringify(rows) + Math.floor(this.market.now() / 60000);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    put(this.counts, this.summary(rows));
    const rank = (row) => (ENDED.has(row.state) ? 1 : 0);
    const sorted = [...rows].sort((one, two) => rank(one) - rank(two) || (rank(one) ? two.id - one.id : one.id - two.id));
    put(this.list, rows.length ? sorted.slice(0, SHOWN).map((row) => this.row(row)) : h("li", { class: "nothing" }, "Nothing waits to be sent."));
  }

  summary(rows) {
    const counts = new Map();
    for (const row of rows) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
    const known = [...counts].sort(([one], [two]) => ORDER.indexOf(one) - ORDER.indexOf(two));
    const flooded = rows.filter((row) => isFlood(row)).length;
    const of = rows.length < LISTED ? null : h("small", {}, `Of the newest ${rows.length}:`);
    return [of, ...known.map(([state, count]) => chip(`${count} ${state}`, tone({ state }))), flooded ? chip(`${flooded} × 429`, "bad") : null];
  }

  row(row) {
    const { id, due, state, held, attempts, chat, kind, error } = row;
    return h("li", { class: `outbox-row ${tone(row)}` },
      h("div", { class: "outbox-line" }, h("b", {}, kind), chip(held ? "held" : state, tone(row))),
      h("small", {}, `#${id} · to ${whose(chat)} · due ${this.when(due)}`, held ? ` · held${held === true ? "" : ` ${held}`}` : "", attempts > 1 ? ` · ${attempts - 1} retries` : ""),
      error ? h("small", { class: "error" }, isFlood(row) ? `429: ${error}` : error) : null);
  }

  when(due) {
    const seconds = Date.parse(due) / 1000;
    if (!seconds) return "now";
    const today = dayOf(seconds, "en-GB") === dayOf(this.market.now() / 1000, "en-GB");
    return today ? clockTime(seconds, "en-GB") : `${dayOf(seconds, "en-GB")} ${clockTime(seconds, "en-GB")}`;
  }
}

// A private chat has the number of its person.
function whose(chat) {
  const known = world.chats.get(String(chat));
  return world.users.has(chat) ? fullName(world.users.get(chat)) : known ? chatName(known) : (chat ?? "–");
}

const isFlood = (row) => /429|too many/i.test(row.error ?? "");
const chip = (words, kind) => h("span", { class: `chip ${kind}` }, words);

function tone({ state, held, attempts, error }) {
  if (state === "dead" || state === "failed") return "bad";
  if (held || state === "held") return "calm";
  if (error || attempts > 1 || state === "retry") return "warn";
  return state === "sent" ? "good" : "plain";
}
