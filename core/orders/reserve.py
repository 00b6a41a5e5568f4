"""Reserving: one order and its share of the quota in one short transaction, and giving that share back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.catalog.models import Campaign
from core.errors import ShopNotOpen
from core.events import EventKind, record
from core.messaging import due
from core.orders.errors import (
    NoteTooLong,
    NotInPacks,
    QuotaExceeded,
    SaleClosed,
    SaleNotOpenYet,
    SoldOut,
    TooManyUnpaid,
)
from core.orders.flow import advance, plain
from core.orders.models import Order
from core.orders.places import OFFERED, Place
from core.orders.policy import Terms, freeze, frozen, rules
from core.orders.states import OrderState
from core.permissions import Actor, require
from core.prepared import Prepared, as_loaded, ask, written

NOTE_MOST = 500
REMINDER = timedelta(minutes=10)
# made once: making a statement costs more than running it
_OFFERS = (
    select(func.count()).select_from(Place)
    .where(Place.member_id == bindparam("buyer"), Place.state == written(OFFERED))
    .correlate(None).scalar_subquery()
)  # fmt: skip
_HOLDS = Prepared(  # what a buyer keeps from others without a deposit: holds, what is added to an order, offers
    select(func.count() + _OFFERS).select_from(Order)
    .where(
        Order.buyer_id == bindparam("buyer"), or_(Order.state == OrderState.HELD.value, Order.more.is_not(None)),
    )
)  # fmt: skip
_ORDER = cast("Table", Order.__table__)
_NEW = Prepared(insert(_ORDER).returning(_ORDER.c.id))
_LATER = dict.fromkeys(column.name for column in _ORDER.columns if column.nullable)  # not known of a new order yet
_SALE = cast("Table", Campaign.__table__)
_MORE = _SALE.c.reserved + bindparam("quantity", type_=_SALE.c.reserved.type)
_LESS = _SALE.c.reserved - bindparam("quantity", type_=_SALE.c.reserved.type)
_GIVE = Prepared(
    update(_SALE).where(_SALE.c.id == bindparam("campaign")).values(reserved=_LESS).returning(_SALE.c.reserved)
)


def reserve(
    session: Session, buyer: Actor, campaign: Campaign, quantity: Decimal, *, now: datetime, note: str = ""
) -> Order:
    """Reserve a quantity for a buyer; the deposit is due within the hold. Six statements, the quota's UPDATE last:
    settings (read once a second), unpaid holds, INSERT order, INSERT due rows, INSERT event, UPDATE campaign.

    With no deposit the order is reserved at once. Refuses ShopNotOpen, SaleNotOpenYet, SaleClosed, NotInPacks,
    NoteTooLong, TooManyUnpaid, QuotaExceeded (left, unit, campaign_id, wanted; SoldOut when nothing is left). A refusal
    may come after rows were written: the caller's transaction is rolled back whole.
    """
    require("order.reserve", buyer)
    check_window(campaign, now)
    check_quantity(campaign, quantity)
    if len(note) > NOTE_MOST:
        raise NoteTooLong(most=NOTE_MOST, length=len(note))
    order = place_order(session, buyer, campaign, quantity, now=now, note=note)
    take_quota(session, campaign, quantity)
    return order


def place_order(
    session: Session, buyer: Actor, campaign: Campaign, quantity: Decimal, *, now: datetime, note: str | None = None
) -> Order:
    """The order and its hold; the caller takes its share from the quota. No `note`: its share is what was offered to
    whoever waited. Refuses ShopNotOpen, TooManyUnpaid."""
    now_rules = rules(session)
    if now_rules.currency != campaign.currency:
        raise ShopNotOpen
    terms = freeze(now_rules, campaign)
    given = _Given(now, note or "", now_rules.unpaid_holds_most, note is None)
    order = _insert(session, buyer, campaign, quantity, terms, given)
    _announce(session, order, terms, now)
    return order


def check_unpaid(session: Session, buyer_id: int) -> None:
    """Refuse TooManyUnpaid to whoever keeps as much from others without a deposit as one person may."""
    most = rules(session).unpaid_holds_most
    if _HOLDS.one(session, {"buyer": buyer_id})[0] >= most:
        raise TooManyUnpaid(most=most)


def check_window(campaign: Campaign, now: datetime) -> None:
    """Refuse unless the campaign is open and inside its window."""
    if campaign.opens_at is not None and now < campaign.opens_at and campaign.state == "open":
        raise SaleNotOpenYet(opens=campaign.opens_at)
    if campaign.state != "open" or (campaign.closes_at is not None and now >= campaign.closes_at):
        raise SaleClosed(campaign_id=campaign.id)


def check_quantity(campaign: Campaign, quantity: Decimal) -> None:
    """Refuse what is not a positive multiple of the pack, or more than was left when the campaign was read.

    The latter only spares work: whether it is still there, the conditional UPDATE decides.
    """
    fine = quantity.is_finite() and quantity > 0
    if fine and quantity > campaign.left:
        raise _exceeded(campaign, campaign.left, quantity)
    if not fine or quantity % campaign.pack != 0:
        pack = campaign.pack
        raise NotInPacks(pack=pack, most=campaign.left // pack * pack, unit=campaign.unit, example=2 * pack)


def take_quota(session: Session, campaign: Campaign, quantity: Decimal, *, states: Collection[str] = ("open",)) -> None:
    """Take a quantity from the quota in one conditional UPDATE. Refuses QuotaExceeded, or SaleClosed."""
    taken = _take(tuple(states)).one(session, {"campaign": campaign.id, "quantity": quantity})
    if taken is None:
        raise _why_not(session, campaign, states, quantity)
    set_committed_value(campaign, "reserved", taken.reserved)


def release_quota(session: Session, campaign: Campaign, order: Order) -> None:
    """Give an ended order's quantity, and what was to be added to it, back to its campaign's quota (1 statement)."""
    free_quota(session, campaign, order.quantity + (order.more or 0))
    order.more = order.more_until = None


def free_quota(session: Session, campaign: Campaign, quantity: Decimal) -> None:
    """Give so much back to a campaign's quota (1 statement)."""
    left = _GIVE.one(session, {"campaign": campaign.id, "quantity": quantity})
    set_committed_value(campaign, "reserved", left.reserved)


@cache
def _take(states: tuple[str, ...]) -> Prepared:
    fits = (_SALE.c.id == bindparam("campaign"), _SALE.c.state.in_([written(state) for state in states]))
    taking = update(_SALE).where(*fits, _SALE.c.capacity >= _MORE)
    return Prepared(taking.values(reserved=_MORE).returning(_SALE.c.reserved))


@dataclass(frozen=True)
class _Given:
    now: datetime
    note: str
    most: int  # unpaid holds of one person
    waited: bool


def _insert(
    session: Session, buyer: Actor, campaign: Campaign, quantity: Decimal, terms: Terms, given: _Given
) -> Order:  # fmt: skip
    now = given.now
    deposit = campaign.price.times(quantity).percent(terms.deposit_percent)
    new = {
        "campaign_id": campaign.id, "buyer_id": buyer.member_id, "state": OrderState.HELD.value, "rev": 1,
        "quantity": quantity, "price_minor": campaign.price_minor, "currency": campaign.currency,
        "deposit_minor": deposit.minor, "delivery_fee_minor": 0, "reduced_minor": 0, "note": given.note,
        "policy": frozen(terms), "cash_agreed": False, "picked": False, **_LATER, "created_at": now, "updated_at": now,
        "waited": given.waited or None,
        "hold_until": now + timedelta(minutes=terms.hold_minutes) if deposit else None,
    }  # fmt: skip
    [[holds], [made]] = ask(session, [_HOLDS.step({"buyer": buyer.member_id}), _NEW.step(new)])
    if holds[0] >= given.most:
        raise TooManyUnpaid(most=given.most)
    # reading back what was written takes twice as long
    return as_loaded(session, Order, {"id": made.id, **new})


def _announce(session: Session, order: Order, terms: Terms, now: datetime) -> None:
    facts: dict[str, object] = {"quantity": order.quantity, "deposit": order.deposit, "total": order.total}
    record(
        session, EventKind.ORDER_HELD, order, now=now, actor_id=order.buyer_id,
        **plain({**facts, "hold_until": order.hold_until}),
    )  # fmt: skip
    if order.hold_until is None:
        advance(session, order, "need_no_deposit", now=now, actor_id=order.buyer_id)
        return
    plan_hold(session, order, order.hold_until, terms)


def plan_hold(session: Session, order: Order, until: datetime, terms: Terms) -> None:
    """Plan the end of a hold, and a reminder ten minutes before when the hold is longer than that."""
    planned = {"order.hold_ends": until}
    if timedelta(minutes=terms.hold_minutes) > REMINDER:
        planned["order.deposit_reminder"] = until - REMINDER
    due.plan_all(session, planned, order.id, occurrence=str(order.rev))


def _why_not(
    session: Session, campaign: Campaign, states: Collection[str], wanted: Decimal
) -> QuotaExceeded | SaleClosed:
    now_state, capacity, reserved = session.execute(
        select(Campaign.state, Campaign.capacity, Campaign.reserved).where(Campaign.id == campaign.id)
    ).one()
    if now_state not in states:
        return SaleClosed(campaign_id=campaign.id)
    return _exceeded(campaign, capacity - reserved, wanted)


def _exceeded(campaign: Campaign, left: Decimal, wanted: Decimal) -> QuotaExceeded:
    whole = left // campaign.pack * campaign.pack
    kind = QuotaExceeded if whole > 0 else SoldOut
    return kind(left=whole, unit=campaign.unit, campaign_id=campaign.id, wanted=wanted)
