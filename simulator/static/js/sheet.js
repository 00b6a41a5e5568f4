// A sheet slides up inside one phone and holds its keyboard until it is closed.

import { h, iconButton } from "./dom.js";

let count = 0;

/**
 * Open a sheet over a phone. `actions` are {label, tone?, icon?, stay?, run}; a run that has not `stay` closes the sheet first.
 * Returns {close, body, actions}. At most one sheet per phone: a new one takes the place of the old.
 */
export function openSheet(phone, { title, body = [], actions = [], alert = false, onclose = null }) {
  phone.sheet?.close();
  const before = document.activeElement;
  const id = `sheet-${++count}`;
  const close = () => shut(phone, layer, before, onclose);
  const rows = actions.map((action) => actionButton(action, close));
  const panel = h(
    "div",
    { class: ["sheet", alert && "alert"], role: alert ? "alertdialog" : "dialog", "aria-modal": "true", "aria-labelledby": id },
    h("div", { class: "sheet-head" }, h("h3", { id, dir: "auto" }, title), alert ? null : iconButton("close", phone.word("cancel"), close)),
    h("div", { class: "sheet-body" }, body),
    h("div", { class: "sheet-actions" }, rows),
  );
  const layer = h("div", { class: "sheet-layer" }, h("div", { class: "sheet-shade", onclick: close }), panel);
  layer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") keepInside(event, panel);
  });
  phone.frame.append(layer);
  phone.inner.inert = true;
  (rows.find((row) => !row.disabled) ?? panel.querySelector("input, select, button"))?.focus({ preventScroll: true });
  phone.sheet = { close, panel };
  return phone.sheet;
}

function actionButton({ label, tone = "", mark = "", stay = false, run }, close) {
  const press = async (event) => {
    const button = event.currentTarget;
    if (!stay) close();
    await run?.(button);
  };
  return h("button", { type: "button", class: ["sheet-action", tone], onclick: press },
    mark && h("span", { class: "sheet-mark", "aria-hidden": "true" }, mark), h("span", {}, label));
}

function shut(phone, layer, before, onclose) {
  if (!layer.isConnected) return;
  layer.remove();
  phone.sheet = null;
  phone.inner.inert = false;
  if (before?.isConnected) before.focus({ preventScroll: true });
  onclose?.();
}

function keepInside(event, panel) {
  const stops = [...panel.querySelectorAll("button, input, select, textarea, a[href]")].filter((one) => !one.disabled);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}
