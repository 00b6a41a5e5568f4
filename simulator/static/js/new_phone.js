// Somebody new gets a phone, or somebody known is put on the stage.

import { h, note, put } from "./dom.js";
import { fullName } from "./format.js";
import { roleMark, roleName } from "./head.js";
import { act, control } from "./socket.js";
import { chatAt, firstBot, world } from "./store.js";
import { languages } from "./words.js";

const SHOWN = 40;

/** Make a person; gives the id. */
export async function newPerson(name, language) {
  const { id, user } = await control("users", { first_name: name, language_code: language });
  world.users.set(id, user); // the answer may overtake the event
  return id;
}

/** Make a group with the bot in it; gives the chat key. */
export async function newGroup(owner, members) {
  const { chat_id: id } = await act({ as: owner, do: "create_group", title: "Village market", members, bots: [firstBot().id] });
  return chatAt(String(id)).key;
}

/** Ask who, in a dialog of the page. */
export async function openNewPhone(stage) {
  const roles = new Map((await stage.market.list("roles")).map((one) => [one.user_id, one.role]));
  const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title", onclose: () => dialog.remove() });
  const name = h("input", { class: "field", name: "name", value: "Meena", required: true, autocomplete: "off" });
  const language = h("select", { class: "field", name: "language" }, Object.entries(languages()).map(([code, words]) => h("option", { value: code }, words)));
  const make = async (event) => {
    event.preventDefault();
    dialog.close();
    try {
      stage.add(await newPerson(name.value.trim() || "Somebody", language.value));
    } catch (error) {
      note(error.message, "bad");
    }
  };
  put(
    dialog,
    h("h2", { id: "ask-title" }, "Add a phone"),
    h("form", { onsubmit: make }, h("label", {}, "Name ", name), h("label", {}, "Language ", language), h("button", { class: "primary" }, "New person")),
    known(stage, dialog, roles),
    h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
  );
  document.body.append(dialog);
  dialog.showModal();
}

// Those who work come first: buyers are many, and one is like another.
function known(stage, dialog, roles) {
  const shown = new Set(stage.phones.filter((phone) => phone.role !== "group").map((phone) => phone.user));
  const rank = (user) => Number((roles.get(user.id) ?? "buyer") === "buyer");
  const others = [...world.users.values()].filter((user) => !shown.has(user.id)).sort((one, two) => rank(one) - rank(two)).slice(0, SHOWN);
  const called = (user) => {
    const role = roles.get(user.id);
    return role ? `${roleMark(role)} ${fullName(user)} · ${roleName(role)}` : fullName(user);
  };
  if (!others.length) return null;
  const pick = (user) => () => {
    dialog.close();
    stage.add(user.id);
  };
  return h("div", { class: "known" }, h("p", {}, "Or somebody who is here already:"),
    h("div", { class: "known-list" }, others.map((user) => h("button", { type: "button", class: "quiet", onclick: pick(user) }, called(user)))));
}
