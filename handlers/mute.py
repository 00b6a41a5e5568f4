"""[🔕] under a reminder or an offer: no more of that kind, until it is undone; money matters always come."""

from __future__ import annotations

from core.i18n import _
from core.members.queries import member
from core.members.service import mute
from core.messaging.screen import Screen, button
from handlers.routes import press
from handlers.turn import Reply, Turn


@press("mute")
async def be_quiet(turn: Turn) -> Reply:
    """Said in a message of its own: what the reminder was about stays pressable."""
    letter = turn.pressed_value
    mute(turn.session, member(turn.session, turn.who.member_id), letter)
    told = _("🔕 No more reminders. What concerns your money still comes.")
    if letter == "M":
        told = _("🔕 No more offers. What you reserved is told as before.")
    undo = _("To undo it press ↩️ Undo, or later /settings.")
    return Screen("\n".join([told, undo]), ((button(_("↩️ Undo"), "unmute", value=letter),),), edit=False)


@press("unmute")
async def be_heard(turn: Turn) -> Reply:
    """[↩️ Undo]."""
    letter = turn.pressed_value
    mute(turn.session, member(turn.session, turn.who.member_id), letter, muted=False)
    return Screen(_("🔔 Offers come again.") if letter == "M" else _("🔔 Reminders come again."))
