"""Typing, starting, editing, forwarding, blocking."""

from __future__ import annotations

from simulator.acts.act import Act, Verb, chat_at, say
from simulator.groups import block
from simulator.posting import changed, removed, tell_bots
from simulator.refusals import Json, PersonError
from simulator.text import MAX_TEXT, clean, found_entities, trimmed, units

_FORWARDED = (
    "text",
    "entities",
    "caption",
    "caption_entities",
    "photo",
    "document",
    "voice",
    "location",
    "contact",
)
START_PARAMETER = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def typed(raw: str, entities: list[Json] | None = None) -> Json:
    """Message fields of what somebody typed."""
    text, kept = trimmed(clean(raw), entities or [])
    if not text:
        raise PersonError("an empty message cannot be sent")
    found = kept + found_entities(text, kept)
    return {"text": text, "entities": found} if found else {"text": text}


def text(act: Act) -> Json:
    """Type and send."""
    via = {"via_bot": act.world.bot_named(int(act.fields["via_bot"])).shape()} if "via_bot" in act.fields else {}
    raw = act.text("text")
    if units(raw) <= MAX_TEXT:
        return say(act, {**typed(raw, act.fields.get("entities")), **via})
    # A phone splits what is too long for one message.
    return [say(act, {**typed(part), **via}) for part in _parts(raw)][-1]


def _parts(raw: str) -> list[str]:
    """Pieces of at most 4096 UTF-16 units."""
    parts, length = [""], 0
    for character in raw:
        width = 2 if ord(character) > 0xFFFF else 1
        if length + width > MAX_TEXT:
            parts.append("")
            length = 0
        parts[-1] += character
        length += width
    return [part for part in parts if part.strip()]


def start(act: Act) -> Json:
    """Press Start, perhaps through a deep link; a blocked bot is unblocked first."""
    payload = act.text("payload") if act.fields.get("payload") else ""
    if len(payload) > 64 or not START_PARAMETER.issuperset(payload):
        raise PersonError("a start parameter is at most 64 of A-Z a-z 0-9 _ -")
    if act.chat.blocked:
        block(act.world, act.chat, blocked=False)
    command = f"/start@{act.bot.username}" if act.chat.person is None else "/start"
    return say(act, typed(f"{command} {payload}".strip()))


def edit(act: Act) -> Json:
    """Change one's own text or caption."""
    message = act.message()
    if message.by_bot or message.body["from"]["id"] != act.person.id:
        raise PersonError("people edit their own messages")
    content = typed(act.text("text"))
    content.setdefault("entities", None)
    if "text" not in message.body:
        content = {"caption": content["text"], "caption_entities": content["entities"]}
    changed(act.world, act.chat, message, content, by="person")
    return {
        "message_id": message.id,
        "update_id": tell_bots(act.world, act.chat, "edited_message", message.body),
    }


def forward(act: Act) -> Json:
    """Forward a message from here or from another chat."""
    source = chat_at(act.world, act.fields.get("from_chat")) or act.chat
    message = source.posts.get(int(act.fields["message_id"]))
    if message is None:
        raise PersonError("no such message")
    content = {name: message.body[name] for name in _FORWARDED if name in message.body}
    origin = {"type": "user", "sender_user": message.body["from"], "date": message.body["date"]}
    return say(act, {**content, "forward_origin": origin})


def delete(act: Act) -> Json:
    """Delete for everyone; bots are never told."""
    message = act.message()
    removed(act.world, act.chat, message.id, by="person")
    return {"message_id": message.id}


def block_bot(act: Act) -> Json:
    """Block."""
    return {"update_id": block(act.world, act.chat, blocked=True)}


def unblock_bot(act: Act) -> Json:
    """Unblock."""
    return {"update_id": block(act.world, act.chat, blocked=False)}


VERBS: dict[str, Verb] = {
    "text": text,
    "start": start,
    "edit": edit,
    "forward": forward,
    "delete": delete,
    "block": block_bot,
    "unblock": unblock_bot,
}
