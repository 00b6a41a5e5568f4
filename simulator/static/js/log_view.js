// The list of messages in a phone: adds, edits in place, stays at the end, says when something new is below.

import { h, icon, put } from "./dom.js";
import { dayOf } from "./format.js";
import { messageNode } from "./message.js";

const NEAR_PX = 80;

export class LogView {
  constructor(phone) {
    this.phone = phone;
    this.missed = 0;
    this.top = 0;
    this.list = h("ol", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", tabindex: "0" });
    this.list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.list.addEventListener("load", () => this.sticky && this.toEnd(), { capture: true });
    this.down = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd() });
    this.element = h("div", { class: "log-box" }, this.list, this.down);
    this.sticky = true;
    new ResizeObserver(() => this.sticky && this.toEnd()).observe(this.list);
  }

  /** Draw a whole chat, without reading it out. */
  show(chat) {
    this.list.setAttribute("aria-live", "off");
    this.nodes = new Map();
    this.last = null;
    this.list.replaceChildren();
    for (const message of chat?.messages.values() ?? []) this.append(message);
    this.toEnd();
    requestAnimationFrame(() => this.list.setAttribute("aria-live", "polite"));
  }

  append(message) {
    const day = dayOf(message.date, this.phone.language);
    if (!this.last || dayOf(this.last.date, this.phone.language) !== day) {
      this.list.append(h("li", { class: "day" }, h("span", {}, day)));
    }
    const node = messageNode(message, this.phone, this.last);
    this.nodes.set(message.message_id, node);
    this.list.append(node);
    this.last = message;
    return node;
  }

  /** A new message. */
  add(message) {
    if (this.nodes.has(message.message_id)) return this.replace(message);
    const follow = this.sticky || message.from?.id === this.phone.user;
    this.append(message).classList.add("arrives");
    if (follow) this.toEnd();
    else this.miss();
  }

  /** An edited message flashes; a pressed button keeps the keyboard's place. */
  replace(message) {
    const old = this.nodes.get(message.message_id);
    if (!old) return;
    const focused = [...old.querySelectorAll(".key")].indexOf(document.activeElement);
    const node = messageNode(message, this.phone, null);
    node.classList.toggle("follows", old.classList.contains("follows"));
    node.classList.add("flash");
    this.nodes.set(message.message_id, node);
    old.replaceWith(node);
    const keys = node.querySelectorAll(".key");
    if (focused >= 0) (keys[Math.min(focused, keys.length - 1)] ?? this.list).focus({ preventScroll: true });
    if (this.sticky) this.toEnd();
  }

  remove(id) {
    this.nodes.get(id)?.remove();
    this.nodes.delete(id);
  }

  // Only a person scrolls up; a list that grows does not.
  scrolled() {
    const up = this.list.scrollTop < this.top - 4;
    this.top = this.list.scrollTop;
    if (this.atEnd()) this.caughtUp();
    else if (up) this.sticky = false;
  }

  atEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_PX;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.top = this.list.scrollTop; // the browser tells of this move later: it is no person's
    this.caughtUp();
  }

  caughtUp() {
    this.sticky = true;
    this.missed = 0;
    this.down.hidden = true;
  }

  miss() {
    this.missed += 1;
    this.down.hidden = false;
    put(this.down, icon("down"), `${this.phone.word("newest")} ${this.missed}`);
  }
}
