// Following a link from a phone: start a private chat, join a bot to a group, or open a page beside this one.

import { h, note } from "./dom.js";
import { chatName } from "./format.js";
import { readLink } from "./links.js";
import { openPayLink } from "./pay.js";
import { openSheet } from "./sheet.js";
import { chatsOf, privateKey, world } from "./store.js";

let stage = null;

/** The stage knows which other phone belongs to the same person. */
export const followOn = (theStage) => (stage = theStage);

/** Do what a link asks. */
export async function followLink(phone, url) {
  const link = readLink(url);
  if (link.kind === "start") return start(phone, link);
  if (link.kind === "group") return chooseGroup(phone, link);
  if (link.kind === "invoice") return openPayLink(phone, link.url);
  if (link.kind === "share") return share(phone, link.text);
  if (link.kind === "web") return window.open(link.url, "_blank", "noopener");
  return note("This link leads nowhere.", "bad");
}

async function start(phone, { bot, payload }) {
  const target = stage.privatePhoneOf(phone);
  target.openChat(privateKey(phone.user, bot.id));
  stage.show(target);
  await target.act({ do: "start", ...(payload ? { payload } : {}) });
}

// Sharing posts the words in a group the person chooses.
function share(phone, text) {
  const send = async (chat) => {
    await phone.actIn({ do: "text", chat, text });
    phone.openChat(chat);
  };
  const groups = chatsOf(phone.user).filter((key) => !key.includes(":"));
  openSheet(phone, {
    title: phone.word("choose"),
    body: [h("p", { class: "pay-title", dir: "auto" }, text)],
    actions: groups.map((key) => ({ label: chatName(world.chats.get(key)), mark: "👥", run: () => phone.trying(() => send(key)) })),
  });
}

function chooseGroup(phone, { bot, payload }) {
  const groups = [...world.chats.values()].filter((chat) => chat.type !== "private" && !chat.migrated_to && holds(chat, phone.user));
  const title = h("input", { class: "field", value: `${phone.name} & friends`, "aria-label": phone.word("group"), dir: "auto" });
  const join = (chat) => phone.actIn({ do: "add_bot", chat, bot: bot.id, ...(payload ? { payload } : {}) });
  const found = async () => {
    const others = stage.people().filter((user) => user !== phone.user);
    const { chat_id: id } = await phone.actIn({ do: "create_group", title: title.value.trim() || "Group", members: others });
    await join(id);
    phone.openChat(String(id));
  };
  const old = async (chat) => {
    await join(chat.id);
    phone.openChat(chat.key);
  };
  openSheet(phone, {
    title: phone.word("choose"),
    body: [title],
    actions: [
      ...groups.map((chat) => ({ label: chatName(chat), mark: "👥", run: () => phone.trying(() => old(chat)) })),
      { label: phone.word("group"), mark: "➕", tone: "primary", run: () => phone.trying(found) },
    ],
  });
}

const holds = (chat, user) => (chat.members ?? []).some((member) => member.id === user && !["left", "kicked"].includes(member.status));
