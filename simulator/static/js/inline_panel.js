// Inline mode: "@bot words" in the field asks the bot; what it offers stands above the field.

import { h, put } from "./dom.js";
import { on, world } from "./store.js";

const CALM_MS = 350;

export class InlinePanel {
  constructor(phone) {
    this.phone = phone;
    this.query = null;
    this.timer = 0;
    this.element = h("div", { class: "offers", role: "listbox", "aria-label": "Inline results", hidden: true });
    on("inline", ({ inline }) => String(inline.id) === this.query && this.show(inline.results ?? []));
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
    if (known?.results) this.show(known.results);
  }

  show(results) {
    this.element.hidden = !results.length;
    put(this.element, results.map((result) => this.offer(result)));
  }

  offer(result) {
    const choose = () => {
      this.phone.tap(result.title ?? "inline");
      this.phone.composer.take();
      const deed = { do: "choose", inline_query_id: this.query, result_id: result.id };
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
