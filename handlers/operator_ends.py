"""Staff settle what never arrived, and give up what is never paid; the numbers stand there before money moves."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import Name, _, ngettext_of
from core.messaging.screen import Screen, button
from core.notices.lookup import sums_told
from core.notices.undelivered_cards import BEARERS, settle_card
from core.orders.forfeit import forfeit, forfeit_plan
from core.orders.models import Order
from core.orders.queries import order_card, order_for
from core.orders.states import OrderState
from core.orders.undelivered import PAGE, Bearer, failed, settle_undelivered, settlement
from core.permissions import require
from handlers.contested import with_waiting
from handlers.operator_cards import queue_button
from handlers.paging import moves, page_of
from handlers.routes import press
from handlers.turn import Reply, Turn


@press("ound")
async def undelivered(turn: Turn) -> Reply:
    """[📪 Undelivered]: a page of them, the oldest first."""
    page = page_of(turn)
    found = failed(turn.session, turn.actor, page=page)
    told = ngettext_of("📪 {count} order was not delivered. Which?", "📪 {count} orders were not delivered. Which?",
                       len(found[:PAGE]))  # fmt: skip
    rows = [(button(_("📪 {number}", number=Name(order.number)), "oset", order.id),) for order in found[:PAGE]]
    turned = moves("ound", page, more=len(found) > PAGE)
    return Screen(told, (*rows, *([turned] if turned else []), (queue_button(),)))


@press("oset")
async def settle(turn: Turn) -> Reply:
    """One that was not delivered: who bears it?"""
    order = _order(turn)
    card = order_card(turn.session, order.id, turn.actor)
    if card.state is not OrderState.DELIVERY_FAILED:
        told = _("📪 Order {number}: settled, or on its way again.", number=Name(card.number))
        return Screen(f"{told}\n{_sums(turn, order)}", ((queue_button(),),))
    return settle_card(turn.session, order, card)


@press("osetb", fresh=settle)
async def numbers(turn: Turn) -> Reply:
    """Who bears it was chosen: what stays and what goes back."""
    order = _order(turn)
    turn.still(order)
    bearer = _bearer(turn)
    plan = settlement(turn.session, order, bearer)
    told = _("📪 {number}, {who}: farm {goods}, delivery {delivery}, back {back}.", number=Name(order.number),
             who=_(BEARERS[bearer]), goods=plan.goods, delivery=plan.delivery, back=plan.back)  # fmt: skip
    told = with_waiting(turn, order, plan.back, told)
    yes = button(_("✅ Confirm"), "oset2", order.id, order.rev, bearer)
    return Screen(f"{told}\n{_sums(turn, order)}", ((yes, button(_("⬅️ Back"), "oset", order.id)),))


@press("oset2", fresh=settle)
async def settled(turn: Turn) -> Reply:
    """[✅ Confirm]: the money goes where the screen said."""
    order = _order(turn)
    turn.still(order)
    settle_undelivered(turn.session, turn.actor, order, _bearer(turn), now=turn.now)
    told = _("☑ {number} is settled. Buyer and farmer are told.", number=Name(order.number))
    return Screen(f"{told}\n{_sums(turn, order)}", ((queue_button(),),))


@press("oforf")
async def give_up(turn: Turn) -> Reply:
    """[⛔ Give up] on the call list: what stays with the farm, what goes back."""
    order = _order(turn)
    plan = forfeit_plan(turn.session, order)
    if order.state != OrderState.OVERDUE:
        told = _("{number} is not late any more.", number=Name(order.number))
        return Screen(f"{told}\n{_sums(turn, order)}", ((queue_button(),),))
    told = _("⛔ Give up {number}? {kept} stays with the farm, {back} goes back to the buyer.",
             number=Name(order.number), kept=plan.kept, back=plan.back)  # fmt: skip
    told = with_waiting(turn, order, plan.back, told)
    yes = button(_("✅ Confirm"), "oforf2", order.id, order.rev)
    return Screen(f"{told}\n{_sums(turn, order)}", ((yes, button(_("⬅️ Back"), "ocalls")),))


@press("oforf2", fresh=give_up)
async def given_up(turn: Turn) -> Reply:
    """[✅ Confirm]: closed; buyer and farmer are told."""
    order = _order(turn)
    turn.still(order)
    forfeit(turn.session, turn.actor, order, now=turn.now)
    told = _("☑ {number} is closed. Buyer and farmer are told.", number=Name(order.number))
    return Screen(f"{told}\n{_sums(turn, order)}", ((queue_button(),),))


def _sums(turn: Turn, order: Order) -> str:
    return sums_told(order_card(turn.session, order.id, turn.actor))


def _order(turn: Turn) -> Order:
    require("queue.see", turn.actor)
    return order_for(turn.session, turn.actor, turn.pressed_id)


def _bearer(turn: Turn) -> str:
    value = turn.pressed_value
    if value not in set(Bearer):
        raise NotFound
    return value
