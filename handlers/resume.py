"""After /start what was begun is offered again: the question where a newcomer stopped, or the draft of a sale."""

from __future__ import annotations

from dataclasses import replace

from core.messaging.screen import Screen
from handlers.publish import draft_offer
from handlers.turn import Turn


def offered(turn: Turn) -> list[Screen]:
    """[▶ Continue][🗑 Delete] for the newest unfinished draft; nothing when there is none."""
    offer = draft_offer(turn)
    return [] if offer is None else [replace(offer, edit=False)]
