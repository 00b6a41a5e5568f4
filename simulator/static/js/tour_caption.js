// What the tour does just now, under the bar, with a button that stops it or closes what it said last.

import { h, note, put } from "./dom.js";

export class TourCaption {
  constructor(end) {
    this.step = h("span", { class: "show-step" });
    this.text = h("span", { class: "show-text" });
    this.deed = h("span", { class: "show-act", dir: "auto" });
    this.button = h("button", { type: "button", class: "show-end", onclick: () => this.close(end) });
    this.words = h("p", { class: "show-words", role: "status" }, this.step, this.text, this.deed);
    this.element = h("div", { class: "show", hidden: true }, this.words, this.button);
  }

  // The parts stay and only their words change: a button that is drawn anew under a finger is not pressed.
  draw(tour) {
    this.element.hidden = !tour;
    if (!tour) return;
    const { step, of, text, name, act, done } = tour;
    this.step.style.setProperty("--part", `${(step / of) * 100}%`);
    put(this.step, `${step}/${of}`);
    put(this.text, text);
    this.deed.hidden = !act || done;
    put(this.deed, act ? `${name} ${act}` : "");
    put(this.button, done ? "✕ Close" : "■ Stop");
  }

  async close(end) {
    this.button.disabled = true;
    try {
      await end();
    } catch (error) {
      note(error.message, "bad");
    } finally {
      this.button.disabled = false;
    }
  }
}
