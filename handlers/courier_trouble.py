"""[⚠️ Trouble] of a courier: why it could not be handed over, and the second try."""

from __future__ import annotations

from core.i18n import Name, _
from core.messaging.screen import Screen, button, rows_of
from core.notices.undelivered_cards import CAUSES
from core.orders.models import Order
from core.orders.queries import order_card, order_for
from core.orders.undelivered import fail_delivery, try_again
from handlers.courier import one
from handlers.routes import press
from handlers.turn import Reply, Turn


@press("ctrb", fresh=one)
async def what_happened(turn: Turn) -> Reply:
    """[⚠️ Trouble]: the reasons."""
    order = _order(turn, "order.trouble")
    turn.still(order)
    card = order_card(turn.session, order.id)
    buttons = [button(_(label), "ctrby", order.id, order.rev, str(cause)) for cause, label in CAUSES.items()]
    told = _("⚠️ Order {number}: what happened?", number=Name(card.number))
    sums = _("Paid {paid} · owed {owed}", paid=card.paid, owed=card.rest)
    return Screen(f"{told}\n{sums}", (*rows_of(buttons, 2), (button(_("⬅️ Back"), "cparcel", order.id),)))


@press("ctrby", fresh=one)
async def failed(turn: Turn) -> Reply:
    """The reason: buyer, farmer and, when it does not keep, the co-op are told."""
    order = _order(turn, "order.trouble")
    turn.still(order)
    fail_delivery(turn.session, turn.actor, order, turn.pressed_value, now=turn.now)
    return await one(turn)


@press("cretry", fresh=one)
async def again(turn: Turn) -> Reply:
    """[🔁 Try again]: on the road for the second time."""
    order = _order(turn, "order.retry")
    turn.still(order)
    try_again(turn.session, turn.actor, order, now=turn.now)
    return await one(turn)


def _order(turn: Turn, action: str) -> Order:
    return order_for(turn.session, turn.actor, turn.pressed_id, action)
