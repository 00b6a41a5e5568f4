// A day as a strip: when people must not be disturbed, and where the clock stands.

import { h, put } from "./dom.js";
import { hourOfDay } from "./format.js";

const DAY = 24;

export class DayStrip {
  constructor() {
    this.bands = h("div", { class: "strip-bands" });
    this.needle = h("i", { class: "strip-needle" });
    const ticks = [0, 6, 12, 18, 24].map((hour) => h("span", { class: "strip-tick", style: { "--at": `${(hour / DAY) * 100}%` } }, String(hour)));
    this.element = h("div", { class: "strip", role: "img", dir: "ltr" }, this.bands, this.needle, h("div", { class: "strip-ticks" }, ticks));
  }

  draw(milliseconds, quiet) {
    const hour = hourOfDay(milliseconds);
    this.needle.style.setProperty("--at", `${(hour / DAY) * 100}%`);
    const words = quiet.map(({ role, from, to }) => `${role} ${from}–${to}`).join(", ");
    const label = `Quiet hours: ${words || "none"}`;
    if (this.element.getAttribute("aria-label") === label) return;
    this.element.setAttribute("aria-label", label);
    this.element.title = label;
    put(this.bands, quiet.map(band));
  }
}

function band({ role, from, to }) {
  const [start, end] = [hours(from), hours(to)];
  const pieces = start <= end ? [[start, end]] : [[start, DAY], [0, end]];
  return h("div", { class: `strip-band ${role}` }, pieces.map(([left, right]) =>
    h("i", { style: { "--from": `${(left / DAY) * 100}%`, "--wide": `${((right - left) / DAY) * 100}%` } })));
}

// "05:30", "5", 5.5 or "05:30:00"
function hours(value) {
  const [hour, minute = 0] = String(value).split(":").map(Number);
  return hour + minute / 60;
}
