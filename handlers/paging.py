"""Long lists a page at a time: which page a button asks for, and the buttons that turn it."""

from __future__ import annotations

from core.i18n import _
from core.messaging.screen import Button, button
from handlers.turn import Turn

PAGES_MOST = 999  # a forged number asks the database for no impossible page


def page_of(turn: Turn) -> int:
    """The page that stands as the id of the button pressed; the first for everything else."""
    return min(turn.pressed_id, PAGES_MOST)


def page_in_value(turn: Turn) -> int:
    """The page that stands as the value of the button pressed, whose id is a subject's."""
    value = turn.pressed_value
    return min(int(value), PAGES_MOST) if value.isdecimal() and len(value) < 19 else 0


def last_shown(turn: Turn) -> int | None:
    """The id of the last line of the page before, which [More] carries as its value."""
    value = turn.pressed_value
    return int(value) if value.isdecimal() and len(value) < 19 else None


def moves(action: str, page: int, *, more: bool) -> tuple[Button, ...]:
    """[⬅️ Back][More] as far as there is something there; the page is their id."""
    back = (button(_("⬅️ Back"), action, page - 1),) if page else ()
    return (*back, button(_("More"), action, page + 1)) if more else back
