"""Answers what nobody expected: first examples, then the buttons again, then a human; the draft is always kept."""

from __future__ import annotations

from core.i18n import _, ngettext_of
from core.messaging import conversation
from core.messaging.screen import Button, Screen, button
from handlers.routes import STATES, StateRoute
from handlers.turn import Reply, Turn

MISSES_BEFORE_HUMAN = 3
_KNOWN = {"photo", "voice", "place", "contact", "text"}


async def not_expected(turn: Turn, expected: StateRoute | None) -> Reply:
    """A sticker where a number was asked, a photo out of the blue."""
    turn.missed = True
    expected = expected or STATES.get(turn.state or "")
    if expected is not None:
        return once(turn, _(expected.example))
    if turn.kind in _KNOWN:
        return once(turn, _("Thank you. I have no use for this now. Send /start to begin."))
    return once(turn, _("I can keep photos, voice, places. For this, please write."))


def once(turn: Turn, text: str) -> Screen:
    """A line under what came: a whole album is told only once."""
    album = turn.media.album if turn.media else None
    return Screen(text, edit=album is not None, card=f"album:{album}" if album else None)


async def not_understood(turn: Turn, expected: StateRoute | None) -> Reply:
    """Text that means nothing here: an example, the buttons by their digits, the third time in a row a human."""
    turn.missed = True
    row = conversation.ensure(turn.session, (turn.bot.id, turn.chat_id, turn.user_id), turn.now)
    row.misses += 1
    human = ((button(_("📞 Human"), "human"),),)
    if row.misses >= MISSES_BEFORE_HUMAN:
        return Screen(_("I did not understand. Shall a person from the co-op write to you?"), human, edit=False)
    if expected is not None and row.misses == 1:
        return Screen(_(expected.example), edit=False)
    choices = len(row.buttons or [])
    if choices == 2:
        return Screen(_("I did not understand. Reply 1 or 2 to press a button above."), human, edit=False)
    if choices:
        told = ngettext_of(
            "I did not understand. Reply 1 to press the button above.",
            "I did not understand. Reply 1 to {count} to press a button above.", choices,
        )  # fmt: skip
        return Screen(told, human, edit=False)
    if expected is not None:  # there is no button to press: how it is answered is said again
        return Screen(_(expected.example), human, edit=False)
    return Screen(_("I did not understand. Send /start, or press a button below."), human, edit=False)


def edited(turn: Turn) -> Screen:
    """An earlier message was changed that is confirmed, or answered nothing: what is asked now, or where to change."""
    expected = STATES.get(turn.state or "")
    if expected is not None:
        turn.missed = True
        kept = _("✏️ You changed an earlier message; what I noted stays. Now I ask this:")
        return Screen("\n".join([kept, _(expected.example)]), edit=False)
    told = _("✏️ You changed an earlier message; what I noted stays. To change it, press here:")
    sells = turn.who.farm_id is not None
    orders = button(_("📦 Orders"), "forders") if sells else button(_("🧺 My orders"), "borders")
    return Screen(told, ((orders,),), edit=False)


def in_private() -> Screen:
    """A personal command in a group: its answer is nobody else's business."""
    door = Button(_("💬 Open our chat"), start="hi")
    return Screen(_("🔒 That is between you and me. Please write to me in private."), ((door,),), edit=False)
