"""Putting messages into chats, changing and removing them, and telling bots and pages about it."""

from __future__ import annotations

from simulator import files
from simulator.refusals import Json
from simulator.text import command_of
from simulator.world import BotAccount, Chat, Person, Post, World

PRESENT = frozenset({"member", "administrator", "creator", "restricted"})
_SERVICE = (
    "new_chat_members", "left_chat_member", "group_chat_created", "supergroup_chat_created", "migrate_to_chat_id",
    "migrate_from_chat_id", "new_chat_title", "pinned_message", "successful_payment",
)  # fmt: skip


def post(world: World, chat: Chat, sender: Person | BotAccount, content: Json, *, silent: bool = False) -> Post:
    """A new message; bots are not told here."""
    chat.last_id += 1
    body = {
        "message_id": chat.last_id,
        "from": sender.shape(),
        "chat": chat.shape(),
        "date": world.now(),
        **content,
    }
    by_bot = sender.id if isinstance(sender, BotAccount) else None
    message = Post(body, by_bot, silent=silent)
    chat.keep(message)
    by = "bot" if by_bot else "person"
    world.events.happened(
        chat.key, "message", by, chat.last_id, lambda: {"chat": chat.key, "message": message.view(), "by": by}
    )
    return message


def spoken(world: World, chat: Chat, person: Person, content: Json) -> tuple[Post, int | None]:
    """A person's message, told to every bot that may hear it; with the first update's id."""
    message = post(world, chat, person, content)
    return message, tell_bots(world, chat, "message", message.body)


def tell_bots(world: World, chat: Chat, kind: str, body: Json) -> int | None:
    """An update for each bot of the chat that hears this message."""
    if chat.person is not None:
        return world.bots[chat.bot_id].mailbox.put(kind, body, chat.key)
    first = None
    for bot in bots_in(world, chat):
        if hears(bot, chat, body):
            update_id = bot.mailbox.put(kind, reowned(world, body, bot.id), chat.key)
            first = update_id if first is None else first
    return first


def bots_in(world: World, chat: Chat) -> list[BotAccount]:
    """The bots that are in a group now."""
    return [world.bots[m] for m, member in chat.members.items() if m in world.bots and member.status in PRESENT]


def hears(bot: BotAccount, chat: Chat, body: Json) -> bool:
    """Privacy mode: commands, replies to the bot, mentions, what came through it, and service messages."""
    if bot.can_read_all_group_messages or chat.members[bot.id].status == "administrator":
        return True
    if any(name in body for name in _SERVICE):
        return True
    command = command_of(body)
    if command is not None:
        _, _, addressee = command.partition("@")
        return addressee.lower() in {"", bot.username.lower()}
    if body.get("reply_to_message", {}).get("from", {}).get("id") == bot.id:
        return True
    return (
        body.get("via_bot", {}).get("id") == bot.id or f"@{bot.username}".lower() in str(body.get("text", "")).lower()
    )


def reowned(world: World, body: Json, bot_id: int) -> Json:
    """The same message with file identifiers of the bot that receives it."""
    fresh = dict(body)
    if "photo" in body:
        fresh["photo"] = [_reowned_file(size, bot_id) for size in body["photo"]]
    for name in ("document", "voice", "sticker"):
        if name in body:
            fresh[name] = _reowned_file(body[name], bot_id)
    return fresh


def _reowned_file(shape: Json, bot_id: int) -> Json:
    unique_id, _ = files.split_id(shape["file_id"])
    owned = files.StoredFile(unique_id, "", b"", "", "")
    return {**shape, "file_id": files.file_id(owned, bot_id)}


def changed(world: World, chat: Chat, message: Post, content: Json, *, by: str) -> None:
    """Replace parts of a message; a value of None removes the part."""
    body = {**message.body, **content, "edit_date": world.now()}
    message.body = {name: value for name, value in body.items() if value is not None}
    message.edited = True
    world.events.happened(
        chat.key, "edit", by, message.id, lambda: {"chat": chat.key, "message": message.view(), "by": by}
    )


def removed(world: World, chat: Chat, message_id: int, *, by: str) -> None:
    """Take a message out of the chat."""
    chat.posts.pop(message_id, None)
    if chat.pinned == message_id:
        chat.pinned = None
    world.events.happened(
        chat.key, "delete", by, message_id, lambda: {"chat": chat.key, "message_id": message_id, "by": by}
    )


def show_keyboard(world: World, chat: Chat, keyboard: Json | None) -> None:
    """Change the reply keyboard of a chat."""
    chat.keyboard = keyboard
    world.events.tell("keyboard", lambda: {"chat": chat.key, "keyboard": keyboard})


def quoted(message: Post) -> Json:
    """A message as it stands inside a reply: without its own reply."""
    return {name: value for name, value in message.body.items() if name != "reply_to_message"}
