"""A campaign closes: the least total decides whether the sale goes ahead or everybody is paid back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog import season
from core.catalog.models import Campaign
from core.events import EventKind, record
from core.messaging import due
from core.money import Money, zero
from core.orders.cancel import expire
from core.orders.ending import End, end_order, locked_orders, move_campaign
from core.orders.flow import locked_campaign, plain
from core.orders.late import return_deposits
from core.orders.models import Order
from core.orders.states import COUNTED, OrderState
from core.orders.waiting import end_list

_SELLING = {"open", "paused"}
A_RECEIPT = timedelta(hours=1)


def closes(session: Session, campaign_id: int, now: datetime) -> None:
    """Due: close the sale, unless its window was moved on meanwhile."""
    campaign = locked_campaign(session, campaign_id)
    if campaign.state in _SELLING and campaign.closes_at is not None and campaign.closes_at <= now:
        close(session, campaign, now=now)


def close(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """The sale (locked) ends: confirmed when the least total is paid for, failed when it cannot be any more.

    When reservations whose hold still runs could reach the least total, the decision waits for the last of them.
    """
    least = campaign.minimum or Decimal(0)
    sure = _quantity_in(session, campaign, COUNTED - {OrderState.HELD})
    if sure < least <= _quantity_in(session, campaign, COUNTED):
        last = select(func.max(Order.hold_until)).where(
            Order.campaign_id == campaign.id, Order.state == OrderState.HELD.value
        )
        waits_until = session.execute(last).scalar() or now + A_RECEIPT  # no timer: a receipt waits for an operator
        occurrence = f"again {campaign.rev} {now.timestamp():.0f}"
        due.plan(session, "campaign.closes", campaign.id, waits_until + timedelta(minutes=1), occurrence=occurrence)
        return
    if sure < least:
        _fail(session, campaign, sure, now)
    else:
        move_campaign(campaign, "confirmed", now)
        record(session, EventKind.CAMPAIGN_CLOSED, campaign, now=now, **plain({"reserved": sure}))


def _fail(session: Session, campaign: Campaign, sure: Decimal, now: datetime) -> None:
    end_list(session, campaign, now=now)
    for order in locked_orders(session, campaign, frozenset({OrderState.HELD})):
        expire(session, order, campaign, now=now)
    orders = locked_orders(session, campaign, frozenset({OrderState.RESERVED}))
    back: Money = zero(campaign.currency)
    for order in orders:
        back += end_order(session, order, campaign, End("miss_target", "target_missed"), now=now)
    return_deposits(session, campaign, now=now)
    season.forget(session, campaign)
    move_campaign(campaign, "failed", now)
    facts: dict[str, object] = {"reserved": sure, "minimum": campaign.minimum, "orders": len(orders), "back": back}
    record(session, EventKind.TARGET_MISSED, campaign, now=now, **plain(facts))


def _quantity_in(session: Session, campaign: Campaign, states: frozenset[OrderState]) -> Decimal:
    names = sorted(state.value for state in states)
    found = select(func.sum(Order.quantity)).where(Order.campaign_id == campaign.id, Order.state.in_(names))
    return Decimal(session.execute(found).scalar() or 0)
