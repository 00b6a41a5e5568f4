// The raw log: every call bots made, what they got, and the rule behind each refusal.

import { h, put } from "./dom.js";
import { world } from "./store.js";

const SHOWN = 150;

export class ApiLogPanel {
  title = "API log";
  needsMarket = false;
  live = true;

  constructor() {
    this.filter = h("input", { class: "field", type: "search", placeholder: "Filter by method or chat", "aria-label": "Filter", oninput: () => this.redraw() });
    this.only = h("input", { type: "checkbox", onchange: () => this.redraw() });
    this.list = h("ol", { class: "api-log" });
    this.empty = h("p", { class: "nothing" }, "No calls yet.");
    this.element = h("div", {}, h("div", { class: "filters" }, this.filter, h("label", { class: "tick" }, this.only, "only refusals")), this.empty, this.list);
    this.nodes = new Map();
  }

  redraw() {
    this.nodes.clear();
    put(this.list);
    this.refresh();
  }

  // Entries that are open stay as they are; new ones come on top.
  refresh() {
    const shown = world.log.filter((entry) => this.wanted(entry)).slice(-SHOWN);
    const kept = new Set(shown.map((entry) => entry.n));
    for (const [n, node] of this.nodes) {
      if (kept.has(n)) continue;
      node.remove();
      this.nodes.delete(n);
    }
    for (const entry of shown) {
      if (this.nodes.has(entry.n)) continue;
      const node = row(entry);
      this.nodes.set(entry.n, node);
      this.list.prepend(node);
    }
    this.empty.hidden = shown.length > 0;
  }

  wanted(entry) {
    if (this.only.checked && entry.ok) return false;
    const words = this.filter.value.trim().toLowerCase();
    return !words || entry.method.toLowerCase().includes(words) || String(entry.params?.chat_id ?? "").includes(words);
  }
}

function row(entry) {
  const { method, status, ok, error, rule, ms, params, fault, at } = entry;
  const time = new Date(at * 1000).toLocaleTimeString("en-GB");
  return h("li", { class: ok ? "call" : "call refused" },
    h("details", {},
      h("summary", {}, h("span", { class: `status ${ok ? "good" : "bad"}` }, String(status)), h("b", {}, method), h("span", { class: "figure" }, `${Math.round(ms * 10) / 10} ms`)),
      h("p", {}, h("small", {}, time, fault ? ` · fault: ${typeof fault === "string" ? fault : fault.kind ?? JSON.stringify(fault)}` : "")),
      h("pre", { tabindex: "0" }, JSON.stringify(unpacked(params), null, 2))),
    error ? h("p", { class: "error" }, error) : null,
    rule ? h("p", { class: "rule" }, `Rule: ${rule}`) : null);
}

// Structures travel as JSON in strings; they are easier to read unpacked.
function unpacked(params) {
  return Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => {
    if (typeof value !== "string" || !/^[[{]/.test(value)) return [name, value];
    try {
      return [name, JSON.parse(value)];
    } catch {
      return [name, value];
    }
  }));
}
