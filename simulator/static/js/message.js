// One message as a list item: who, what, when, and its buttons.

import { h, iconButton } from "./dom.js";
import { formatted } from "./entities.js";
import { followLink } from "./follow.js";
import { clockTime, faceOf, fullName, initials } from "./format.js";
import { mediaOf, payRow } from "./media.js";
import { openMessageMenu } from "./menus.js";
import { inlineRows } from "./presses.js";

const PAUSE_S = 300;
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}){1,9}$/u;

/** The list item of a message; `previous` decides whether its sender is named again. */
export function messageNode(message, phone, previous) {
  const service = serviceWords(message);
  if (service) return h("li", { class: "service", "data-id": message.message_id }, h("span", { dir: "auto" }, service));
  const own = message.from?.id === phone.user;
  const follows = Boolean(previous) && previous.from?.id === message.from?.id && message.date - previous.date < PAUSE_S && !serviceWords(previous);
  const inGroup = message.chat?.type !== "private";
  const keys = inlineRows(message, phone) ?? (message.invoice ? payRow(message, phone) : null);
  return h(
    "li",
    { class: ["message", own ? "own" : "other", follows && "follows", keys && "with-keys"], "data-id": message.message_id },
    inGroup && !own ? face(message.from, follows) : null,
    h("div", { class: "stack" }, bubble(message, phone, inGroup && !own && !follows), keys),
  );
}

function face(from, hidden) {
  if (hidden) return h("span", { class: "face small blank", "aria-hidden": "true" });
  return h("span", { class: ["face small", faceOf(from?.id)], "aria-hidden": "true" }, initials(fullName(from)));
}

function bubble(message, phone, named) {
  const words = message.text ?? message.caption ?? "";
  const media = mediaOf(message, phone);
  const bare = message.sticker || (message.text && ONLY_EMOJI.test(message.text));
  return h(
    "div",
    { class: ["bubble", media.length && "has-media", message.photo && "has-photo", bare && "bare"] },
    named ? h("b", { class: ["sender", faceOf(message.from?.id)], dir: "auto" }, fullName(message.from)) : null,
    origin(message),
    quote(message.reply_to_message),
    message.show_caption_above_media ? null : media,
    words ? h("div", { class: "words", dir: "auto" }, formatted(words, message.entities ?? message.caption_entities, hooks(phone))) : null,
    message.show_caption_above_media ? media : null,
    meta(message, phone),
    iconButton("more", phone.word("more"), () => openMessageMenu(phone, message), { class: "round message-more" }),
  );
}

function hooks(phone) {
  return {
    link: (url) => {
      phone.tap(url);
      phone.trying(() => followLink(phone, url));
    },
    command: (text) => {
      phone.tap(text);
      phone.trying(() => phone.act({ do: "text", text }));
    },
  };
}

function meta(message, phone) {
  return h(
    "span",
    { class: "meta" },
    message.edited ? h("span", {}, `${phone.word("edited")} `) : null,
    h("time", { datetime: new Date(message.date * 1000).toISOString() }, clockTime(message.date, phone.language)),
  );
}

function origin(message) {
  const from = message.forward_origin?.sender_user ?? message.forward_origin?.chat;
  const words = message.via_bot ? `@${message.via_bot.username}` : from ? `↪ ${from.title ?? fullName(from)}` : "";
  return words ? h("small", { class: "origin", dir: "auto" }, words) : null;
}

function quote(message) {
  if (!message) return null;
  return h("div", { class: "quote" }, h("b", { dir: "auto" }, fullName(message.from)), h("span", { dir: "auto" }, summary(message)));
}

const MARKS = [
  ["photo", "🖼"], ["voice", "🎙"], ["document", "📎"], ["location", "📍"], ["contact", "👤"], ["invoice", "🧾"],
  ["successful_payment", "✓"], ["sticker", "🙂"],
];

/** A message in one line, for chat lists and quotes. */
export function summary(message) {
  if (!message) return "";
  const mark = MARKS.find(([kind]) => message[kind])?.[1] ?? "";
  const words = message.text ?? message.caption ?? message.invoice?.title ?? serviceWords(message) ?? "";
  return [mark, words].filter(Boolean).join(" ");
}

// Signs instead of sentences, so that what the messenger itself says needs no translation.
function serviceWords(message) {
  if (message.new_chat_members) return `➕ ${message.new_chat_members.map(fullName).join(", ")}`;
  if (message.left_chat_member) return `➖ ${fullName(message.left_chat_member)}`;
  if (message.new_chat_title) return `✏️ ${message.new_chat_title}`;
  if (message.pinned_message) return `📌 ${summary(message.pinned_message)}`;
  if (message.group_chat_created || message.supergroup_chat_created) return `👥 ${message.chat?.title ?? ""}`;
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return "👥 → 👥⁺";
  if (message.delete_chat_photo || message.new_chat_photo) return "🖼";
  return null;
}
