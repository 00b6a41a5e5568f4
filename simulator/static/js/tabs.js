// The tabs above the phones: two desks on a wide screen, one tab a phone on a small one.

import { h, put } from "./dom.js";
import { fullName } from "./format.js";
import { roleMark, roleName } from "./head.js";
import { openNewPhone } from "./new_phone.js";

/** Draw them, with what is unread on each. */
export function drawTabs(stage) {
  const tabs = stage.narrow.matches ? phoneTabs(stage) : deskTabs(stage);
  const drawn = JSON.stringify(tabs.map(({ mark, label, unread, selected }) => [mark, label, unread, selected]));
  if (stage.drawnTabs === drawn) return;
  stage.drawnTabs = drawn;
  const focused = [...stage.tabs.children].indexOf(document.activeElement);
  const add = h("button", { type: "button", class: "tab add", onclick: () => openNewPhone(stage), "aria-label": "+ phone" }, stage.narrow.matches ? "+" : "+ phone");
  put(stage.tabs, tabs.map((tab, place) => tabButton(stage, tab, place)), add);
  if (focused >= 0) stage.tabs.children[focused]?.focus();
}

function tabButton(stage, { mark, label, unread, selected, controls, pick }, place) {
  const walk = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && stage.tabs.querySelectorAll('[role="tab"]')[place + step];
    if (!next) return;
    next.focus();
    next.click();
  };
  return h(
    "button",
    { type: "button", role: "tab", class: "tab", "aria-label": unread ? `${label}, ${unread} unread` : label, "aria-selected": String(selected), "aria-controls": controls, tabindex: selected ? "0" : "-1", onclick: pick, onkeydown: walk },
    h("span", { class: "tab-mark", "aria-hidden": "true" }, mark),
    h("span", { class: "tab-name" }, label),
    unread ? h("span", { class: "badge" }, String(unread)) : null,
  );
}

function phoneTabs(stage) {
  return stage.phones.map((phone) => ({
    mark: roleMark(phone.role),
    label: phone.role ? roleName(phone.role) : fullName(phone.person),
    unread: phone === stage.active ? 0 : phone.unreadCount(),
    selected: phone === stage.active,
    controls: phone.id,
    pick: () => stage.show(phone),
  }));
}

function deskTabs(stage) {
  const desks = [0, 1].map((desk) => stage.phones.filter((phone) => stage.deskOf(phone) === desk));
  return desks.flatMap((phones, desk) => (phones.length ? [deskTab(stage, phones, desk)] : []));
}

function deskTab(stage, phones, desk) {
  const names = phones.map((phone) => (phone.role ? roleName(phone.role) : fullName(phone.person)));
  return {
    mark: phones.map((phone) => roleMark(phone.role)).slice(0, 3).join(""),
    label: names.slice(0, 4).join(" · "),
    unread: desk === stage.desk ? 0 : phones.reduce((sum, phone) => sum + phone.unreadCount(), 0),
    selected: desk === stage.desk,
    controls: phones[0].id,
    pick: () => {
      stage.desk = desk;
      stage.active = phones[0];
      stage.arrange();
    },
  };
}
