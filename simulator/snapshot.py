"""The whole picture for the page, and one chat for a test."""

from __future__ import annotations

import time

from simulator.refusals import Json
from simulator.world import BotAccount, Chat, Person, World

NEWEST = 200
_DEFAULT_SCOPE = '{"type": "default"}'


def bot_view(bot: BotAccount) -> Json:
    """A bot as the control protocol shows it."""
    return {
        "id": bot.id,
        "username": bot.username,
        "first_name": bot.first_name,
        "commands": bot.commands.get((_DEFAULT_SCOPE, ""), []),
        "all_commands": [
            {"scope": scope, "language_code": language, "commands": commands}
            for (scope, language), commands in bot.commands.items()
        ],
        "menu_button": bot.menu_buttons.get(0),
        "description": bot.texts.get(("description", ""), ""),
        "short_description": bot.texts.get(("short_description", ""), ""),
        "webhook": bot.mailbox.hook.url or None,
        "polling": bot.mailbox.polling,
        "pending_updates": len(bot.mailbox.queue),
        "can_read_all_group_messages": bot.can_read_all_group_messages,
        "supports_inline_queries": bot.supports_inline_queries,
        "can_join_groups": bot.can_join_groups,
    }


def person_view(world: World, person: Person) -> Json:
    """A person as the control protocol shows them."""
    blocked = [bot_id for bot_id in world.bots if (c := world.chats.get(f"{person.id}:{bot_id}")) and c.blocked]
    shape = person.shape()
    del shape["is_bot"]
    return shape | {"phone_number": person.phone_number, "blocked": blocked}


def chat_view(world: World, chat: Chat, newest: int, only: set[int] | None = None) -> Json:
    """A chat with its newest messages, oldest first; of these `only` the ones with such ids."""
    posts = [post for number, post in list(chat.posts.items())[-newest:] if only is None or number in only]
    return {**chat.head(world.bots), "messages": [message.view() for message in posts]}


def callback_view(query: Json) -> Json:
    """A press and its answer."""
    return {name: value for name, value in query.items() if name not in {"id", "began"}}


def snapshot(world: World) -> Json:
    """Everything, bounded."""
    chats = list(world.chats.values())
    return {
        "seq": world.events.seq,
        "now": time.time() + world.limits.settings.clock_offset,
        "bots": [bot_view(bot) for bot in world.bots.values()],
        "users": [person_view(world, person) for person in world.people.values()],
        "chats": [chat_view(world, chat, NEWEST) for chat in chats],
        "reply_keyboards": {chat.key: chat.keyboard for chat in chats if chat.keyboard is not None},
        "callbacks": {name: callback_view(query) for name, query in list(world.callbacks.items())[-500:]},
        "toasts": list(world.toasts),
        "inline": dict(world.inline),
        "payments": [payment.shape() for payment in list(world.payments.values())[-200:]],
        "faults": world.faults.shape(),
        "limits": world.limits.shape(),
        "config": dict(world.config),
        "log": [entry.shape() for entry in list(world.log.entries)[-100:]],
    }
