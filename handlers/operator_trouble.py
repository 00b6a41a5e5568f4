"""What went wrong and what to do: updates set aside, letters not sent."""

from __future__ import annotations

from core.i18n import Name, _
from core.members.cards import name_of_chat
from core.messaging import trouble
from core.messaging.screen import Rows, Screen, button
from handlers.operator import to_decide
from handlers.operator_cards import queue_button
from handlers.routes import press
from handlers.turn import Reply, Turn

_BLOCKED = ("forbidden", "blocked", "chat not found", "deactivated", "kicked")


@press("otu")
async def update_set_aside(turn: Turn) -> Reply:
    """The oldest update that failed five times."""
    found = trouble.next_update(turn.session, turn.actor)
    if found is None:
        return await to_decide(turn)
    told = [
        _("⚠️ {number}: from {name}, {moment}", number=found.seq, name=_person(turn, found.chat), moment=found.at),
        _("They sent: {words}", words=Name(found.said)),
        _("It failed: {error}", error=Name(found.error)),
        _("What to do: try again once. If it fails again, send this to whoever runs the bot, then press 🗑 Seen."),
    ]
    return Screen("\n".join(told), _pair("otu", found.seq))


@press("otl")
async def letter_not_sent(turn: Turn) -> Reply:
    """The oldest letter that was given up."""
    found = trouble.next_letter(turn.session, turn.actor)
    if found is None:
        return await to_decide(turn)
    told = [
        _("✉️ {number}: to {name}, {moment}", number=found.id, name=_person(turn, str(found.chat_id)), moment=found.at),
        _("It said: {words}", words=Name(found.said)),
        _("Not sent: {error}", error=Name(found.error)),
        _what_to_do(found.error),
    ]
    return Screen("\n".join(told), _pair("otl", found.id))


def _what_to_do(error: str) -> str:
    if any(word in error.lower() for word in _BLOCKED):
        return _("What to do: they cannot be reached here. Call them, then press 🗑 Seen.")
    return _("What to do: try again. If it stays, send this to whoever runs the bot, then press 🗑 Seen.")


def _pair(action: str, number: int) -> Rows:
    again = button(_("🔁 Try again"), f"{action}r", number)
    return ((again, button(_("🗑 Seen"), f"{action}d", number)), (queue_button(),))


@press("otur", fresh=update_set_aside)
async def try_update(turn: Turn) -> Reply:
    """Five more tries."""
    trouble.try_update_again(turn.session, turn.actor, turn.pressed_id)
    return await update_set_aside(turn)


@press("otud", fresh=update_set_aside)
async def drop_update(turn: Turn) -> Reply:
    """Seen."""
    trouble.drop_update(turn.session, turn.actor, turn.pressed_id)
    return await update_set_aside(turn)


@press("otlr", fresh=letter_not_sent)
async def try_letter(turn: Turn) -> Reply:
    """Another day of tries."""
    trouble.send_again(turn.session, turn.actor, turn.pressed_id)
    return await letter_not_sent(turn)


@press("otld", fresh=letter_not_sent)
async def drop_letter(turn: Turn) -> Reply:
    """Seen."""
    trouble.drop_letter(turn.session, turn.actor, turn.pressed_id)
    return await letter_not_sent(turn)


def _person(turn: Turn, chat: str) -> Name:
    """Whose chat it is, else its number."""
    known = name_of_chat(turn.session, int(chat)) if chat.lstrip("-").isdecimal() else None
    return Name(known or chat)
