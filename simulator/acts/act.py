"""One act of a person: who, where, with what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.posting import PRESENT, quoted, spoken
from simulator.refusals import Json, PersonError
from simulator.world import BotAccount, Chat, Person, Post, World


@dataclass(frozen=True, slots=True)
class Act:
    """A person acts in a chat."""

    world: World
    person: Person
    bot: BotAccount
    chat: Chat
    fields: Json

    def text(self, name: str, default: str = "") -> str:
        """A string field."""
        value = self.fields.get(name, default)
        if not isinstance(value, str):
            raise PersonError(f"{name} must be a string")
        return value

    def message(self, name: str = "message_id") -> Post:
        """The message the act speaks about."""
        message = self.chat.posts.get(int(self.fields.get(name, 0)))
        if message is None:
            raise PersonError(f"no message {self.fields.get(name)!r} in chat {self.chat.key}")
        return message


Verb = Callable[[Act], Json]


def act_of(world: World, wanted: Json) -> Act:
    """Resolve who acts where; without a chat it is the private one with the bot."""
    person = world.person_named(wanted.get("as"))
    bot = world.bot_named(wanted.get("bot"))
    chat = chat_at(world, wanted.get("chat"))
    if chat is None:
        chat = world.private_chat(person, bot)
    elif chat.person is not None:
        bot = world.bots[chat.bot_id]
        if chat.person.id != person.id:
            raise PersonError("that is somebody else's private chat")
    return Act(world, person, bot, chat, wanted)


def chat_at(world: World, name: object) -> Chat | None:
    """A chat by key or group number; None when nothing was named."""
    if name is None:
        return None
    chat = world.chats.get(str(name))
    if chat is None:
        raise PersonError(f"no chat {name!r}")
    return chat


def say(act: Act, content: Json) -> Json:
    """Put the person's message into the chat and tell the bots."""
    if act.chat.person is None:
        must_be_in(act)
        _may_write(act)
    elif act.chat.blocked:
        raise PersonError("a blocked bot cannot be written to: unblock it, or press Start")
    else:
        act.chat.started = True
    if "reply_to" in act.fields:
        content = {**content, "reply_to_message": quoted(act.message("reply_to"))}
    message, update_id = spoken(act.world, act.chat, act.person, content)
    return {"message_id": message.id, "update_id": update_id}


def must_be_in(act: Act) -> None:
    """Only members see and use what is in a group."""
    seat = act.chat.members.get(act.person.id)
    if seat is None or seat.status not in PRESENT:
        raise PersonError(f"{act.person.first_name} is not in {act.chat.title}")
    if act.chat.migrated_to is not None:
        raise PersonError(f"the group moved to {act.chat.migrated_to}")


def _may_write(act: Act) -> None:
    seat = act.chat.members[act.person.id]
    if seat.status in {"member", "restricted"} and not act.chat.permissions.get("can_send_messages", True):
        raise PersonError(f"members may not write in {act.chat.title}")
