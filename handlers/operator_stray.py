"""Money from nobody that we know: [🧾 Book to an order] asks whose it is; [↩️ Returned] is told as any payout is."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import N_, _
from core.messaging.screen import Screen, button
from core.orders.queries import order_card
from core.orders.stray import book_stray
from core.payments.models import Refund
from handlers.operator import fresh
from handlers.operator_cards import pressed, subject
from handlers.operator_decide import after, one_more
from handlers.routes import expects, press
from handlers.states import Deciding
from handlers.turn import Reply, Turn

ORDER_EXAMPLE = N_("🧾 Which order is it for? Write its number, for example: A12")


@press("obook", fresh=fresh)
async def ask_order(turn: Turn) -> Reply:
    """Which order was meant?"""
    _kind, task = pressed(turn, "u")
    await turn.goto(Deciding.order, subject=task.id)
    return Screen(_(ORDER_EXAMPLE), ((button(_("⬅️ Back"), "oc", task.id, value="u"),),))


@expects(Deciding.order, example=ORDER_EXAMPLE)
async def book(turn: Turn) -> Reply:
    """The order's number: it is paid, what is more is its buyer's credit, and the buyer is told."""
    task = subject(turn, "u", int(turn.data.get("subject", 0)))
    if not isinstance(task, Refund):
        raise NotFound
    outcome = book_stray(turn.session, turn.actor, task, turn.text, now=turn.now)
    await turn.goto(None)
    if outcome is None:
        return after(turn, "u", task, one_more(turn, task)).fresh()
    order = order_card(turn.session, outcome.order_id or 0)
    told = _("The buyer is told. paid {paid} · owed {owed}", paid=order.paid, owed=order.rest)
    if outcome.to_credit:
        more = _("{sum} is in the buyer's wallet: the order does not need it.", sum=outcome.to_credit)
        told = f"{told}\n{more}"
    return after(turn, "u", task, told).fresh()
