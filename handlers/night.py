"""Says when whoever sleeps reads what was just told: what is held over their night comes in the morning."""

from __future__ import annotations

from dataclasses import replace

from core.i18n import _, hour
from core.members.models import Farm
from core.members.queries import member
from core.messaging.screen import Screen
from core.notices import quiet
from handlers.turn import Turn


def farmer_told(turn: Turn, seller: Farm) -> str:
    """That the farmer is told, or when he is, as a sentence."""
    wakes = quiet.calm(turn.session, member(turn.session, seller.member_id), turn.now)
    if wakes == turn.now:
        return _("The farmer is told.")
    return _("It is night there: the farmer is told at {time}.", time=hour(wakes))


def buyers_told(turn: Turn, shown: Screen) -> Screen:
    """What was told to buyers, and at night when they read it."""
    wakes = quiet.buyers_wake(turn.session, turn.now)
    if wakes == turn.now:
        return shown
    asleep = _("🌙 It is night: whoever sleeps reads it from {time} on.", time=hour(wakes))
    return replace(shown, text=f"{shown.text}\n{asleep}")
