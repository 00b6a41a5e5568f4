// A press on a bot's button: what is done, and the spinner until the bot answers.

import { h, icon } from "./dom.js";
import { followLink } from "./follow.js";
import { chatName, money } from "./format.js";
import { openPay } from "./pay.js";
import { openSheet } from "./sheet.js";
import { chatsOf, on, world } from "./store.js";

const PATIENCE_MS = 20000;
const waiting = new Map();
const early = new Map();

on("toast", ({ toast }) => {
  const done = waiting.get(toast.callback_id);
  waiting.delete(toast.callback_id);
  if (done) done(toast);
  else keepEarly(toast);
});

// An answer may overtake the acknowledgement of its press; one that nobody here pressed is shown by whoever owns the chat.
let stray = () => {};
export const onStrayToast = (listener) => (stray = listener);

function keepEarly(toast) {
  early.set(toast.callback_id, toast);
  setTimeout(() => early.delete(toast.callback_id) && stray(toast), 1200);
}

function answered(id) {
  return new Promise((resolve) => {
    if (early.has(id)) {
      const toast = early.get(id);
      early.delete(id);
      return resolve(toast);
    }
    waiting.set(id, resolve);
    setTimeout(() => waiting.delete(id) && resolve(null), PATIENCE_MS);
  });
}

/** The rows of buttons under a message. */
export function inlineRows(message, phone) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const cells = (row) => row.map((button) => inlineButton(message, button, phone));
  return h("div", { class: "keys" }, rows.map((row) => h("div", { class: "keys-row" }, cells(row))));
}

function inlineButton(message, button, phone) {
  const paid = button.pay && message.paid;
  const press = (event) => {
    phone.tap(button.text);
    pressed(phone, message, button, event.currentTarget).catch((error) => phone.toast(error.message));
  };
  return h(
    "button",
    { type: "button", class: ["key", button.pay && "pay", button.style], onclick: press, disabled: Boolean(paid) },
    h("span", { dir: "auto" }, paid ? `✓ ${phone.word("paid")}` : label(message, button, phone)),
    button.url || button.web_app || button.login_url ? icon("open") : null,
  );
}

// The messenger itself writes the words of a pay button that its bot did not draw.
function label(message, button, phone) {
  const { currency, total_amount: total } = message.invoice ?? {};
  if (!button.pay || !/^Pay [A-Z]{3} [\d.]+$/.test(button.text)) return button.text;
  return `${phone.word("pay")} ${money(total, currency, phone.language)}`;
}

async function pressed(phone, message, button, element) {
  const link = button.url ?? button.login_url?.url ?? button.web_app?.url;
  if (link) return followLink(phone, link);
  if (button.pay) return openPay(phone, message);
  if (button.copy_text) return copy(phone, button.copy_text.text);
  if (button.switch_inline_query !== undefined) return chooseChat(phone, button.switch_inline_query);
  const query = button.switch_inline_query_current_chat;
  if (query !== undefined) return phone.composer.startInline(query);
  return pressCallback(phone, message, button, element);
}

// The messenger asks in which of the person's chats the inline query shall begin.
function chooseChat(phone, query) {
  const begin = (key) => {
    const bot = phone.bot();
    if (key !== phone.openKey) phone.openChat(key);
    phone.composer.startInline(query, bot);
  };
  openSheet(phone, {
    title: phone.word("chats"),
    actions: chatsOf(phone.user).map((key) => ({ label: chatName(world.chats.get(key)), mark: key.includes(":") ? "🌱" : "👥", run: () => begin(key) })),
  });
}

async function pressCallback(phone, message, button, element) {
  if (element.getAttribute("aria-busy")) return;
  element.setAttribute("aria-busy", "true");
  try {
    const deed = { do: "press", message_id: message.message_id, data: button.callback_data };
    const { callback_id: id } = await phone.act(deed);
    const toast = await answered(id);
    if (toast) phone.showAnswer(toast);
  } finally {
    element.removeAttribute("aria-busy");
  }
}

async function copy(phone, text) {
  try {
    await navigator.clipboard.writeText(text);
    phone.toast(phone.word("copied"));
  } catch {
    phone.toast(text);
  }
}

/** The tiles of a reply keyboard. */
export function replyTiles(keyboard, phone) {
  const tile = (cell) => {
    const button = typeof cell === "string" ? { text: cell } : cell;
    const press = () => pressTile(phone, keyboard, button).catch((error) => phone.toast(error.message));
    const mark = button.request_contact ? "person" : button.request_location ? "place" : null;
    return h("button", { type: "button", class: "tile", onclick: press }, mark && icon(mark), h("span", { dir: "auto" }, button.text));
  };
  return keyboard.keyboard.map((row) => h("div", { class: "tiles-row" }, row.map(tile)));
}

async function pressTile(phone, keyboard, button) {
  phone.tap(button.text);
  if (button.request_contact) await phone.act({ do: "contact" });
  else if (button.request_location) await phone.sharePlace();
  else await phone.act({ do: "text", text: button.text });
  if (keyboard.one_time_keyboard) phone.hideTiles(keyboard);
}
