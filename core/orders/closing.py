"""A campaign closes: the least total decides whether the sale goes ahead or everybody is paid back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog import season
from core.catalog.form import zone_of
from core.catalog.models import Campaign
from core.errors import Changed
from core.events import EventKind, record
from core.messaging import due
from core.money import Money, zero
from core.orders.cancel import expire
from core.orders.ending import End, end_order, locked_orders, move_campaign
from core.orders.errors import ExtendedBefore
from core.orders.flow import locked_campaign, plain
from core.orders.late import return_deposits
from core.orders.models import Order
from core.orders.parties import seller_id
from core.orders.states import COUNTED, OrderState
from core.orders.waiting import end_list
from core.permissions import Actor, require
from core.settings.service import get_int, hours

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
    least = _least(campaign)
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
        _wait_or_fail(session, campaign, sure, now)
    else:
        _confirm(session, campaign, sure, now)


def _least(campaign: Campaign) -> Decimal:
    """The least total with which a sale goes ahead; the rest of a harvest that nobody took is free again at once."""
    return campaign.minimum or (Decimal(0) if campaign.rest_of is None else campaign.pack)


def decides(session: Session, campaign_id: int, now: datetime) -> None:
    """Due: the farmer said nothing about a sale that closed below its least total. Money that came late may save it."""
    campaign = locked_campaign(session, campaign_id)
    if campaign.state != "closed":
        return
    sure = _quantity_in(session, campaign, COUNTED - {OrderState.HELD})
    if sure < (campaign.minimum or 0):
        _fail(session, campaign, sure, now)
    else:
        _confirm(session, campaign, sure, now)


def go_anyway(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> None:
    """The farmer delivers whatever the total: a closed sale is confirmed, an open one goes on without a least total.

    Refuses NotFound (another's), Changed (no least total, or decided).
    """
    campaign = _to_decide(session, actor, campaign)
    campaign.minimum, campaign.rev, campaign.updated_at = None, campaign.rev + 1, now
    due.drop(session, "campaign.decides", campaign.id)
    record(session, EventKind.TARGET_WAIVED, campaign, now=now, actor_id=actor.member_id)
    if campaign.state == "closed":
        _confirm(session, campaign, _quantity_in(session, campaign, COUNTED - {OrderState.HELD}), now)


def extend(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> None:
    """The farmer gives the sale some more days, once; the harvest moves with it, so buyers are told and may leave free.

    Refuses NotFound, Changed (decided), ExtendedBefore(closes).
    """
    campaign = _to_decide(session, actor, campaign)
    if campaign.extended:
        raise ExtendedBefore(closes=campaign.closes_at)
    if campaign.harvest_on is None:
        raise Changed
    before = campaign.harvest_on
    days = timedelta(days=get_int(session, "extend_days"))
    campaign.extended, campaign.harvest_on = True, before + days
    if campaign.state == "closed":
        campaign.state = "open"
    campaign.closes_at = season.closes_at(campaign, zone_of(session, campaign), now)
    campaign.rev, campaign.updated_at = campaign.rev + 1, now
    due.drop(session, "campaign.decides", campaign.id)
    season.plan(session, campaign, now=now)
    facts = {"date": campaign.harvest_on.isoformat(), "before": before.isoformat()}
    record(session, EventKind.DATE_MOVED, campaign, now=now, actor_id=actor.member_id, **facts)


def at_risk(session: Session, campaign: Campaign) -> bool:
    """Whether the farmer may decide: it has a least total that what is paid for does not reach."""
    if campaign.minimum is None or campaign.state not in {*_SELLING, "closed"}:
        return False
    return _quantity_in(session, campaign, COUNTED - {OrderState.HELD}) < campaign.minimum


def _to_decide(session: Session, actor: Actor, campaign: Campaign) -> Campaign:
    campaign = locked_campaign(session, campaign.id)
    require("campaign.go_on", actor, owner_id=seller_id(session, campaign), state=campaign.state)
    if not at_risk(session, campaign):
        raise Changed
    return campaign


def _wait_or_fail(session: Session, campaign: Campaign, sure: Decimal, now: datetime) -> None:
    """Somebody has paid: the farmer has some hours to go on all the same. Nobody has: it fails at once."""
    wait = hours(session, "decide_hours")
    if not sure or not wait:
        _fail(session, campaign, sure, now)
        return
    for order in locked_orders(session, campaign, frozenset({OrderState.HELD})):
        expire(session, order, campaign, now=now)
    until = now + wait
    move_campaign(campaign, "closed", now)
    due.plan(session, "campaign.decides", campaign.id, until, occurrence=until.isoformat())
    facts: dict[str, object] = {"reserved": sure, "minimum": campaign.minimum, "until": until}
    record(session, EventKind.TARGET_AT_RISK, campaign, now=now, **plain(facts))


def _confirm(session: Session, campaign: Campaign, sure: Decimal, now: datetime) -> None:
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
