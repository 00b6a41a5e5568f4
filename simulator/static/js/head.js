// The top of a phone: whose it is, its language, and the chat that is open.

import { h, iconButton, put } from "./dom.js";
import { chatName, faceOf, fullName, initials } from "./format.js";
import { openChatMenu, setLanguage } from "./menus.js";
import { chatsOf } from "./store.js";
import { summaryOf } from "./taps.js";
import { languageName, languages, nearest, word } from "./words.js";

const TYPING_MS = 5000;
const HINT_MS = 7000;
const MARKS = { farmer: "🌾", buyer: "🧺", group: "👥", courier: "🚚", operator: "✅", owner: "🔑" };

/** What a role is called on the page, or beside a phone in its language. */
export const roleName = (role, language = "en") => word(language, role === "group" ? "circle" : role in MARKS ? role : "phone");
export const roleMark = (role) => MARKS[role] ?? "📱";

export class Head {
  constructor(phone) {
    this.phone = phone;
    this.element = h("header", { class: "phone-head" });
    this.title = h("h2", { id: `${phone.id}-name` });
    this.taps = h("span", { class: "tap-count", title: "Taps · typed · photos since zero" });
    this.language = h("select", { class: "language", onchange: () => this.choose() });
    this.caption = h("div", { class: "caption" }, this.title, this.taps, this.language);
    this.typingTimer = 0;
  }

  draw() {
    this.drawCaption();
    const { phone } = this;
    const others = [...phone.unread].filter(([key]) => key !== phone.openKey).reduce((sum, [, count]) => sum + count, 0);
    const several = chatsOf(phone.user).length > 1;
    if (!this.changed("head", [phone.openKey, others, several, phone.language, phone.chat])) return;
    const back = phone.openKey && several ? iconButton("back", phone.word("chats"), () => phone.openChat(null), { class: "round back" }) : null;
    if (back && others) back.append(h("span", { class: "badge" }, String(others)));
    put(this.element, back, ...(phone.openKey ? this.chatTitle() : this.listTitle()));
  }

  // Drawing again would take the keyboard's place away, so it is done only when something differs.
  changed(part, facts) {
    const drawn = JSON.stringify(facts, (key, value) => (key === "messages" ? undefined : value));
    const differs = this[`drawn-${part}`] !== drawn;
    this[`drawn-${part}`] = drawn;
    return differs;
  }

  chatTitle() {
    const chat = this.phone.chat ?? { type: "private", bot: this.phone.botId() };
    const name = chatName(chat);
    this.under = h("small", {}, this.subtitle(chat));
    return [
      h("span", { class: ["face", chat.type === "private" ? "bot" : faceOf(chat.id)], "aria-hidden": "true" }, chat.type === "private" ? "🌱" : initials(name)),
      h("div", { class: "titles" }, h("b", { dir: "auto" }, name), this.under),
      iconButton("more", this.phone.word("more"), () => openChatMenu(this.phone)),
    ];
  }

  listTitle() {
    return [h("div", { class: "titles" }, h("b", {}, this.phone.word("chats")), h("small", { dir: "auto" }, fullName(this.phone.person))),
      iconButton("more", this.phone.word("more"), () => openChatMenu(this.phone))];
  }

  subtitle(chat) {
    if (chat.type === "private") return this.phone.word("bot");
    const present = [...(chat.members ?? []), ...(chat.bots ?? [])].filter((one) => !["left", "kicked"].includes(one.status));
    return `${present.length} ${this.phone.word("members")}`;
  }

  /** Show that the bot is busy, for a while. */
  typing(busy) {
    clearTimeout(this.typingTimer);
    if (!this.under) return;
    const chat = this.phone.chat ?? { type: "private" };
    put(this.under, busy ? this.phone.word("typing") : this.subtitle(chat));
    if (busy) this.typingTimer = setTimeout(() => this.typing(false), TYPING_MS);
  }

  drawCaption() {
    const { phone } = this;
    const words = fullName(phone.person);
    this.drawTaps();
    if (!this.changed("caption", [phone.role, words, phone.language, languages()])) return;
    put(this.title, h("span", { "aria-hidden": "true" }, roleMark(phone.role)), ` ${roleName(phone.role, phone.language)} `, h("span", { class: "who", dir: "auto" }, words));
    this.language.setAttribute("aria-label", `Language of ${words}`);
    this.language.title = "The app's language. The bot keeps the one that was chosen: /language";
    const chosen = nearest(phone.language);
    const known = chosen in languages() ? languages() : { ...languages(), [chosen]: languageName(chosen) };
    put(this.language, Object.entries(known).map(([code, name]) => h("option", { value: code, selected: code === chosen }, name)));
  }

  drawTaps() {
    put(this.taps, summaryOf(this.phone));
  }

  // Only the app turns; the bot goes on in the language that was chosen there.
  choose() {
    const { phone } = this;
    const code = this.language.value;
    phone.trying(async () => {
      await setLanguage(phone.person, code);
      phone.toast(word(code, "appLanguage"), HINT_MS);
    });
  }
}
