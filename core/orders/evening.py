"""A farm's evening: what was reserved today, and which orders wait to be picked tomorrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.events import EventKind, record
from core.members.models import Farm
from core.orders.flow import plain
from core.orders.models import Order
from core.orders.queries import todays_reservations
from core.orders.states import OrderState
from core.settings import service as settings

PICK_LISTS_AT = time(17)
SUMMARY_AT = time(18)
DAYS_AHEAD = 2
# while one of these runs, its farm has evenings worth a word
_AT_WORK = ("open", "paused", "closed", "confirmed", "harvesting", "allocated")


@dataclass(frozen=True)
class Evening:
    """One thing to tell one farm on one day."""

    task: str
    farm_id: int
    day: date
    at: datetime


def evenings(session: Session, now: datetime) -> Iterator[Evening]:
    """What is to be told these days, by the clock of each farm that has a sale running."""
    found = select(Farm).where(Farm.id.in_(select(Campaign.farm_id).where(Campaign.state.in_(_AT_WORK))))
    for farm in session.scalars(found.order_by(Farm.id)).all():
        zone = _zone(session, farm)
        first = now.astimezone(zone).date()
        for day in (first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
            for task, hour in (("farm.pick_lists", PICK_LISTS_AT), ("farm.daily_summary", SUMMARY_AT)):
                at = datetime.combine(day, hour, zone)
                if at >= now:
                    yield Evening(task, farm.id, day, at)


def tell_reservations(session: Session, farm_id: int, now: datetime) -> None:
    """Due at 18:00: how many reserved today; nothing when nobody did, or when the evening is long over."""
    farm = session.get_one(Farm, farm_id)
    zone = _zone(session, farm)
    local = now.astimezone(zone)
    if local.time() < SUMMARY_AT:
        return  # a scheduler that was away: "today" would be another day
    count = todays_reservations(session, farm_id, local.date(), zone.key).count
    if count:
        record(session, EventKind.DAILY_SUMMARY, farm, now=now, count=count)


def tell_pick_lists(session: Session, farm_id: int, now: datetime) -> None:
    """Due at 17:00: each sale with orders that are paid for and not yet packed."""
    zone = _zone(session, session.get_one(Farm, farm_id))
    if now.astimezone(zone).time() < PICK_LISTS_AT:
        return
    found = (
        select(Campaign, func.count(), func.sum(Order.allotted))
        .join(Order, Order.campaign_id == Campaign.id)
        .where(Campaign.farm_id == farm_id, Order.state == OrderState.READY.value)
        .group_by(Campaign.id).order_by(Campaign.id)
    )  # fmt: skip
    for campaign, count, quantity in session.execute(found).all():
        record(session, EventKind.PICK_LIST_DUE, campaign, now=now, count=count, **plain({"quantity": quantity}))


def _zone(session: Session, farm: Farm) -> ZoneInfo:
    return ZoneInfo(farm.timezone or settings.get_text(session, "timezone"))
