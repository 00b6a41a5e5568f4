"""Making groups, adding and removing people and bots, rights, migration."""

from __future__ import annotations

from simulator import groups
from simulator.acts.act import Act, Verb
from simulator.acts.talking import start
from simulator.posting import spoken
from simulator.refusals import Json, PersonError
from simulator.world import Chat, Member


def _group(act: Act) -> Chat:
    if act.chat.person is not None:
        raise PersonError("name the group in `chat`")
    return act.chat


def create_group(act: Act) -> Json:
    """A new group."""
    members = [act.world.person_named(user_id) for user_id in act.fields.get("members", ())]
    bots = [act.world.bot_named(bot_id) for bot_id in act.fields.get("bots", ())]
    big = bool(act.fields.get("supergroup"))
    chat = groups.create(act.world, act.person, act.text("title", "Group"), members, bots, big=big)
    return {"chat_id": chat.id, "chat": chat.key}


def add_bot(act: Act) -> Json:
    """Put the bot into a group, as administrator if wished, perhaps through a startgroup link."""
    chat = _group(act)
    seat = Member("administrator" if act.fields.get("admin") else "member", dict(act.fields.get("rights", {})))
    groups.joined(act.world, chat, act.person, act.bot, seat)
    if "payload" in act.fields:
        return start(act)
    return {"chat_id": chat.id}


def remove_bot(act: Act) -> Json:
    """Put the bot out."""
    groups.left(act.world, _group(act), act.person, act.bot, status="kicked")
    return {}


def add_member(act: Act) -> Json:
    """Bring somebody in."""
    groups.joined(act.world, _group(act), act.person, act.world.person_named(act.fields["user"]), Member())
    return {}


def remove_member(act: Act) -> Json:
    """Put somebody out, or leave oneself."""
    user = act.world.person_named(act.fields["user"])
    status = "left" if user.id == act.person.id else "kicked"
    groups.left(act.world, _group(act), act.person, user, status=status)
    return {}


def set_rights(act: Act) -> Json:
    """The group's permissions, or the seat of the bot (`admin`, `status`) or of a member (`user`)."""
    chat = _group(act)
    about_seat = "admin" in act.fields or "status" in act.fields
    if not about_seat:
        groups.set_rights(act.world, chat, act.person, None, act.fields)
    elif "user" in act.fields:
        groups.set_rights(act.world, chat, act.person, act.world.person_named(act.fields["user"]), act.fields)
    else:
        groups.set_rights(act.world, chat, act.person, act.bot, act.fields)
    return {}


def set_title(act: Act) -> Json:
    """Rename a group."""
    chat = _group(act)
    chat.title = act.text("title")
    groups.tell_chat(act.world, chat)
    message, update_id = spoken(act.world, chat, act.person, {"new_chat_title": chat.title})
    return {"message_id": message.id, "update_id": update_id}


def migrate(act: Act) -> Json:
    """Upgrade to a supergroup."""
    fresh = groups.migrate(act.world, _group(act), act.person)
    return {"chat_id": fresh.id, "new_chat": fresh.key}


VERBS: dict[str, Verb] = {
    "create_group": create_group,
    "add_bot": add_bot,
    "remove_bot": remove_bot,
    "add_member": add_member,
    "remove_member": remove_member,
    "set_rights": set_rights,
    "set_title": set_title,
    "migrate": migrate,
}
