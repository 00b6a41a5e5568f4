"""A voice note goes to a person of the co-op, whoever sends it and wherever they stand; what was asked stays open."""

from __future__ import annotations

from core.i18n import _
from core.members.human import leave_voice
from core.members.queries import member
from core.messaging.screen import Screen
from core.permissions import may
from handlers import sale_screens
from handlers.fallback import not_expected
from handlers.publish_photo import incoming
from handlers.routes import STATES, kind
from handlers.turn import Reply, Turn


@kind("voice")
async def voice(turn: Turn) -> Reply:
    """Staff hears it, with who said it and the way to answer; here it is said how to go on without speech."""
    if may("queue.see", turn.actor):  # there is nobody to pass it on to
        return await not_expected(turn, None)
    leave_voice(turn.session, member(turn.session, turn.who.member_id), incoming(turn), now=turn.now)
    turn.missed = True  # the buttons last shown stay those that digits press
    told = _("🎤 Your voice note is with the co-op. A person listens to it and writes to you.")
    return Screen("\n".join(line for line in (told, _meanwhile(turn)) if line), edit=False)


def _meanwhile(turn: Turn) -> str:
    """What is asked, by its example; a farmer at home is told how to sell in one line."""
    expected = STATES.get(turn.state or "")
    if expected is not None:
        return _(expected.example)
    return _("To sell, write: {example}", example=_(sale_screens.LINE)) if turn.who.farm_id is not None else ""
