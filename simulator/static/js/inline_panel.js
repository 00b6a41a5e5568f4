// Inline mode: "@bot words" in the field asks the bot; what it offers stands above the field.

import { h, put } from "./dom.js";
import { followLink } from "./follow.js";
import { on, world } from "./store.js";

const CALM_MS = 350;

export class InlinePanel {
  constructor(phone) {
    this.phone = phone;
    this.query = null;
    this.timer = 0;
    this.element = h("div", { class: "offers", role: "listbox", "aria-label": "Inline results", hidden: true });
    on("inline", ({ inline }) => String(inline.id) === this.query && this.show(inline));
  }

  /** The field changed. */
  typed(text) {
    clearTimeout(this.timer);
    const name = this.phone.bot()?.username;
    const match = name && text.match(/^@(\w+) (.*)$/su);
    if (!match || match[1].toLowerCase() !== name.toLowerCase()) return this.close();
    this.timer = setTimeout(() => this.phone.trying(() => this.ask(match[2])), CALM_MS);
  }

  async ask(words) {
    const { inline_query_id: id } = await this.phone.act({ do: "inline", query: words });
    this.query = String(id);
    const known = world.inline.get(this.query);
    if (known?.results) this.show(known);
  }

  show({ results, button }) {
    const door = button?.start_parameter ? [this.door(button)] : [];
    const offers = [...door, ...(results ?? []).map((result) => this.offer(result))];
    this.element.hidden = !offers.length;
    put(this.element, offers);
  }

  /** The button above the results leads into the private chat. */
  door({ text, start_parameter: payload }) {
    const name = this.phone.bot()?.username;
    const enter = () => {
      this.phone.tap(text);
      this.phone.composer.take();
      this.close();
      return this.phone.trying(() => followLink(this.phone, `https://t.me/${name}?start=${payload}`));
    };
    return h("button", { type: "button", class: "offer", onclick: enter }, h("b", { dir: "auto" }, text));
  }

  offer(result) {
    const choose = () => {
      const deed = { do: "choose", inline_query_id: this.query, result_id: result.id };
      this.phone.tap(result.title ?? "inline");
      this.phone.composer.take(); // the empty field forgets the query
      this.close();
      return this.phone.trying(() => this.phone.act(deed));
    };
    return h("button", { type: "button", class: "offer", role: "option", onclick: choose },
      h("b", { dir: "auto" }, result.title ?? result.caption ?? result.type), h("small", { dir: "auto" }, result.description ?? ""));
  }

  close() {
    this.query = null;
    this.element.hidden = true;
    put(this.element);
  }
}
