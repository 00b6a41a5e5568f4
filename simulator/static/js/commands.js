// Which of a bot's command lists a chat shows: the narrowest scope that was set, as the Bot API resolves them.

import { base } from "./words.js";

/** The commands of a bot in a chat for one person, whose app speaks `language`; what is set for nobody is [/start]. */
export function commandsFor(bot, chat, user, language) {
  const lists = (bot?.all_commands ?? []).filter(({ commands }) => commands.length).map((one) => ({ ...one, scope: scopeOf(one.scope) }));
  for (const wanted of scopesOf(chat, user)) {
    const found = lists.filter(({ scope }) => fits(scope, wanted));
    const list = found.find((one) => one.language_code && base(one.language_code) === base(language)) ?? found.find((one) => !one.language_code);
    if (list) return list.commands;
  }
  return [{ command: "start", description: "" }];
}

// Narrow to wide. Each is looked up in the app's language first, then without one.
function scopesOf(chat, user) {
  if (!chat || chat.type === "private") return [{ type: "chat", chat: [user] }, { type: "all_private_chats" }, { type: "default" }];
  const here = [chat.id, chat.username && `@${chat.username}`];
  const rules = ["creator", "administrator"].includes((chat.members ?? []).find((one) => one.id === user)?.status);
  return [
    { type: "chat_member", chat: here, user },
    ...(rules ? [{ type: "chat_administrators", chat: here }] : []),
    { type: "chat", chat: here },
    ...(rules ? [{ type: "all_chat_administrators" }] : []),
    { type: "all_group_chats" },
    { type: "default" },
  ];
}

function fits(scope, wanted) {
  if (scope.type !== wanted.type) return false;
  if (wanted.chat && !wanted.chat.some((name) => name && String(name) === String(scope.chat_id))) return false;
  return !wanted.user || Number(scope.user_id) === wanted.user;
}

// The control protocol gives a scope as the bot sent it: as JSON.
const scopeOf = (scope) => (typeof scope === "string" ? JSON.parse(scope) : scope);
