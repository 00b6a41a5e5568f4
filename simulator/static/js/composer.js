// The foot of a phone: words, attachments, tiles, and what is being answered or edited.

import { h, iconButton, put } from "./dom.js";
import { InlinePanel } from "./inline_panel.js";
import { openAttach, openCommands } from "./menus.js";
import { summary } from "./message.js";

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.target = null;
    this.panel = new InlinePanel(phone);
    this.banner = h("div", { class: "banner", hidden: true });
    this.field = h("textarea", { rows: "1", dir: "auto", enterkeyhint: "send", autocomplete: "off", oninput: () => this.typed(), onkeydown: (event) => this.key(event) });
    this.form = h("form", { class: "composer", onsubmit: (event) => this.submit(event) });
    this.element = h("div", { class: "foot" }, this.panel.element, this.banner, this.form);
    this.tiles = null;
    this.draw();
  }

  /** Draw again in the phone's language. */
  draw() {
    const say = (key) => this.phone.word(key);
    this.field.setAttribute("aria-label", say("message"));
    this.field.placeholder = this.placeholder ?? say("message");
    this.tiles = iconButton("tiles", say("tiles"), () => this.phone.toggleTiles(), { hidden: true });
    this.sendButton = h("button", { type: "submit", class: "round send", "aria-label": say("send"), title: say("send") }, iconButton("send", "").firstChild);
    put(
      this.form,
      iconButton("slash", say("commands"), () => openCommands(this.phone)),
      h("div", { class: "field-box" }, this.field, this.tiles, iconButton("clip", say("attach"), () => openAttach(this.phone))),
      this.sendButton,
    );
    this.typed();
  }

  /** Show a big Start instead, as a messenger does in a chat that has not begun. */
  onlyStart(begin) {
    this.form.hidden = Boolean(begin);
    this.start?.remove();
    if (!begin) return;
    this.start = h("button", { type: "button", class: "start", onclick: begin }, this.phone.word("start"));
    this.element.append(this.start);
  }

  typed() {
    this.field.style.height = "auto";
    this.field.style.height = this.field.value ? `${Math.min(this.field.scrollHeight, 120)}px` : "";
    this.sendButton.classList.toggle("armed", Boolean(this.field.value.trim()));
    this.panel.typed(this.field.value);
  }

  key(event) {
    if (event.key === "Escape" && this.target) this.forget();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async submit(event) {
    event.preventDefault();
    const words = this.field.value.trim();
    if (!words) return;
    const { target } = this;
    this.take();
    this.forget();
    this.phone.tap(words, "typed");
    if (target?.kind === "edit") await this.phone.trying(() => this.phone.act({ do: "edit", message_id: target.id, text: words }));
    else await this.phone.trying(() => this.phone.act({ do: "text", text: words, ...(target ? { reply_to: target.id } : {}) }));
  }

  /** Take the words out of the field. */
  take() {
    const words = this.field.value.trim();
    this.field.value = "";
    this.typed();
    return words;
  }

  reply(message) {
    this.aim("reply", message);
  }

  edit(message) {
    this.field.value = message.text;
    this.aim("edit", message);
    this.typed();
  }

  aim(kind, message) {
    this.target = { kind, id: message.message_id };
    this.banner.hidden = false;
    put(this.banner, h("b", {}, this.phone.word(kind)), h("span", { dir: "auto" }, summary(message)), iconButton("close", this.phone.word("cancel"), () => this.forget()));
    this.field.focus({ preventScroll: true });
  }

  forget() {
    this.target = null;
    this.banner.hidden = true;
    put(this.banner);
  }

  /** Begin an inline query with the bot's name. */
  startInline(query, bot = this.phone.bot()) {
    this.field.value = `@${bot?.username ?? ""} ${query}`;
    this.typed();
    this.field.focus({ preventScroll: true });
  }
}
