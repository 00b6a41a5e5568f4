// The drawer: what happens behind the phones.

import { h, iconButton, perFrame, put } from "./dom.js";
import { ApiLogPanel } from "./api_log_panel.js";
import { LedgerPanel } from "./ledger_panel.js";
import { OrderPanel } from "./order_panel.js";
import { OutboxPanel } from "./outbox_panel.js";
import { TapsPanel } from "./taps_panel.js";
import { on } from "./store.js";

const EVERY_MS = 2500;
const CALM_MS = 500;

export class Drawer {
  constructor(element, market, stage) {
    this.element = element;
    this.market = market;
    this.opener = null;
    this.panels = [new OrderPanel(market), new LedgerPanel(market), new OutboxPanel(market), new ApiLogPanel(), new TapsPanel(market, stage)];
    this.active = this.panels[0];
    this.tabs = h("div", { class: "drawer-tabs", role: "tablist", "aria-label": "Behind the scenes" });
    this.page = h("div", { class: "drawer-page", role: "tabpanel", id: "drawer-page", tabindex: "0" });
    put(element, h("div", { class: "drawer-head" }, this.tabs, iconButton("close", "Close", () => this.toggle(false))), this.page);
    element.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
    this.draw();
    this.watch();
  }

  watch() {
    let calm = 0;
    const soon = () => {
      clearTimeout(calm);
      calm = setTimeout(() => this.refresh(), CALM_MS);
    };
    for (const type of ["message", "edit", "moved", "market-up", "state"]) on(type, soon);
    const live = perFrame(() => this.isOpen() && this.active.live && this.refresh());
    for (const type of ["log", "taps"]) on(type, live);
    setInterval(() => document.hidden || this.active.live || this.refresh(), EVERY_MS);
  }

  isOpen() {
    return !this.element.hidden;
  }

  toggle(open = !this.isOpen()) {
    this.element.hidden = !open;
    document.body.classList.toggle("drawer-is-open", open);
    this.opener?.setAttribute("aria-expanded", String(open));
    if (open) this.refresh();
    (open ? this.tabs.querySelector('[aria-selected="true"]') : this.opener)?.focus();
  }

  draw() {
    put(this.tabs, this.panels.map((panel, place) => this.tab(panel, place)));
    put(this.page, this.active.element);
  }

  tab(panel, place) {
    const selected = panel === this.active;
    const walk = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step && this.panels[place + step]) this.pick(this.panels[place + step]);
    };
    return h("button", { type: "button", role: "tab", class: "drawer-tab", "aria-selected": String(selected), "aria-controls": "drawer-page",
      tabindex: selected ? "0" : "-1", onclick: () => this.pick(panel), onkeydown: walk }, panel.title);
  }

  pick(panel) {
    this.active = panel;
    this.draw();
    this.tabs.querySelector('[aria-selected="true"]').focus();
    this.refresh();
  }

  refresh() {
    if (!this.isOpen()) return;
    const absence = this.active.needsMarket ? this.market.absence() : "";
    this.page.classList.toggle("absent-market", Boolean(absence));
    this.page.dataset.absence = absence;
    if (!absence) this.active.refresh();
  }
}
