// What a message carries besides words: pictures, voices, places, people, invoices.

import { h, icon } from "./dom.js";
import { fullName, initials, money, seconds } from "./format.js";
import { openSheet } from "./sheet.js";
import { fileUrl } from "./socket.js";
import { openPay } from "./pay.js";

const DRAWN = {
  photo: (message, phone) => photo(message.photo, phone),
  animation: (message) => file("▶", message.animation),
  video: (message) => file("▶", message.video),
  audio: (message) => file("♪", message.audio),
  document: (message) => file(null, message.document),
  voice: (message) => voice(message.voice),
  sticker: (message) => h("div", { class: "sticker" }, message.sticker.emoji || "🙂"),
  contact: (message) => contact(message.contact),
  venue: (message) => place(message.venue.location, message.venue.title),
  location: (message) => place(message.location, ""),
  invoice: (message, phone) => invoice(message, phone),
  successful_payment: (message, phone) => receipt(message.successful_payment, phone),
};

/** Nodes for whatever a message carries. */
export function mediaOf(message, phone) {
  const kinds = Object.keys(DRAWN).filter((kind) => message[kind]);
  return kinds.slice(0, 1).map((kind) => DRAWN[kind](message, phone));
}

function photo(sizes, phone) {
  const best = sizes.find((size) => size.width >= 640) ?? sizes.at(-1);
  const picture = () => h("img", { src: fileUrl(best.file_id), alt: phone.word("photo"), width: best.width, height: best.height });
  const show = () => openSheet(phone, { title: phone.word("photo"), body: [picture()] });
  return h("button", { type: "button", class: "photo", "aria-label": phone.word("photo"), onclick: show }, picture());
}

function file(mark, shape) {
  const size = shape.file_size ? `${Math.max(1, Math.round(shape.file_size / 1024))} KB` : "";
  return h(
    "a",
    { class: "file", href: fileUrl(shape.file_id), target: "_blank", rel: "noopener" },
    h("span", { class: "file-mark" }, mark ?? icon("file")),
    h("span", { class: "file-words" }, h("b", { dir: "auto" }, shape.file_name || shape.mime_type || "file"), h("small", {}, size)),
  );
}

function voice(shape) {
  const sound = new Audio();
  const bars = Array.from({ length: 22 }, (_, at) => h("i", { style: { "--tall": `${25 + ((at * 37 + shape.duration * 13) % 70)}%` } }));
  const toggle = () => {
    sound.src ||= fileUrl(shape.file_id);
    if (sound.paused) sound.play().catch(() => {});
    else sound.pause();
  };
  return h(
    "div",
    { class: "voice" },
    h("button", { type: "button", class: "voice-play", "aria-label": "Play", onclick: toggle }, icon("play")),
    h("span", { class: "voice-bars", "aria-hidden": "true" }, bars),
    h("small", {}, seconds(shape.duration ?? 0)),
  );
}

function contact(shape) {
  const name = fullName(shape);
  return h(
    "div",
    { class: "card-row" },
    h("span", { class: "face small face-2", "aria-hidden": "true" }, initials(name)),
    h("span", {}, h("b", { dir: "auto" }, name), h("small", { dir: "ltr" }, shape.phone_number)),
  );
}

function place(location, title) {
  const words = `${location.latitude.toFixed(4)}, ${location.longitude.toFixed(4)}`;
  return h(
    "div",
    { class: "place" },
    h("div", { class: "place-map", "aria-hidden": "true" }, icon("place")),
    h("small", { dir: "auto" }, title ? `${title} · ${words}` : `📍 ${words}`),
  );
}

function invoice(message, phone) {
  const { title, description, total_amount: total, currency } = message.invoice;
  const sum = money(total, currency, phone.language);
  return h(
    "div",
    { class: "invoice" },
    h("div", { class: "invoice-sum" }, h("bdi", {}, sum), message.paid ? h("span", { class: "chip good" }, `✓ ${phone.word("paid")}`) : null),
    h("b", { dir: "auto" }, title),
    h("p", { dir: "auto" }, description),
  );
}

/** The Pay button an invoice has when its bot drew none. */
export function payRow(message, phone) {
  const sum = money(message.invoice.total_amount, message.invoice.currency, phone.language);
  const press = () => {
    phone.tap(phone.word("pay"));
    openPay(phone, message);
  };
  return h("div", { class: "keys" }, h("div", { class: "keys-row" },
    h("button", { type: "button", class: "key pay", onclick: press, disabled: Boolean(message.paid) },
      h("span", {}, message.paid ? `✓ ${phone.word("paid")}` : `${phone.word("pay")} ${sum}`))));
}

function receipt(payment, phone) {
  return h("div", { class: "card-row" }, h("span", { class: "face small good", "aria-hidden": "true" }, "✓"),
    h("span", {}, h("b", {}, phone.word("paid")), h("small", {}, money(payment.total_amount, payment.currency, phone.language))));
}
