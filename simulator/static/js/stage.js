// The stage: up to three phones side by side, others on a second desk; one at a time on a small screen.

import { h, note, perFrame, put } from "./dom.js";
import { followOn } from "./follow.js";
import { openNewPhone } from "./new_phone.js";
import { Phone } from "./phone.js";
import { onStrayToast } from "./presses.js";
import { firstBot, on, world } from "./store.js";
import { drawTabs } from "./tabs.js";

const SECOND_DESK = new Set(["courier", "operator", "owner", "officer"]);
const FIRST_PHONES = 3;

export class Stage {
  constructor(element, market) {
    this.element = element;
    this.market = market;
    this.phones = [];
    this.active = null;
    this.desk = 0;
    this.narrow = matchMedia("(max-width: 899.98px)");
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Phones" });
    this.row = h("div", { class: "phones" });
    put(element, this.tabs, this.row);
    this.lay = perFrame(() => this.arrange());
    this.badges = perFrame(() => drawTabs(this));
    this.narrow.addEventListener("change", this.lay);
    followOn(this);
    this.listen();
  }

  listen() {
    for (const type of ["message", "edit", "delete"]) on(type, (event) => this.heard({ ...event, type }));
    on("keyboard", ({ chat }) => this.phones.forEach((phone) => phone.openKey === chat && phone.drawTiles()));
    on("chat", ({ chat }) => this.chatChanged(chat));
    on("user", ({ user }) => this.userChanged(user));
    on("bot", () => this.phones.forEach((phone) => phone.refresh()));
    on("action", ({ chat }) => this.phones.forEach((phone) => phone.openKey === chat && phone.head.typing(true)));
    on("state", () => this.begin());
    on("market", () => this.market.preparing && !this.phones.length && this.empty());
    on("tour", (tour) => this.watchTour(tour));
    on("payment", ({ payment }) => payment.state === "failed" && this.refused(payment));
    onStrayToast((toast) => this.phones.find((one) => one.user === toast.user && one.openKey === toast.chat)?.showAnswer(toast));
  }

  heard(event) {
    for (const phone of this.phones) phone.heard(event);
    this.badges();
  }

  chatChanged(chat) {
    for (const phone of this.phones) {
      if (chat.migrated_to && phone.openKey === chat.key) phone.openChat(String(chat.migrated_to));
      else if (phone.openKey === chat.key || !phone.openKey) phone.refresh();
      else phone.head.draw();
    }
  }

  userChanged(user) {
    const own = this.phones.filter((phone) => phone.user === user.id);
    for (const phone of own) {
      const turned = phone.drawnLanguage !== phone.language;
      phone.drawnLanguage = phone.language;
      if (turned) phone.draw();
      else phone.refresh();
    }
    if (!own.length && this.phones.length < FIRST_PHONES) this.begin();
    this.badges();
  }

  /** Set the phones up from the market's people, or from whoever the simulator knows. */
  async begin() {
    if (!world.ready || !firstBot()) return;
    await this.market.look();
    const people = (await this.market.people()).filter((one) => one.role === "group" || world.users.has(one.user_id));
    if (this.market.preparing) this.keep([]);
    else this.keep(people.length ? people.map((one) => this.wanted(one, people)) : this.strangers());
    this.arrange();
  }

  wanted({ role, user_id: user, chat_id: chat }, people) {
    const group = role === "group" ? String(chat) : null;
    const viewer = user ?? people.find((one) => one.role === "buyer")?.user_id ?? people[0].user_id;
    return { role, user: viewer, chat: group };
  }

  // Nobody names the phones: those who were added stay, else the first people who came.
  strangers() {
    if (this.phones.some((phone) => phone.added && world.users.has(phone.user))) return [];
    return [...world.users.values()].slice(0, FIRST_PHONES).map((user) => ({ role: "", user: user.id, chat: null }));
  }

  keep(wanted) {
    const same = (phone, one) => phone.role === one.role && phone.user === one.user;
    const added = this.phones.filter((phone) => phone.added && world.users.has(phone.user) && (!phone.home || world.chats.has(phone.home)));
    const kept = wanted.filter((one) => world.users.has(one.user) && (!one.chat || world.chats.has(one.chat)))
      .map((one) => this.phones.find((phone) => same(phone, one)) ?? new Phone(one));
    this.phones = [...kept, ...added.filter((phone) => !kept.includes(phone))];
    for (const phone of this.phones) {
      phone.drawnLanguage = phone.language;
      phone.beside = new Set(this.phones.filter((one) => one !== phone && one.user === phone.user && one.home).map((one) => one.home));
      if (phone.home && !world.chats.has(phone.openKey)) phone.openKey = phone.home;
      phone.draw();
    }
    if (!this.phones.includes(this.active)) this.active = this.phones[0] ?? null;
  }

  /** The desk a phone stands on: 0, or 1 for those who work behind the shop and those who came later. */
  deskOf(phone) {
    if (SECOND_DESK.has(phone.role)) return 1;
    return this.phones.filter((one) => !SECOND_DESK.has(one.role)).indexOf(phone) < FIRST_PHONES ? 0 : 1;
  }

  arrange() {
    if (!this.phones.length) return this.empty();
    this.shownEmpty = null;
    this.tabs.hidden = false;
    if (!this.phones.some((phone) => this.deskOf(phone) === this.desk)) this.desk = 0;
    this.row.classList.remove("none");
    [...this.row.children].filter((one) => !this.phones.some((phone) => phone.element === one)).forEach((one) => one.remove());
    this.phones.forEach((phone, place) => this.row.children[place] !== phone.element && this.row.insertBefore(phone.element, this.row.children[place] ?? null));
    for (const phone of this.phones) {
      const visible = this.narrow.matches ? phone === this.active : this.deskOf(phone) === this.desk;
      const fresh = visible && phone.element.hidden;
      phone.element.hidden = !visible;
      if (visible && (fresh || phone.unread.size)) phone.looked();
    }
    drawTabs(this);
  }

  // A market that opens soon is waited for; a simulator alone offers phones.
  empty() {
    const shown = this.market.preparing || "No phones yet.";
    if (this.shownEmpty === shown) return;
    this.shownEmpty = shown;
    this.row.classList.add("none");
    this.tabs.hidden = Boolean(this.market.preparing);
    put(this.row, this.market.preparing ? waiting(shown) : this.offer(shown));
    drawTabs(this);
  }

  offer(words) {
    return h("div", { class: "nobody" }, h("p", {}, words),
      h("button", { type: "button", class: "primary", onclick: () => this.three() }, "Set up three phones"),
      h("button", { type: "button", class: "quiet", onclick: () => openNewPhone(this) }, "+ phone"));
  }

  // The tour is followed from phone to phone; a person who looks elsewhere is not pulled out of a field.
  watchTour(tour) {
    const phone = tour?.user && !tour.done ? this.phones.find((one) => one.user === tour.user && one.role !== "group") : null;
    for (const one of this.phones) one.touched(one === phone ? tour : null);
    if (!phone || phone === this.toured) return;
    this.toured = phone;
    if (!document.activeElement?.closest(".composer, .sheet-layer, dialog")) this.show(phone);
  }

  refused(payment) {
    const phone = this.phones.find((one) => one.user === payment.user && one.openKey === payment.chat);
    if (phone && !phone.sheet) phone.toast(phone.word("refused"));
  }

  async three() {
    const { newPerson, newGroup } = await import("./new_phone.js");
    try {
      const farmer = await newPerson("Asha", "en");
      const buyer = await newPerson("Ravi", "en");
      const group = await newGroup(buyer, [farmer]);
      this.keep([{ role: "farmer", user: farmer, chat: null }, { role: "buyer", user: buyer, chat: null }, { role: "group", user: buyer, chat: group }]);
      for (const phone of this.phones) phone.added = true;
      this.arrange();
    } catch (error) {
      note(error.message, "bad");
    }
  }

  /** Put a person's phone on the stage and show it. */
  add(user) {
    const known = this.phones.find((phone) => phone.user === user && phone.role !== "group");
    const phone = known ?? new Phone({ role: "", user, added: true });
    phone.drawnLanguage = phone.language;
    if (!known) this.phones.push(phone);
    this.show(phone);
  }

  /** Bring a phone to the front. */
  show(phone) {
    this.active = phone;
    this.desk = this.deskOf(phone);
    this.arrange();
  }

  /** The phone in which a person's private chat opens. */
  privatePhoneOf(phone) {
    if (phone.role !== "group") return phone;
    return this.phones.find((one) => one !== phone && one.user === phone.user && one.role !== "group") ?? phone;
  }

  people() {
    return [...new Set(this.phones.map((phone) => phone.user))];
  }
}

const waiting = (words) => h("div", { class: "nobody", role: "status" }, h("span", { class: "wheel busy", "aria-hidden": "true" }), h("p", {}, words));
