"""Reads of orders: lists and cards with everything a screen shows, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, distinct, func, select
from sqlalchemy.orm import Session, aliased

from core.catalog.models import Campaign
from core.errors import NotFound
from core.members.models import Farm, Member
from core.money import Money
from core.orders.card import OrderCard, order_card
from core.orders.models import Order
from core.orders.parties import parties_of, require_party
from core.orders.places import OFFERED, WAITING, Place
from core.orders.states import COUNTED, OrderState, Status, status_of
from core.permissions import Actor
from core.prepared import written

__all__ = [
    "OrderCard", "OrderLine", "Progress", "Today", "call_count", "call_list", "campaign_progress", "farm_orders",
    "my_orders", "order_card", "order_for", "todays_reservations",
]  # fmt: skip


@dataclass(frozen=True)
class OrderLine:
    """One order in a list."""

    id: int
    number: str
    rev: int
    state: OrderState
    status: Status
    campaign_id: int
    crop: str
    title: str
    unit: str
    quantity: Decimal  # the allocated share once it is fixed
    total: Money
    buyer_id: int
    buyer_name: str
    store_name: str
    created_at: datetime
    harvest_on: date | None


@dataclass(frozen=True)
class Progress:
    """How far a campaign is."""

    reserved: Decimal
    capacity: Decimal
    percent: int
    buyers: int
    minimum: Decimal | None
    closes_at: datetime | None
    waiting: int = 0  # so many people wait, for `wished` in all
    wished: Decimal = Decimal(0)


@dataclass(frozen=True)
class Today:
    """New reservations of one farm on one day, by campaign."""

    count: int
    lines: tuple[tuple[int, str, Decimal, str], ...]  # campaign, crop, quantity, unit


_Buyer = aliased(Member)


def my_orders(session: Session, buyer_id: int, *, limit: int = 10, before: int | None = None) -> list[OrderLine]:
    """A buyer's orders, the newest first; `before`: the id of the last one already shown (1 query)."""
    return _page(session, _lines().where(Order.buyer_id == buyer_id), limit, before)


def farm_orders(
    session: Session, farm_id: int, *, campaign_id: int | None = None, states: Collection[str] = (), limit: int = 20,
    before: int | None = None,
) -> list[OrderLine]:  # fmt: skip
    """A farm's orders, the newest first, of one sale or all, in all states or these (1 query)."""
    found = _lines().where(Campaign.farm_id == farm_id)
    if campaign_id is not None:
        found = found.where(Order.campaign_id == campaign_id)
    if states:
        found = found.where(Order.state.in_(sorted(states)))
    return _page(session, found, limit, before)


def order_for(session: Session, actor: Actor, order_id: int, action: str = "order.see") -> Order:
    """The order, if this person may do this to it: as buyer, seller, courier or staff. NotFound for anybody else."""
    order = session.get(Order, order_id)
    if order is None:
        raise NotFound
    require_party(action, actor, parties_of(session, order))
    return order


def campaign_progress(session: Session, campaign: Campaign) -> Progress:
    """How far a sale is, for its card in a group (1 query)."""
    counted = (Order.campaign_id == campaign.id, Order.state.in_(sorted(COUNTED)))
    wait = (Place.campaign_id == campaign.id, Place.state.in_([WAITING, OFFERED]))
    waiting, wished = (
        select(what).where(*wait).correlate(None).scalar_subquery()
        for what in (func.count(Place.id), func.sum(Place.quantity))
    )
    found = select(Campaign.reserved, func.count(distinct(Order.buyer_id)), waiting, wished)
    found = found.outerjoin(Order, (counted[0]) & counted[1])
    row = session.execute(found.where(Campaign.id == campaign.id).group_by(Campaign.id)).one()
    reserved, buyers, waits, wish = row
    percent = int(100 * reserved / campaign.capacity) if campaign.capacity else 0
    return Progress(
        reserved, campaign.capacity, percent, buyers, campaign.minimum, campaign.closes_at, waits, wish or Decimal(0)
    )


def todays_reservations(session: Session, farm_id: int, day: date, zone: str) -> Today:
    """What was newly reserved (deposit paid or none due) from this farm on one calendar day (1 query)."""
    start = datetime.combine(day, time(), ZoneInfo(zone))
    states = sorted(COUNTED - {OrderState.HELD})
    found = (
        select(Campaign.id, Campaign.crop, func.sum(Order.quantity), Campaign.unit, func.count())
        .join(Order, Order.campaign_id == Campaign.id)
        .where(Campaign.farm_id == farm_id, Order.state.in_(states), Order.created_at >= start,
               Order.created_at < start + timedelta(days=1))
        .group_by(Campaign.id, Campaign.crop, Campaign.unit).order_by(Campaign.id)
    )  # fmt: skip
    rows = session.execute(found).all()
    return Today(sum(row[4] for row in rows), tuple((row[0], row[1], Decimal(row[2]), row[3]) for row in rows))


def call_list(session: Session, *, now: datetime, limit: int = 20, skip: int = 0) -> list[OrderLine]:
    """Orders whose balance is overdue beyond the grace: somebody should call the buyer; the longest first (1 query)."""
    found = _lines().where(*_to_call(now)).order_by(Order.kept_until, Order.id)
    return [_line(row) for row in session.execute(found.limit(limit).offset(skip))]


def call_count(session: Session, *, now: datetime) -> int:
    """How long `call_list` is (1 query)."""
    return session.execute(select(func.count()).select_from(Order).where(*_to_call(now))).scalar_one()


def _to_call(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Order.state == written(OrderState.OVERDUE.value), Order.kept_until <= now


def _lines() -> Select[Any]:
    found = (
        select(Order, Campaign.crop, Campaign.title, Campaign.unit, _Buyer.name, Farm.store_name, Campaign.harvest_on)
        .join(Campaign, Campaign.id == Order.campaign_id).join(Farm, Farm.id == Campaign.farm_id)
        .join(_Buyer, _Buyer.id == Order.buyer_id)
    )  # fmt: skip
    return cast("Select[Any]", found)


def _page(session: Session, found: Select[Any], limit: int, before: int | None) -> list[OrderLine]:
    if before is not None:
        found = found.where(Order.id < before)
    rows: Sequence[Any] = session.execute(found.order_by(Order.id.desc()).limit(limit)).all()
    return [_line(row) for row in rows]


def _line(row: Any) -> OrderLine:  # a row of `_lines`
    order, crop, title, unit, buyer, store, harvest_on = row
    return OrderLine(
        order.id, order.number, order.rev, OrderState(order.state), status_of(order.state), order.campaign_id, crop,
        title, unit, order.share, order.total, order.buyer_id,
        buyer, store, order.created_at, harvest_on,
    )  # fmt: skip
