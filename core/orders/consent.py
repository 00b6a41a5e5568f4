"""The buyer's word on a share or weight that differs: take it, or have all back; silence pays the agreed most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.events import EventKind, record
from core.messaging import due
from core.money import Money, zero
from core.orders.balance import ask_for_balance, due_now, open_window, rest_of
from core.orders.ending import End, close_if_over, end_order, stop_timers
from core.orders.errors import NotShort, WeightOutside
from core.orders.flow import advance, locked, plain, with_campaign
from core.orders.models import Order
from core.orders.parties import orders_in, require_order, require_seller
from core.orders.policy import terms_of
from core.orders.purse import deposit_share, give_back, paid
from core.orders.states import PRESSES, OrderState
from core.orders.transfers import wait_for_receipt
from core.permissions import Actor

OUTLIER = Decimal("0.5")  # further from the share than this: typed wrong, most likely; it is asked again
MOST_TIMES = 10  # more than so many shares is no weight of this order
GRAM = Decimal("0.001")


@dataclass(frozen=True)
class Weighed:
    """What a weight leads to: the balance is due, or the buyer is asked first."""

    asked: bool
    total: Money
    until: datetime | None


def is_short(order: Order) -> bool:
    """Whether the buyer gets less than was ordered."""
    return order.allocated is not None and order.allocated < order.quantity


def may_decline(order: Order, paid_in: Money) -> bool:
    """Whether the buyer can still refuse a smaller share: not once it was accepted, in words or by paying for it."""
    if not is_short(order) or order.accepted_at is not None or order.cash_agreed:
        return False
    return OrderState(order.state) in PRESSES["order.decline"] and paid_in <= deposit_share(order)


def accept_share(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """The buyer takes the smaller share. Refuses NotFound, NotShort, Changed; said twice it stands."""
    require_order("order.decline", actor, order)
    order = locked(session, order.id)
    if not is_short(order):
        raise NotShort
    if OrderState(order.state) not in PRESSES["order.decline"]:
        raise Changed(order_id=order.id)
    if order.accepted_at is None:
        order.accepted_at = now  # no new revision: the button that pays, sent meanwhile, goes on to work


def decline_share(session: Session, actor: Actor, order: Order, *, now: datetime) -> Money:
    """The buyer does not want the smaller share: everything goes back, free. Refuses NotFound, NotShort, Changed."""
    require_order("order.decline", actor, order)
    campaign = with_campaign(session, order)
    if not is_short(order):
        raise NotShort
    if not may_decline(order, paid(session, order)):
        raise Changed(order_id=order.id)
    return _end(session, order, campaign, End("decline", "share_declined", actor.member_id), now)


def next_to_weigh(session: Session, campaign: Campaign) -> tuple[Order | None, int]:
    """The next order that waits for its weight, and how many there are."""
    waiting = orders_in(session, campaign, {OrderState.ALLOCATED}) if campaign.by_weight else []
    return (waiting[0] if waiting else None), len(waiting)


def is_outlier(order: Order, weight: Decimal) -> bool:
    """Whether a weight is so far from the share that it is asked again."""
    return abs(weight - order.allotted) > OUTLIER * order.allotted


def weigh(session: Session, actor: Actor, order: Order, weight: Decimal, *, now: datetime) -> Weighed:
    """The final weight (in the sale's unit): within the tolerance the balance is due, beyond it the buyer is asked.

    Refuses NotFound, Changed (weighed before, or no such sale), WeightOutside(most, example).
    """
    require_seller(session, "order.weigh", actor, order)
    order = locked(session, order.id)
    campaign = session.get_one(Campaign, order.campaign_id)
    share = order.allocated
    if order.state != OrderState.ALLOCATED or share is None or not campaign.by_weight:
        raise Changed(order_id=order.id)
    if not weight.is_finite() or not GRAM <= weight <= share * MOST_TIMES or weight != round(weight, 3):
        raise WeightOutside(most=share * MOST_TIMES, example=share)
    order.weight = weight
    give_back(session, order, _too_much(session, order), why="weight", now=now, actor_id=actor.member_id)
    if abs(weight - share) <= share * terms_of(order).weight_tolerance / 100:
        ask_for_balance(session, order, now=now, actor_id=actor.member_id)
        wait_for_receipt(session, order)
        return Weighed(False, order.total, order.balance_due_at)
    until = now + timedelta(hours=terms_of(order).consent_hours)
    order.consent_until = until
    facts = plain({"weight": weight, "share": share, "most": agreed_most(order), "until": until})
    due.plan(session, "order.consent_ends", order.id, until)
    advance(session, order, "ask_consent", now=now, actor_id=actor.member_id, **facts)
    return Weighed(True, order.total, until)


def agreed_most(order: Order) -> Decimal:
    """The greatest weight that a buyer who says nothing pays for: the share and the tolerance."""
    return (order.allotted * (100 + terms_of(order).weight_tolerance) / 100).quantize(GRAM, rounding=ROUND_DOWN)


def accept_weight(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """The buyer takes it as it was weighed: the balance is due. Refuses NotFound, Changed."""
    require_order("order.consent", actor, order)
    order = locked(session, order.id)
    if order.thinks:
        raise Changed(order_id=order.id)
    settle(session, order, "consent", actor.member_id, now)
    record(session, EventKind.CONSENT_GIVEN, order, now=now, actor_id=actor.member_id,
           **plain({"weight": order.weight}))  # fmt: skip


def refuse_weight(session: Session, actor: Actor, order: Order, *, now: datetime) -> Money:
    """The buyer does not want it so: everything goes back. Refuses NotFound, Changed."""
    require_order("order.consent", actor, order)
    campaign = with_campaign(session, order)
    if order.thinks:
        raise Changed(order_id=order.id)
    return _end(session, order, campaign, End("refuse_terms", "weight_refused", actor.member_id), now)


def consent_ends(session: Session, order_id: int, now: datetime) -> None:
    """Due: no word came, so what is charged is at most what was agreed."""
    order = locked(session, order_id)
    if order.state != OrderState.CONSENT_WAIT or order.consent_until is None or order.consent_until > now:
        return
    if order.thinks:  # about other terms: terms.terms_end
        return
    if order.weight is None:
        raise NotFound
    order.weight = min(order.weight, agreed_most(order))
    settle(session, order, "cap_unheard", None, now)


def settle(
    session: Session, order: Order, action: str, actor_id: int | None, now: datetime, *, why: str = "weight",
    **facts: object,
) -> None:  # fmt: skip
    """After the buyer's word, or none: what is too much goes back, and the balance is due, or nothing is. `facts` join
    the event.
    """
    stop_timers(session, order)
    order.accepted_at = now if actor_id else order.accepted_at
    give_back(session, order, _too_much(session, order), why=why, now=now, actor_id=actor_id)
    owed = rest_of(session, order)
    if owed:
        open_window(session, order, now)
    advance(session, order, action, now=now, actor_id=actor_id, owed=owed, until=order.balance_due_at,
            reason=None, **facts)  # fmt: skip
    if not due_now(session, order):
        stop_timers(session, order)
        advance(session, order, "pay_balance", now=now, actor_id=actor_id, paid=paid(session, order))
    wait_for_receipt(session, order)


def _too_much(session: Session, order: Order) -> Money:
    return max(paid(session, order) - order.total, zero(order.currency))


def _end(session: Session, order: Order, campaign: Campaign, end: End, now: datetime) -> Money:
    back = end_order(session, order, campaign, end, now=now)
    close_if_over(session, campaign, now)
    return back
