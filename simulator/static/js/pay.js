// The sheet that pays an invoice: pay, let the bank refuse, or walk away.

import { h, put } from "./dom.js";
import { money } from "./format.js";
import { openSheet } from "./sheet.js";
import { on } from "./store.js";

const ENDS = { paid: "paid", refused: "refused", failed: "refused", expired: "wait", abandoned: "cancel" };

let refusesNext = false;

/** The bank refuses the next payment, whoever makes it. */
export const refuseNext = () => (refusesNext = true);

function outcomeOfBank(wished) {
  const outcome = wished === "ok" && refusesNext ? "fail" : wished;
  if (wished === "ok") refusesNext = false;
  return outcome;
}

/** Open it for an invoice message. */
export function openPay(phone, message) {
  const { title, currency, total_amount: total } = message.invoice;
  ask(phone, `${phone.word("pay")} ${money(total, currency, phone.language)}`, title, { message_id: message.message_id });
}

/** Open it for an invoice link, which does not say what it costs. */
export const openPayLink = (phone, link) => ask(phone, phone.word("pay"), "", { link });

function ask(phone, words, title, what) {
  const state = h("p", { class: "pay-state", role: "status" });
  let chosen = false;
  const run = (outcome) => (button) => {
    chosen = true;
    return pay(phone, { ...what, outcome: outcomeOfBank(outcome) }, button, state);
  };
  openSheet(phone, {
    title: words,
    body: [h("p", { class: "pay-title", dir: "auto" }, title), h("div", { class: "pay-card", "aria-hidden": "true" }, h("i"), h("span", {}, "•••• 4242")), state],
    actions: [
      { label: words, tone: "primary", stay: true, run: run("ok") },
      { label: phone.word("fail"), stay: true, run: run("fail") },
      { label: phone.word("cancel"), run: () => {} },
    ],
    onclose: () => chosen || pay(phone, { ...what, outcome: "abandon" }, null, state),
  });
}

async function pay(phone, deed, button, state) {
  const panel = button?.closest(".sheet");
  panel?.querySelectorAll(".sheet-action").forEach((one) => (one.disabled = true));
  button?.classList.add("busy");
  put(state, phone.word("paying"));
  const early = [];
  const listen = on("payment", ({ payment }) => early.push(payment));
  try {
    const { payment_id: id } = await phone.act({ do: "pay", ...deed });
    if (deed.outcome === "abandon") return;
    const ended = await outcomeOf(id, early);
    settle(phone, state, panel, button, ended);
  } catch (error) {
    put(state, error.message);
    panel?.querySelectorAll(".sheet-action").forEach((one) => (one.disabled = false));
    button?.classList.remove("busy");
  } finally {
    listen();
  }
}

function outcomeOf(id, early) {
  const known = early.findLast((payment) => payment.id === id && payment.state in ENDS);
  if (known) return known;
  return new Promise((resolve) => {
    const done = (payment) => {
      clearTimeout(late);
      listen();
      resolve(payment);
    };
    const late = setTimeout(() => done({ id, state: "expired" }), 16000);
    const listen = on("payment", ({ payment }) => payment.id === id && payment.state in ENDS && done(payment));
  });
}

function settle(phone, state, panel, button, payment) {
  button?.classList.remove("busy");
  const words = [phone.word(ENDS[payment.state]), payment.error].filter(Boolean).join(": ");
  put(state, payment.state === "paid" ? `✓ ${words}` : words);
  state.classList.add(payment.state === "paid" ? "good" : "bad");
  if (payment.state === "paid") setTimeout(() => phone.sheet?.panel === panel && phone.sheet.close(), 700);
  else panel?.querySelectorAll(".sheet-action").forEach((one) => (one.disabled = false));
}
