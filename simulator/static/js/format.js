// Times, sums and faces as a phone shows them.

import { world } from "./store.js";

let zone;

/** Show times in the market's zone. */
export function setZone(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch {
    zone = undefined;
  }
}

const formatters = new Map();

function formatter(language, options) {
  const key = `${language}|${zone}|${JSON.stringify(options)}`;
  if (!formatters.has(key)) {
    let tag = language || "en";
    try {
      Intl.getCanonicalLocales(tag);
    } catch {
      tag = "en";
    }
    formatters.set(key, new Intl.DateTimeFormat(tag, { ...options, timeZone: zone }));
  }
  return formatters.get(key);
}

/** "14:05" of a time in seconds. */
export const clockTime = (seconds, language) =>
  formatter(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(seconds * 1000);

/** "Fri 15 May" of a time in seconds. */
export const dayOf = (seconds, language) =>
  formatter(language, { weekday: "short", day: "numeric", month: "short" }).format(seconds * 1000);

/** Hours since midnight in the market's zone, with a fraction. */
export function hourOfDay(milliseconds) {
  const parts = formatter("en", { hour: "numeric", minute: "numeric", hourCycle: "h23" }).formatToParts(milliseconds);
  const part = (type) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return part("hour") + part("minute") / 60;
}

/** An amount in a currency's smallest units, as the Bot API gives it. */
export function money(minor, currency, language) {
  if (currency === "XTR") return `⭐ ${minor}`;
  try {
    const format = new Intl.NumberFormat(language || "en", { style: "currency", currency });
    return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
  } catch {
    return `${minor} ${currency}`;
  }
}

/** A person's or bot's whole name. */
export const fullName = (who) => [who?.first_name, who?.last_name].filter(Boolean).join(" ") || who?.username || "?";

/** What a chat is called. */
export function chatName(chat) {
  if (chat.type === "private") return fullName(world.bots.get(chat.bot));
  return chat.title || "Group";
}

/** One or two letters (or an emoji) for a face. */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  return words.slice(0, 2).map((one) => [...one][0] ?? "").join("").toUpperCase();
}

/** One of eight colours, always the same for the same id. */
export const faceOf = (id) => `face-${Math.abs(Number(id) || 0) % 8}`;

export const seconds = (count) => `${Math.floor(count / 60)}:${String(Math.floor(count % 60)).padStart(2, "0")}`;
