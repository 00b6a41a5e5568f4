"""Where a bot may write: chats it knows, people who did not block it, groups that let it."""

from __future__ import annotations

from simulator.params import Params
from simulator.posting import PRESENT
from simulator.refusals import Refusal, bad, forbidden
from simulator.world import BotAccount, Chat, Member, Post, World

CHAT_RULE = "chat_id names a chat this bot knows"
_RIGHT_WORDS = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_documents": "documents",
    "can_send_voice_notes": "voice notes",
}


def chat_named(world: World, bot: BotAccount, params: Params, name: str = "chat_id") -> Chat:
    """The chat a call speaks about."""
    raw = params.values.get(name)
    if raw is None or raw == "":
        raise bad(f"{name} is empty", CHAT_RULE)
    try:
        chat_id = int(raw)
    except (TypeError, ValueError):
        raise bad("chat not found", CHAT_RULE) from None
    return _private(world, bot, chat_id) if chat_id > 0 else _group(world, bot, chat_id)


def _private(world: World, bot: BotAccount, user_id: int) -> Chat:
    chat = world.chats.get(f"{user_id}:{bot.id}")
    if chat is not None and chat.started:
        return chat
    if user_id in world.bots:
        raise forbidden("bot can't send messages to bots", "bots do not talk to bots")
    if user_id in world.people and _met(world, bot, user_id):
        raise forbidden("bot can't initiate conversation with a user", "a person must start the bot first")
    raise bad("chat not found", CHAT_RULE)


def _met(world: World, bot: BotAccount, user_id: int) -> bool:
    return any(bot.id in chat.members and user_id in chat.members for chat in world.chats.values())


def _group(world: World, bot: BotAccount, chat_id: int) -> Chat:
    chat = world.chats.get(str(chat_id))
    if chat is None or bot.id not in chat.members:
        raise bad("chat not found", CHAT_RULE)
    return chat


def may_write(bot: BotAccount, chat: Chat, right: str = "can_send_messages") -> None:
    """Refuse a bot that is blocked, gone, or not allowed to send this."""
    if chat.blocked:
        raise forbidden("bot was blocked by the user", "a person who blocked the bot receives nothing")
    if chat.person is not None:
        return
    must_be_in(bot, chat)
    member = chat.members[bot.id]
    if member.status == "administrator" or _allowed(chat, member, right):
        return
    words = _RIGHT_WORDS.get(right, "messages")
    raise bad(f"not enough rights to send {words} to the chat", f"the group must allow {right}")


def must_be_in(bot: BotAccount, chat: Chat) -> None:
    """Refuse a bot that is not in the group, or a group that moved."""
    if chat.migrated_to is not None:
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refusal(400, words, "a migrated group has a new id", {"migrate_to_chat_id": chat.migrated_to})
    status = chat.members[bot.id].status
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat", "a bot writes only to groups it is in")
    if status not in PRESENT:
        raise forbidden(f"bot is not a member of the {chat.kind} chat", "a bot writes only to groups it is in")


def _allowed(chat: Chat, member: Member, right: str) -> bool:
    own = member.rights if member.status == "restricted" else {}
    return chat.permissions.get(right, True) and own.get(right, True)


def message_named(chat: Chat, params: Params, words: str, name: str = "message_id") -> Post:
    """A message of the chat, or the refusal in the given words."""
    message_id = params.integer(name)
    if message_id <= 0:
        raise bad("message identifier is not specified", f"{name} is required")
    message = chat.posts.get(message_id)
    if message is None:
        raise bad(words, f"{name} names a message that is still there")
    return message
