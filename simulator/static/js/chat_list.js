// The chats of a phone: one with the bot, and the groups.

import { h, put } from "./dom.js";
import { chatName, clockTime, faceOf, initials } from "./format.js";
import { summary } from "./message.js";
import { chatsOf, newest, world } from "./store.js";

export class ChatList {
  constructor(phone) {
    this.phone = phone;
    this.element = h("ul", { class: "chats" });
  }

  draw() {
    put(this.element, chatsOf(this.phone.user).map((key) => h("li", {}, this.row(key))));
  }

  row(key) {
    const chat = world.chats.get(key) ?? { type: "private", bot: Number(key.split(":")[1]), id: 0 };
    const name = chatName(chat);
    const last = newest(key);
    const unread = this.phone.unread.get(key);
    return h(
      "button",
      { type: "button", class: "chat-row", onclick: () => this.phone.openChat(key) },
      h("span", { class: ["face", chat.type === "private" ? "bot" : faceOf(chat.id)], "aria-hidden": "true" }, chat.type === "private" ? "🌱" : initials(name)),
      h("span", { class: "titles" }, h("b", { dir: "auto" }, name), h("small", { dir: "auto" }, summary(last) || this.phone.word("empty"))),
      h("span", { class: "chat-side" }, last ? h("small", {}, clockTime(last.date, this.phone.language)) : null, unread ? h("span", { class: "badge" }, String(unread)) : null),
    );
  }
}
