// The market's own control port, when there is one: its clock, its orders, its ledger. All of it may be missing.

import { setZone } from "./format.js";
import { tell } from "./store.js";
import { offerLanguages } from "./words.js";

const EVERY_MS = 3000;
const SOON_MS = 600;
const TOUR_MS = 200;
const PATIENCE_MS = 5000;

export class Market {
  constructor() {
    this.url = null;
    this.up = false;
    this.clock = null;
    this.readAt = 0;
    this.preparing = "";
    this.round = null;
    this.tour = null;
  }

  /** Learn where the market is and watch its clock. */
  async start() {
    try {
      const config = await (await fetch("/config.json")).json();
      this.url = config.market_url ? String(config.market_url).replace(/\/(market\/?)?$/, "") : null;
    } catch {
      this.url = null;
    }
    tell("market", this);
    if (!this.url) return;
    await this.readClock();
    this.watch();
  }

  // Often while the market is being prepared, else seldom; its clock ticks here as well.
  watch() {
    setTimeout(async () => {
      if (!document.hidden) await this.readClock();
      this.watch();
    }, this.preparing ? SOON_MS : EVERY_MS);
  }

  /** Why there is nothing to show, or "". */
  absence() {
    if (!this.url) return "No market is connected to this simulator.";
    if (this.preparing) return this.preparing;
    return this.up ? "" : "The market does not answer. Its page comes back by itself.";
  }

  async ask(path, options = {}) {
    const answer = await fetch(`${this.url}/market/${path}`, { signal: AbortSignal.timeout(PATIENCE_MS), ...options });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(body.error ?? `the market answered ${answer.status}`);
    return body;
  }

  /** What stands at a path; null when it cannot be read. */
  async get(path) {
    if (!this.url) return null;
    try {
      return await this.ask(path);
    } catch {
      return null;
    }
  }

  /** A list at a path, whatever envelope it comes in. */
  async list(path) {
    const found = await this.get(path);
    if (Array.isArray(found)) return found;
    return Object.values(found ?? {}).find(Array.isArray) ?? [];
  }

  post(path, body) {
    if (!this.url) return Promise.reject(new Error(this.absence()));
    return this.ask(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(120000),
    });
  }

  people() {
    return this.list("people");
  }

  /** Whether there is a market just now; one that is put back says so before its people come again. */
  async look() {
    if (this.url) await this.readClock();
  }

  async readClock() {
    const clock = await this.get("clock");
    const open = Boolean(clock?.now);
    const came = open && (!this.up || this.round !== (clock.round ?? null));
    this.up = open;
    this.preparing = clock?.preparing ?? "";
    if (came) offerLanguages(await this.list("languages"));
    if (open) this.keepClock(clock);
    else tell("market", this);
    if (came) tell("market-up", this);
  }

  keepClock(clock) {
    this.clock = clock;
    this.round = clock.round ?? null;
    if ("tour" in clock) this.keepTour(clock.tour);
    this.readAt = Date.now();
    setZone(clock.timezone);
    tell("market", this);
  }

  /** What the tour shows just now; while it plays it is asked for often. */
  keepTour(tour) {
    const began = tour && !this.tour;
    if (JSON.stringify(tour) !== JSON.stringify(this.tour)) {
      this.tour = tour;
      tell("tour", tour);
    }
    if (began) this.watchTour();
  }

  watchTour() {
    setTimeout(async () => {
      await this.readClock();
      if (this.tour) this.watchTour();
    }, TOUR_MS);
  }

  /** The market's time now, in milliseconds; this machine's when there is no market. */
  now() {
    if (!this.clock) return Date.now();
    return Date.parse(this.clock.now) + (Date.now() - this.readAt);
  }

  async move(body) {
    const clock = await this.post("clock", body);
    if (clock?.now) this.keepClock({ ...this.clock, ...clock });
    await this.readClock();
    tell("moved", this);
  }

  async act(verb) {
    const answer = await this.post("act", { do: verb });
    await this.readClock();
    tell("moved", this);
    return answer;
  }
}
