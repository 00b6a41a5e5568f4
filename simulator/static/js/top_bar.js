// The bar: the market's clock and its levers, and what a tester may break.

import { DayStrip } from "./day_strip.js";
import { h, icon, note, put } from "./dom.js";
import { clockTime, dayOf } from "./format.js";
import { refuseNext } from "./pay.js";
import { control } from "./socket.js";
import { on } from "./store.js";
import { zero } from "./taps.js";
import { TourCaption } from "./tour_caption.js";

const DOWN_S = 30;
const SURE_MS = 3000;

export class TopBar {
  constructor(element, market, drawer) {
    Object.assign(this, { element, market, drawer });
    this.time = h("b", { class: "clock-time" });
    this.day = h("span", { class: "clock-day" });
    this.strip = new DayStrip();
    this.absent = h("p", { class: "absent", role: "status", hidden: true });
    this.caption = new TourCaption(() => this.act("end_tour"));
    this.needing = [];
    this.build();
    on("market", () => this.draw());
    on("tour", (tour) => this.caption.draw(tour));
    on("line", ({ up }) => this.element.classList.toggle("line-down", !up));
    on("faults", ({ faults }) => this.readFaults(faults));
    on("state", ({ faults }) => this.readFaults(faults ?? []));
    setInterval(() => this.draw(), 1000);
    this.draw();
  }

  build() {
    const jump = (label, body) => this.lever(label, () => this.market.move(body));
    const more = h("div", { class: "levers more", id: "levers-more" },
      this.reset(), this.lever("Crop fails", () => this.act("crop_fails")), this.lever("Payment fails", () => this.act("payment_fails")), this.network());
    const open = h("button", { type: "button", class: "lever dots", "aria-expanded": "false", "aria-controls": "levers-more", "aria-label": "More levers", onclick: () => this.unfold(open, more) }, icon("more"));
    document.addEventListener("click", (event) => open.contains(event.target) || this.fold(open, more));
    more.addEventListener("keydown", (event) => event.key === "Escape" && (this.fold(open, more), open.focus()));
    put(
      this.element,
      h("h1", { class: "brand" }, h("img", { src: "/static/icon.svg", alt: "", width: 28, height: 28 }), h("span", {}, "Farmgate")),
      h("div", { class: "clock", role: "group", "aria-label": "The market's clock" }, this.time, this.day),
      this.strip.element,
      h("div", { class: "levers" }, jump("+1 h", { advance_seconds: 3600 }), jump("+1 day", { advance_seconds: 86400 }), jump("→ next job", { to: "next_job" })),
      this.tour(),
      more,
      open,
      h("button", { type: "button", class: "lever drawer-open", "aria-label": "Behind", title: "Behind the scenes", "aria-controls": "drawer", "aria-expanded": "false", onclick: () => this.drawer.toggle() }, icon("drawer"), h("span", {}, "Behind")),
      this.caption.element,
      this.absent,
    );
    this.drawer.opener = this.element.querySelector(".drawer-open");
  }

  unfold(button, more) {
    const open = more.classList.toggle("unfolded");
    button.setAttribute("aria-expanded", String(open));
  }

  fold(button, more) {
    more.classList.remove("unfolded");
    button.setAttribute("aria-expanded", "false");
  }

  // A button that needs the market, busy while it works.
  lever(label, work, extra = "") {
    const press = async () => {
      button.setAttribute("aria-busy", "true");
      try {
        await work();
      } catch (error) {
        note(`${label}: ${error.message}`, "bad");
      } finally {
        button.removeAttribute("aria-busy");
      }
    };
    const button = h("button", { type: "button", class: ["lever", extra], onclick: press }, h("span", {}, label));
    this.needing.push(button);
    return button;
  }

  // That it plays is said by its caption; a note would lie upon it.
  tour() {
    this.tourButton = this.lever("▶ Tour", () => this.market.act("tour"), "primary");
    return this.tourButton;
  }

  async act(verb) {
    const answer = await this.market.act(verb);
    if (answer?.refuse_next) refuseNext();
    const words = answer?.text ?? answer?.note ?? answer?.message;
    if (words) note(String(words));
  }

  // Forgetting everything is asked twice.
  reset() {
    let sure = 0;
    const button = h("button", { type: "button", class: "lever" }, "Reset");
    const calm = () => {
      clearTimeout(sure);
      sure = 0;
      put(button, "Reset");
      button.removeAttribute("aria-label");
      button.classList.remove("danger");
    };
    button.addEventListener("click", async () => {
      if (!sure) {
        button.style.minWidth = `${button.offsetWidth}px`; // the bar must not wrap while it asks
        put(button, "Sure?");
        button.setAttribute("aria-label", "Reset: sure?");
        button.classList.add("danger");
        sure = setTimeout(calm, SURE_MS);
        return;
      }
      calm();
      await this.forget().catch((error) => note(`Reset: ${error.message}`, "bad"));
    });
    return button;
  }

  async forget() {
    if (this.market.up) await this.market.act("reset");
    else await control("reset", { keep_users: true });
    zero();
    note("Everything is as at the beginning.", "good");
  }

  network() {
    this.downUntil = 0;
    this.downLabel = h("span", {}, `Network down ${DOWN_S} s`);
    const press = () => {
      const wanted = this.downUntil > Date.now() ? control("faults", null, "DELETE") : control("faults", { kind: "network_down", seconds: DOWN_S });
      wanted.then(({ faults }) => this.readFaults(faults ?? [])).catch((error) => note(error.message, "bad"));
    };
    this.downButton = h("button", { type: "button", class: "lever", "aria-pressed": "false", onclick: press }, this.downLabel);
    return this.downButton;
  }

  readFaults(faults) {
    const down = faults.find((fault) => fault.kind === "network_down");
    this.downUntil = down ? Date.now() + (down.seconds ?? DOWN_S) * 1000 : 0;
    this.draw();
  }

  draw() {
    const now = this.market.now();
    put(this.time, clockTime(now / 1000, "en-GB"));
    put(this.day, dayOf(now / 1000, "en-GB"));
    this.strip.draw(now, this.market.clock?.quiet ?? []);
    const absence = this.market.absence();
    this.absent.hidden = !absence || Boolean(this.market.preparing);
    this.element.classList.toggle("preparing", Boolean(this.market.preparing));
    if (this.absent.textContent !== absence) put(this.absent, absence);
    for (const button of this.needing) {
      button.disabled = Boolean(absence);
      button.title = absence;
    }
    if (this.market.tour && !this.market.tour.done) this.tourButton.disabled = true;
    this.drawNetwork();
  }

  drawNetwork() {
    const left = Math.ceil((this.downUntil - Date.now()) / 1000);
    const down = left > 0;
    put(this.downLabel, down ? `Network up in ${left} s` : `Network down ${DOWN_S} s`);
    this.downButton.setAttribute("aria-pressed", String(down));
    document.body.classList.toggle("network-down", down);
  }
}
