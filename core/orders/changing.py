"""Another quantity of a reserved order: less gives its deposit back, more is added once its deposit is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed
from core.events import EventKind, record
from core.messaging import due
from core.money import Money, zero
from core.orders.balance import deposit_for
from core.orders.errors import NoMoreLeft, NotInPacks, QuotaExceeded, TooLateForLess
from core.orders.flow import plain, touch, with_campaign
from core.orders.late import passed_cutoff
from core.orders.models import Order
from core.orders.parties import require_order
from core.orders.policy import terms_of
from core.orders.purse import give_back, paid
from core.orders.reserve import check_unpaid, check_window, free_quota, take_quota
from core.orders.states import OrderState
from core.orders.waiting import offer_freed
from core.permissions import Actor


@dataclass(frozen=True)
class ChangePlan:
    """What another quantity means, shown before it is confirmed; one of `owed` and `back` is nothing."""

    before: Decimal
    quantity: Decimal
    total: Money
    owed: Money  # deposit for what is added
    back: Money  # deposit of what is given up

    @property
    def is_less(self) -> bool:
        return self.quantity < self.before


def change_plan(session: Session, order: Order, campaign: Campaign, quantity: Decimal, *, now: datetime) -> ChangePlan:
    """What it would cost. Refuses Changed (not reserved), NotInPacks, NoMoreLeft, TooLateForLess, SaleClosed."""
    if order.state != OrderState.RESERVED:
        raise Changed(order_id=order.id)
    pack, most = campaign.pack, order.quantity + (order.more or 0) + campaign.left
    if not quantity.is_finite() or quantity <= 0 or quantity % pack != 0:
        raise NotInPacks(pack=pack, most=most // pack * pack, unit=campaign.unit, example=2 * pack)
    if quantity > order.quantity:
        check_window(campaign, now)
    if quantity > most:
        raise NoMoreLeft(most=most // pack * pack, unit=campaign.unit)
    until = passed_cutoff(order, campaign, now)
    if quantity < order.quantity and until is not None:
        raise TooLateForLess(until=until)
    paid_in, deposit, nothing = paid(session, order), deposit_for(order, quantity), zero(order.currency)
    total = order.price.times(quantity) + order.delivery_fee
    owed = max(deposit - paid_in, nothing) if quantity > order.quantity else nothing
    return ChangePlan(order.quantity, quantity, total, owed, max(paid_in - deposit, nothing))


def change_quantity(session: Session, actor: Actor, order: Order, quantity: Decimal, *, now: datetime) -> ChangePlan:
    """Change how much is reserved. Less counts at once, its deposit goes to the wallet and its share to who waits;
    of more the share is kept, as in a hold, until its deposit is paid. The same quantity again changes nothing.

    Refuses NotFound for a stranger, TooManyUnpaid, and what `change_plan` refuses.
    """
    require_order("order.change", actor, order)
    campaign = with_campaign(session, order)
    plan = change_plan(session, order, campaign, quantity, now=now)
    if order.more and quantity == order.quantity + order.more:
        return plan
    drop_more(session, order, campaign)
    if quantity == order.quantity:
        give_back(session, order, plan.back, why="changed", now=now, actor_id=actor.member_id)
        touch(order, now)
    elif plan.is_less:
        free_quota(session, campaign, order.quantity - quantity)
        _set(session, order, quantity, now)
        give_back(session, order, plan.back, why="changed", now=now, actor_id=actor.member_id)
    else:
        _add(session, order, campaign, plan, now)
    offer_freed(session, campaign, now=now)
    return plan


def more_paid(session: Session, order: Order, *, now: datetime) -> None:
    """The deposit of what is added was paid: it belongs to the order now."""
    _set(session, order, order.quantity + (order.more or 0), now)


def more_ends(session: Session, order_id: int, now: datetime) -> None:
    """Due: what was to be added was not paid for in time; the order stays as it was."""
    order = session.get_one(Order, order_id)
    campaign = with_campaign(session, order)
    if order.state != OrderState.RESERVED or order.more_until is None or order.more_until > now:
        return
    end_more(session, order, campaign, now=now)
    offer_freed(session, campaign, now=now)


def end_more(session: Session, order: Order, campaign: Campaign, *, now: datetime) -> None:
    """Give back what was to be added to a locked order, and what was paid towards it; its buyer is told."""
    more = order.more
    if not more:
        return
    drop_more(session, order, campaign)
    surplus = max(paid(session, order) - order.deposit, zero(order.currency))
    give_back(session, order, surplus, why="changed", now=now, actor_id=None)
    touch(order, now)
    record(session, EventKind.ORDER_MORE_ENDED, order, now=now, **plain({"more": more, "back": surplus}))


def drop_more(session: Session, order: Order, campaign: Campaign) -> None:
    """The share that was to be added is free again."""
    if order.more:
        free_quota(session, campaign, order.more)
        order.more = order.more_until = None
        due.drop(session, "order.more_ends", order.id)


def plan_more(session: Session, order: Order, until: datetime) -> None:
    """When the added share is given up unless its deposit is paid."""
    order.more_until = until
    due.plan(session, "order.more_ends", order.id, until, occurrence=str(order.rev))


def _add(session: Session, order: Order, campaign: Campaign, plan: ChangePlan, now: datetime) -> None:
    more = plan.quantity - order.quantity
    if plan.owed:
        session.flush()  # the share given up a moment ago counts among the unpaid no more
        check_unpaid(session, order.buyer_id)
    try:
        take_quota(session, campaign, more)
    except QuotaExceeded as refusal:
        left = Decimal(str(refusal.params["left"]))
        raise NoMoreLeft(most=order.quantity + left, unit=campaign.unit) from None
    if not plan.owed:
        _set(session, order, plan.quantity, now)
        return
    touch(order, now)
    order.more = more
    plan_more(session, order, now + timedelta(minutes=terms_of(order).hold_minutes))


def _set(session: Session, order: Order, quantity: Decimal, now: datetime) -> None:
    before = order.quantity
    order.quantity, order.more, order.more_until = quantity, None, None
    order.deposit_minor = deposit_for(order, quantity).minor
    due.drop(session, "order.more_ends", order.id)
    touch(order, now)
    facts = plain({"before": before, "quantity": quantity})
    record(session, EventKind.ORDER_CHANGED, order, now=now, actor_id=order.buyer_id, **facts)
