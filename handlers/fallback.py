"""Answers what nobody expected: first examples, then the buttons again, then a human; the draft is always kept."""

from __future__ import annotations

from core.i18n import _
from core.messaging import conversation
from core.messaging.screen import Screen, button
from handlers.routes import StateRoute
from handlers.turn import Reply, Turn

_KNOWN = {"photo", "voice", "place", "contact", "text"}


async def not_expected(turn: Turn, expected: StateRoute | None) -> Reply:
    """A sticker where a number was asked, a photo out of the blue."""
    if expected is not None:
        return Screen(_(expected.example), edit=False)
    if turn.kind in _KNOWN:
        return Screen(_("Thank you. I have no use for this now. Send /start to begin."), edit=False)
    return Screen(_("I can keep photos, voice, places. For this, please write."), edit=False)


async def not_understood(turn: Turn, expected: StateRoute | None) -> Reply:
    """Text that means nothing here; the third time in a row a human is offered."""
    row = conversation.ensure(turn.session, (turn.bot.id, turn.chat_id, turn.user_id), turn.now)
    row.misses += 1
    human = ((button(_("📞 Human"), "human"),),)
    if row.misses >= 3:
        return Screen(_("I did not understand. Shall a person from the co-op write to you?"), human, edit=False)
    if expected is not None:
        return Screen(_(expected.example), edit=False)
    choices = len(row.buttons or [])
    if choices:
        told = _("I did not understand. Reply 1 to {last} to press a button above.", last=choices)
        return Screen(told, human, edit=False)
    return Screen(_("I did not understand. Send /start, or press a button below."), human, edit=False)
