// One person's phone: which chat is open, what is unread, and what the person does.

import { ChatList } from "./chat_list.js";
import { Composer } from "./composer.js";
import { h, put } from "./dom.js";
import { followLink } from "./follow.js";
import { fullName } from "./format.js";
import { Head } from "./head.js";
import { LogView } from "./log_view.js";
import { replyTiles } from "./presses.js";
import { openSheet } from "./sheet.js";
import { act } from "./socket.js";
import { firstBot, privateKey, sees, world } from "./store.js";
import { count } from "./taps.js";
import { direction, word } from "./words.js";

const TOAST_MS = 3500;
const PLACES = { farmer: [16.9944, 73.3001], buyer: [18.5204, 73.8567] };
let made = 0;

export class Phone {
  constructor({ role, user, chat = null, added = false }) {
    Object.assign(this, { id: `phone-${++made}`, role, user, home: chat, added, unread: new Map(), beside: new Set(), sheet: null });
    this.openKey = chat ?? privateKey(user, this.botId());
    this.hiddenTiles = new WeakSet();
    this.head = new Head(this);
    this.log = new LogView(this);
    this.list = new ChatList(this);
    this.composer = new Composer(this);
    this.hand = h("p", { class: "hand", hidden: true, "aria-hidden": "true" });
    this.toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    this.tiles = h("div", { class: "tiles", role: "group", hidden: true });
    this.body = h("div", { class: "phone-body" });
    this.inner = h("div", { class: "phone-inner" }, this.head.element, this.body, this.hand, this.toasts, this.composer.element, this.tiles);
    this.frame = h("div", { class: "phone" }, this.inner);
    this.element = h("section", { class: "slot", id: this.id, "data-role": role, "data-user": String(user), "aria-labelledby": `${this.id}-name` }, this.head.caption, this.frame);
    this.draw();
  }

  get person() {
    return world.users.get(this.user);
  }

  get name() {
    return this.role === "group" && this.home ? world.chats.get(this.openKey)?.title || "Group" : fullName(this.person);
  }

  get language() {
    return this.person?.language_code || "en";
  }

  get chat() {
    return world.chats.get(this.openKey) ?? null;
  }

  word(key) {
    return word(this.language, key);
  }

  botId() {
    return firstBot()?.id ?? 0;
  }

  bot() {
    return world.bots.get(this.chat?.bot ?? this.botId());
  }

  /** Draw all of it again: after a change of language, or a reset. */
  draw() {
    this.sheet?.close();
    this.frame.dir = direction(this.language);
    this.frame.lang = this.language;
    this.log.list.setAttribute("aria-label", `${fullName(this.person)}: ${this.word("message")}`);
    this.composer.draw();
    this.openChat(this.openKey);
  }

  /** Open a chat, or the list of chats with null. */
  openChat(key) {
    this.openKey = key;
    if (key) this.unread.delete(key);
    put(this.body, key ? this.log.element : this.list.element);
    if (key) this.log.show(this.chat);
    else this.list.draw();
    this.refresh();
    if (key) this.log.toEnd(); // the tiles have taken their room by now
  }

  /** What depends on the chat's state rather than on its messages. */
  refresh() {
    this.head.draw();
    this.drawTiles();
    const begun = !this.openKey || this.chat?.messages.size || this.chat?.type !== "private" && this.chat;
    const blocked = this.chat?.type === "private" && this.person?.blocked?.includes(this.chat.bot);
    this.composer.onlyStart(begun && !blocked ? null : () => this.begin());
    this.composer.element.hidden = !this.openKey;
    if (!this.openKey) this.list.draw();
  }

  begin() {
    this.tap(this.word("start"));
    return this.trying(() => this.act({ do: "start" }));
  }

  heard({ type, chat, message, message_id: id }) {
    if (!sees(this.user, chat)) return;
    if (chat !== this.openKey) return this.heardElsewhere(type, chat, message);
    if (type === "message") this.log.add(message);
    if (type === "edit") this.log.replace(message);
    if (type === "delete") this.log.remove(id);
    if (type === "message" && !this.shown()) this.miss(chat, message);
    if (type === "message" && message.from?.is_bot) this.head.typing(false);
    if (this.chat?.messages.size === 1) this.refresh();
  }

  heardElsewhere(type, chat, message) {
    if (type === "message") this.miss(chat, message);
    if (this.openKey) this.head.draw();
    else this.list.draw();
  }

  miss(chat, message) {
    if (message.from?.id === this.user) return;
    // The same person's own phone tells of private chats.
    if (this.role === "group" && chat.includes(":")) return;
    if (this.beside.has(chat)) return; // and a phone beside it tells of the group
    this.unread.set(chat, (this.unread.get(chat) ?? 0) + 1);
  }

  /** On the screen now. */
  shown() {
    return this.element.isConnected && !this.element.hidden;
  }

  /** The person looks: what is open is read. */
  looked() {
    if (this.openKey) this.unread.delete(this.openKey);
    this.head.draw();
    this.log.toEnd();
  }

  unreadCount() {
    return [...this.unread.values()].reduce((sum, one) => sum + one, 0);
  }

  /** Count a touch for the budgets. */
  tap(label, kind = "tap") {
    count(this, label, kind);
    this.head.drawTaps();
  }

  /** Act in the open chat. */
  act(deed) {
    const { openKey } = this;
    if (openKey?.includes(":")) return this.actIn({ bot: Number(openKey.split(":")[1]), ...deed });
    return this.actIn(openKey ? { chat: openKey, ...deed } : deed);
  }

  /** Act where the deed says. */
  actIn(deed) {
    return act({ as: this.user, ...deed });
  }

  /** Do something and show a refusal as a toast. */
  async trying(work) {
    try {
      return await work();
    } catch (error) {
      this.toast(error.message);
      return null;
    }
  }

  say(text) {
    this.tap(text);
    return this.trying(() => this.act({ do: "text", text }));
  }

  sharePlace() {
    const [latitude, longitude] = PLACES[this.role] ?? PLACES.buyer;
    return this.act({ do: "location", latitude, longitude });
  }

  /** A bot's answer to a press: nothing, a toast, an alert, or a link. */
  showAnswer({ text, show_alert: alert, url }) {
    if (url) this.trying(() => followLink(this, url));
    if (!text) return;
    if (alert) openSheet(this, { title: text, alert: true, actions: [{ label: this.word("ok"), tone: "primary" }] });
    else this.toast(text);
  }

  /** What the tour does here just now, or null. */
  touched(tour) {
    this.element.classList.toggle("acting", Boolean(tour));
    this.hand.hidden = !tour;
    if (tour) put(this.hand, tour.label ? `👆 ${tour.label}` : tour.act);
  }

  toast(text, milliseconds = TOAST_MS) {
    const bubble = h("p", { class: "toast", dir: "auto" }, text);
    put(this.toasts, bubble);
    setTimeout(() => bubble.remove(), milliseconds);
  }

  keyboard() {
    return this.openKey ? world.keyboards.get(this.openKey) : null;
  }

  drawTiles() {
    const keyboard = this.keyboard();
    const visible = keyboard && !this.hiddenTiles.has(keyboard);
    this.tiles.hidden = !visible;
    this.tiles.setAttribute("aria-label", this.word("tiles"));
    this.composer.tiles.hidden = !keyboard;
    this.composer.tiles.setAttribute("aria-pressed", String(Boolean(visible)));
    if (visible && this.drawnTiles !== keyboard) put(this.tiles, replyTiles(keyboard, this));
    this.drawnTiles = visible ? keyboard : null;
    this.composer.field.placeholder = keyboard?.input_field_placeholder || this.word("message");
  }

  toggleTiles() {
    const keyboard = this.keyboard();
    if (!this.hiddenTiles.delete(keyboard)) this.hiddenTiles.add(keyboard);
    this.drawTiles();
  }

  hideTiles(keyboard) {
    this.hiddenTiles.add(keyboard);
    this.drawTiles();
  }
}
