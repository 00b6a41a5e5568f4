"""Who asked for a person and waits: one card at a time, the oldest first, until somebody answered."""

from __future__ import annotations

from dataclasses import replace

from core.i18n import _
from core.members import human
from core.members.queries import member
from core.messaging.screen import button
from core.notices.staff_cards import person_card
from handlers.operator import to_decide
from handlers.operator_cards import queue_button
from handlers.routes import press
from handlers.turn import Reply, Turn


@press("ohuman")
async def next_person(turn: Turn) -> Reply:
    """Who has waited longest: answered here, or said to be answered elsewhere."""
    found = human.next_waiting(turn.session, turn.actor, now=turn.now)
    if found is None:
        return await to_decide(turn)
    shown = person_card(turn.session, found.member_id, found.words, found.voice)
    done = button(_("✅ Done"), "ohdone", found.member_id)
    return replace(shown, rows=(*shown.rows, (done, queue_button())), edit=False)


@press("ohdone")
async def answered_elsewhere(turn: Turn) -> Reply:
    """[✅ Done]: somebody called or wrote outside the bot."""
    somebody = member(turn.session, turn.pressed_id)
    human.settle(turn.session, turn.actor, somebody, now=turn.now)
    return await next_person(turn)
