"""A word beside a sum that would go back: what of it waits, because the payment provider took as much back."""

from __future__ import annotations

from core.i18n import _
from core.money import Money
from core.orders import contested
from core.orders.models import Order
from handlers.turn import Turn


def with_waiting(turn: Turn, order: Order, back: Money, lines: str) -> str:
    """The lines, and one more when not all of `back` would reach the wallet at once."""
    waits = contested.going_back(turn.session, order, back).waits if back else back
    if not waits:
        return lines
    return "\n".join([lines, _("⏳ {sum} of it waits: the payment provider took as much back.", sum=waits)])
