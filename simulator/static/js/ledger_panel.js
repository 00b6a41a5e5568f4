// The ledger: balances, transfers, and that all of it sums to zero.

import { h, put } from "./dom.js";
import { clockTime, dayOf } from "./format.js";

const SHOWN = 80;

export class LedgerPanel {
  title = "Ledger";
  needsMarket = true;

  constructor(market) {
    this.market = market;
    this.sum = h("p", { class: "sum", role: "status" });
    this.accounts = h("tbody");
    this.transfers = h("ol", { class: "transfers" });
    this.element = h("div", {}, this.sum,
      h("table", { class: "table" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Account"), h("th", { scope: "col", class: "figure" }, "Balance"))), this.accounts),
      h("h3", {}, "Transfers, newest first"), this.transfers);
  }

  async refresh() {
    const found = await this.market.get("ledger");
    if (!found) return;
    const drawn = JSON.stringify(found);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const total = found.sum_minor ?? (found.accounts ?? []).reduce((sum, account) => sum + (account.minor ?? 0), 0);
    this.sum.className = `sum ${total === 0 ? "good" : "bad"}`;
    put(this.sum, total === 0 ? "Sum 0 ✓ every debit has its credit" : `Sum ${total} ✗ the ledger does not balance`);
    put(this.accounts, (found.accounts ?? []).map(account));
    put(this.transfers, [...(found.transfers ?? [])].sort((one, two) => two.id - one.id).slice(0, SHOWN).map(transfer));
  }
}

const account = ({ name, balance_text: balance, minor }) =>
  h("tr", { class: minor ? "" : "nil" }, h("td", { dir: "auto" }, name), h("td", { class: "figure" }, balance ?? String(minor)));

function transfer({ at, debit, credit, amount_text: amount, why }) {
  const when = at ? Date.parse(at) / 1000 : 0;
  return h("li", {},
    h("div", { class: "transfer-line" }, h("span", {}, debit, h("span", { class: "arrow", "aria-label": "to" }, " → "), credit), h("b", { class: "figure" }, amount)),
    h("small", {}, [when ? `${dayOf(when, "en-GB")} ${clockTime(when, "en-GB")}` : "", why].filter(Boolean).join(" · ")));
}
