// Counts what a person touches, against the budgets of the journeys.

import { tell } from "./store.js";

const counts = new Map();

const blank = () => ({ tap: 0, typed: 0, photo: 0, trail: [] });

/** What a phone has done since zero. */
export function countOf(phone) {
  if (!counts.has(phone.id)) counts.set(phone.id, blank());
  return counts.get(phone.id);
}

/** One touch ("tap"), message written ("typed") or picture ("photo"). */
export function count(phone, label, kind) {
  const found = countOf(phone);
  found[kind] += 1;
  found.trail.push({ kind, label });
  tell("taps", { phone });
}

/** Begin again at zero: one phone, or all. */
export function zero(phone = null) {
  if (phone) counts.delete(phone.id);
  else counts.clear();
  tell("taps", { phone });
}

/** "5 taps · 1 t · 1 p", in the phone's language */
export function summaryOf(phone) {
  const { tap, typed, photo } = countOf(phone);
  const words = [`${tap} ${phone.word(tap === 1 ? "tap" : "taps")}`];
  if (typed) words.push(`${typed} ${phone.word("typed")}`);
  if (photo) words.push(`${photo} ${phone.word("photos")}`);
  return words.join(" · ");
}
