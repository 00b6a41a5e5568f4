// What the simulator has told this page: people, bots, chats. Events change it, listeners hear of it.

const KEPT_LOG = 400;

export const world = {
  ready: false,
  bots: new Map(),
  users: new Map(),
  chats: new Map(),
  keyboards: new Map(),
  payments: new Map(),
  inline: new Map(),
  faults: [],
  log: [],
};

const listeners = new Map();

/** Hear of one type of event. */
export function on(type, listener) {
  if (!listeners.has(type)) listeners.set(type, new Set());
  listeners.get(type).add(listener);
  return () => listeners.get(type).delete(listener);
}

/** Tell those who listen. */
export function tell(type, event) {
  for (const listener of [...(listeners.get(type) ?? [])]) listener(event);
}

/** Let an event of the control protocol change the world, then tell. */
export function apply(event) {
  changes[event.type]?.(event);
  tell(event.type, event);
}

export const privateKey = (user, bot) => `${user}:${bot}`;
export const firstBot = () => world.bots.values().next().value ?? null;

/** A chat by key, made empty when the page has not heard of it. */
export function chatAt(key) {
  if (!world.chats.has(key)) world.chats.set(key, blank(key));
  return world.chats.get(key);
}

function blank(key) {
  const [user, bot] = key.split(":").map(Number);
  const shape = bot ? { type: "private", user, bot } : { type: "group", title: "" };
  return { key, id: user, ...shape, members: [], bots: [], messages: new Map() };
}

function keepChat(chat) {
  const known = world.chats.get(chat.key);
  const messages = chat.messages
    ? new Map(chat.messages.map((message) => [message.message_id, message]))
    : (known?.messages ?? new Map());
  world.chats.set(chat.key, { ...chat, messages });
}

const byId = (list, key = "id") => new Map((list ?? []).map((item) => [item[key], item]));

const changes = {
  state(event) {
    world.bots = byId(event.bots);
    world.users = byId(event.users);
    world.payments = byId(event.payments);
    world.inline = new Map(Object.entries(event.inline ?? {}));
    world.chats = new Map();
    (event.chats ?? []).forEach(keepChat);
    world.keyboards = new Map(Object.entries(event.reply_keyboards ?? {}));
    world.faults = event.faults ?? [];
    world.log = [...(event.log ?? [])];
    world.ready = true;
  },
  message: (event) => chatAt(event.chat).messages.set(event.message.message_id, event.message),
  edit: (event) => chatAt(event.chat).messages.set(event.message.message_id, event.message),
  delete: (event) => chatAt(event.chat).messages.delete(event.message_id),
  keyboard(event) {
    if (event.keyboard) world.keyboards.set(event.chat, event.keyboard);
    else world.keyboards.delete(event.chat);
  },
  chat: (event) => keepChat(event.chat),
  user: (event) => world.users.set(event.user.id, event.user),
  bot: (event) => world.bots.set(event.bot.id, event.bot),
  payment: ({ payment }) => {
    const before = world.payments.get(payment.id);
    world.payments.set(payment.id, payment);
    if (payment.state !== "paid" || before?.state === "paid") return;
    const invoice = world.chats.get(payment.chat)?.messages.get(payment.message_id);
    if (invoice) apply({ type: "edit", chat: payment.chat, message: { ...invoice, paid: (invoice.paid ?? 0) + 1 } });
  },
  inline: (event) => world.inline.set(String(event.inline.id), event.inline),
  faults: (event) => (world.faults = event.faults),
  log(event) {
    world.log.push(event.entry);
    if (world.log.length > KEPT_LOG) world.log.splice(0, world.log.length - KEPT_LOG);
  },
};

/** The chats a person sees: one with each bot, then the groups he or she is in. */
export function chatsOf(user) {
  const own = [...world.bots.keys()].map((bot) => privateKey(user, bot));
  const groups = [...world.chats.values()].filter(
    (chat) => chat.type !== "private" && !chat.migrated_to && isMember(chat, user),
  );
  return [...own, ...groups.map((chat) => chat.key)];
}

/** Whether a person sees a chat. */
export function sees(user, key) {
  if (key.includes(":")) return key.startsWith(`${user}:`);
  const chat = world.chats.get(key);
  return Boolean(chat) && isMember(chat, user);
}

function isMember(chat, user) {
  const member = (chat.members ?? []).find((one) => one.id === user);
  return Boolean(member) && !["left", "kicked"].includes(member.status);
}

/** The newest message of a chat, or null. */
export function newest(key) {
  const messages = world.chats.get(key)?.messages;
  return messages?.size ? [...messages.values()].at(-1) : null;
}
