// The menus of a phone: attach, commands, a message's own, and the chat's with a tester's switches.

import { commandsFor } from "./commands.js";
import { h } from "./dom.js";
import { fullName } from "./format.js";
import { openSheet } from "./sheet.js";
import { control } from "./socket.js";
import { world } from "./store.js";

const LONGEST_EDGE = 1600;

/** What can be sent besides words. */
export function openAttach(phone) {
  const send = (deed, mark) => () => {
    phone.tap(mark, deed.do === "photo" ? "photo" : "typed");
    return phone.trying(() => phone.act(deed));
  };
  const sample = (name, mark) => ({ label: phone.word(name), mark, run: send({ do: "photo", photo: name, caption: phone.composer.take() }, mark) });
  openSheet(phone, {
    title: phone.word("attach"),
    actions: [
      { label: phone.word("device"), mark: "🖼", run: () => pickPhoto(phone) },
      sample("mango", "🥭"),
      sample("tomato", "🍅"),
      sample("receipt", "🧾"),
      { label: phone.word("voice"), mark: "🎙", run: send({ do: "voice", duration: 4 }, "🎙") },
      { label: phone.word("place"), mark: "📍", run: () => phone.trying(() => (phone.tap("📍"), phone.sharePlace())) },
      { label: phone.word("contact"), mark: "👤", run: send({ do: "contact" }, "👤") },
      { label: phone.word("sticker"), mark: "👍", run: send({ do: "sticker", emoji: "👍" }, "👍") },
    ],
  });
}

function pickPhoto(phone) {
  const input = h("input", { type: "file", accept: "image/*", multiple: true });
  input.addEventListener("change", () => phone.trying(() => sendPicked(phone, [...input.files])));
  input.click();
}

async function sendPicked(phone, files) {
  if (!files.length) return;
  phone.tap("🖼", "photo");
  const photos = await Promise.all(files.slice(0, 10).map(shrunk));
  const caption = phone.composer.take();
  await phone.act(photos.length > 1 ? { do: "album", photos, caption } : { do: "photo", photo: photos[0], caption });
}

// A phone makes a picture smaller before it sends it.
async function shrunk(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
  const canvas = h("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.85).split("base64,")[1];
}

/** The bot's commands. */
export function openCommands(phone) {
  const known = commandsFor(phone.bot(), phone.chat, phone.user, phone.language);
  openSheet(phone, {
    title: phone.word("commands"),
    actions: known.map(({ command, description }) => ({
      label: `/${command}  ${description}`,
      run: () => phone.say(`/${command}`),
    })),
  });
}

/** What can be done with one message. */
export function openMessageMenu(phone, message) {
  const own = message.from?.id === phone.user;
  const editable = own && message.text;
  openSheet(phone, {
    title: phone.word("more"),
    actions: [
      { label: phone.word("reply"), mark: "↩", run: () => phone.composer.reply(message) },
      ...(editable ? [{ label: phone.word("edit"), mark: "✎", run: () => phone.composer.edit(message) }] : []),
      { label: phone.word("remove"), mark: "✕", run: () => phone.trying(() => phone.act({ do: "delete", message_id: message.message_id })) },
    ],
  });
}

/** The chat's menu, with what a tester may do to the bot. */
export function openChatMenu(phone) {
  const actions = phone.chat && phone.chat.type !== "private" ? groupActions(phone) : privateActions(phone);
  openSheet(phone, { title: phone.word("more"), actions: [...actions, { label: phone.word("group"), mark: "👥", run: () => openNewGroup(phone) }] });
}

function privateActions(phone) {
  const bot = phone.chat?.bot ?? phone.botId();
  const blocked = phone.person?.blocked?.includes(bot);
  return [
    { label: phone.word("commands"), mark: "/", run: () => openCommands(phone) },
    blocked
      ? { label: phone.word("unblock"), mark: "🔓", run: () => phone.trying(() => phone.act({ do: "unblock" })) }
      : { label: phone.word("block"), mark: "🚫", run: () => phone.trying(() => phone.act({ do: "block" })) },
  ];
}

function groupActions(phone) {
  const bot = phone.botId();
  const seat = (phone.chat.bots ?? []).find((one) => one.id === bot && !["left", "kicked"].includes(one.status));
  const deed = (name, mark, wanted) => ({ label: phone.word(name), mark, run: () => phone.trying(() => phone.act({ bot, ...wanted })) });
  const silent = phone.chat.permissions?.can_send_messages === false;
  return [
    ...(seat ? [deed("removeBot", "➖", { do: "remove_bot" })] : [deed("addBot", "➕", { do: "add_bot" })]),
    ...(seat && seat.status === "administrator" ? [deed("plainBot", "○", { do: "set_rights", admin: false })] : []),
    ...(seat && seat.status !== "administrator" ? [deed("rulingBot", "★", { do: "set_rights", admin: true })] : []),
    deed(silent ? "mayWrite" : "mayNotWrite", "✎", { do: "set_rights", rights: { can_send_messages: silent } }),
    ...(phone.chat.type === "group" ? [deed("supergroup", "⬆", { do: "migrate" })] : []),
  ];
}

function openNewGroup(phone) {
  const title = h("input", { class: "field", value: "Neighbours", "aria-label": phone.word("title") });
  const others = [...world.users.values()].filter((one) => one.id !== phone.user).slice(0, 20);
  const boxes = others.map((one) => h("label", { class: "tick" }, h("input", { type: "checkbox", value: one.id }), fullName(one)));
  const make = async () => {
    const members = boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => Number(box.value));
    const { chat_id: id } = await phone.actIn({ do: "create_group", title: title.value.trim() || "Group", members });
    phone.openChat(String(id));
  };
  openSheet(phone, { title: phone.word("group"), body: [title, ...boxes], actions: [{ label: phone.word("create"), tone: "primary", run: () => phone.trying(make) }] });
}

/** Change the language of a person's app. */
export const setLanguage = (person, code) =>
  control("users", { id: person.id, first_name: person.first_name, last_name: person.last_name, username: person.username,
    phone_number: person.phone_number, language_code: code });
