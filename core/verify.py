"""Checks every invariant on a live database: the ledger, the quota, the chains of rows that belong together."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from core import audit_check
from core.catalog.models import Campaign
from core.catalog.rest import PROMISED
from core.orders.models import Order
from core.orders.places import OFFERED, Place
from core.orders.states import OrderState
from core.orders.term_models import Proposal
from core.payments import ledger_check
from core.payments.models import Payment
from core.resealing import unreadable

# states in which an order's share is counted in its campaign's quota
HOLDING = tuple(
    state.value
    for state in OrderState
    if state.value not in {"expired", "cancelled", "forfeited", "settled_undelivered"}
)


def broken(session: Session) -> list[str]:
    """A sentence for each broken invariant; an empty list when all held."""
    return [sentence for check in _CHECKS.values() for sentence in check(session)]


def held() -> list[str]:
    """What is checked, for the report."""
    return list(_CHECKS)


@cache  # statements made once, these and those below
def _reserved() -> Select[Any]:
    sums = (func.sum(Order.quantity).label("sum"), func.sum(Order.more).label("more"))
    ordered = select(Order.campaign_id, *sums).where(Order.state.in_(HOLDING))
    active = ordered.group_by(Order.campaign_id).subquery()
    kept = select(Place.campaign_id, func.sum(Place.quantity).label("sum")).where(Place.state == OFFERED)
    offered = kept.group_by(Place.campaign_id).subquery()
    return (
        select(Campaign.id, Campaign.reserved, Campaign.capacity, active.c.sum, active.c.more, offered.c.sum)
        .outerjoin(active, active.c.campaign_id == Campaign.id)
        .outerjoin(offered, offered.c.campaign_id == Campaign.id)
    )


def _quota(session: Session) -> list[str]:
    """R1: 0 <= reserved <= capacity, and reserved is the sum of the active orders and of offers to those who wait."""
    found = []
    for campaign_id, reserved, capacity, *shares in session.execute(_reserved()):
        total = sum(share or 0 for share in shares)
        if not 0 <= reserved <= capacity:
            found.append(f"campaign {campaign_id}: reserved {reserved} of {capacity}")
        if reserved != total:
            found.append(f"campaign {campaign_id}: reserved {reserved}, but its orders and offers sum to {total}")
    return found


@cache
def _given_out() -> Select[Any]:
    kept = case((Order.weight < Order.allotted, Order.weight), else_=Order.allotted)
    ordered = select(Order.campaign_id, func.sum(kept).label("sum")).where(Order.state.in_(HOLDING))
    given = ordered.group_by(Order.campaign_id).subquery()
    return (
        select(Campaign.id, Campaign.rest_of, Campaign.state, Campaign.capacity, Campaign.harvested, given.c.sum)
        .outerjoin(given, given.c.campaign_id == Campaign.id)
        .where(or_(Campaign.harvested.is_not(None), Campaign.rest_of.is_not(None)))
    )


def _harvests(session: Session) -> list[str]:
    """Orders and sales of the rest together never exceed a harvest; what the scales added is left aside."""
    rows = session.execute(_given_out()).all()
    taken: dict[int, Decimal] = {}
    for campaign_id, rest_of, state, capacity, _harvested, shares in rows:
        took = capacity if rest_of is not None and state in PROMISED else shares or Decimal(0)
        taken[rest_of or campaign_id] = taken.get(rest_of or campaign_id, Decimal(0)) + took
    return [
        f"campaign {row.id}: {taken[row.id]} of a harvest of {row.harvested} is given out"
        for row in rows if row.rest_of is None and taken[row.id] > row.harvested
    ]  # fmt: skip


_TWICE = (
    select(Payment.provider, Payment.charge_id)
    .where(Payment.charge_id.is_not(None))
    .group_by(Payment.provider, Payment.charge_id)
    .having(func.count() > 1)
)


def _charges(session: Session) -> list[str]:
    """R3: one payment per (provider, charge)."""
    return [f"charge {charge} of {provider} stands twice" for provider, charge in session.execute(_TWICE)]


_LOST = select(Order.id).outerjoin(Campaign, Campaign.id == Order.campaign_id).where(Campaign.id.is_(None))


@cache
def _unknown() -> Select[Any]:
    made = (Proposal.campaign_id == Order.campaign_id) & Proposal.until.is_not(None)
    asked = select(Order.id).outerjoin(Proposal, (Proposal.id == Order.proposal_id) & made)
    return asked.where(Order.proposal_id.is_not(None), Proposal.id.is_(None))


def _orphans(session: Session) -> list[str]:
    """Every order has its campaign, and the terms its buyer was asked about."""
    found = [f"order {order_id} has no campaign" for order_id in session.scalars(_LOST)]
    return [*found, *(f"order {order_id} was asked about unknown terms" for order_id in session.scalars(_unknown()))]


_CHECKS: dict[str, Callable[[Session], list[str]]] = {
    "no oversell": _quota,
    "no harvest twice": _harvests,
    "ledger": ledger_check.broken,
    "one effect per charge": _charges,
    "no orphans": _orphans,
    "audit log": audit_check.broken,
    "personal data": unreadable,
}
