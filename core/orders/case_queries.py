"""Reads of after-sale cases: one for somebody, lists by whose they are, what waits for the co-op, how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import NotFound
from core.events import Event, EventKind
from core.money import Money
from core.orders.case_models import AfterSaleCase
from core.orders.case_money import refundable
from core.orders.case_states import TO_RULE, CaseState, Problem, Wish
from core.orders.contested import NO_CHARGE
from core.orders.models import Order, number_of
from core.orders.parties import seller_id
from core.payments.models import Payment
from core.permissions import Actor, require

PAGE = 6
_BEYOND = 2**62  # greater than any id
_TIMELINE = (
    EventKind.ORDER_DISPATCHED, EventKind.ORDER_DELIVERED, EventKind.ORDER_COMPLETED, EventKind.CASE_OPENED,
)  # fmt: skip


@dataclass(frozen=True)
class CaseLine:
    """One case in a list."""

    id: int
    number: str  # of its order
    state: CaseState
    problem: Problem


def case_for(session: Session, actor: Actor, case_id: int) -> AfterSaleCase:
    """The case, for its buyer, its seller and staff; NotFound for anybody else."""
    case = session.get(AfterSaleCase, case_id)
    if case is None:
        raise NotFound
    seller = seller_id(session, session.get_one(Campaign, case.campaign_id))
    mine = actor.member_id in (case.member_id, seller)
    if not mine and not actor.is_staff:
        raise NotFound
    require("case.see", actor, owner_id=actor.member_id)
    if case.state == CaseState.DRAFT and actor.member_id != case.member_id:
        raise NotFound
    return case


def farm_cases(session: Session, farm_id: int, *, before: int | None = None) -> list[CaseLine]:
    """A farm's cases, the newest first, one more than a page (1 query)."""
    return _page(session, (AfterSaleCase.farm_id == farm_id,), before)


def all_cases(session: Session, actor: Actor, *, before: int | None = None) -> list[CaseLine]:
    """Every case, for staff, the newest first, one more than a page (1 query). Raises NotAllowed."""
    require("queue.see", actor)
    return _page(session, (), before)


def cases_to_rule(session: Session, actor: Actor) -> list[CaseLine]:
    """What waits for the co-op's word, the oldest first. Raises NotAllowed."""
    require("queue.see", actor)
    states = sorted(TO_RULE)
    found = select(AfterSaleCase).where(AfterSaleCase.state.in_(states))
    rows = session.scalars(found.order_by(AfterSaleCase.updated_at, AfterSaleCase.id).limit(PAGE))
    return [_line(row) for row in rows]


def open_about(session: Session, campaign_id: int, percent: int) -> tuple[int, Money | None]:
    """How many complaints about a sale are open, and what this share of what was paid comes to in all."""
    open_ones = (AfterSaleCase.campaign_id == campaign_id, AfterSaleCase.state == CaseState.OPEN.value)
    found = select(Order).join(AfterSaleCase, AfterSaleCase.order_id == Order.id).where(*open_ones)
    sums = [refundable(session, order).percent(percent) for order in session.scalars(found)]
    return len(sums), sum(sums[1:], sums[0]) if sums else None


def timeline(session: Session, case: AfterSaleCase) -> list[tuple[EventKind, datetime]]:
    """The moments of the order and its case that a ruling looks at."""
    kinds = [kind.value for kind in _TIMELINE]
    of_order = (Event.subject_kind == "orders") & (Event.subject_id == case.order_id)
    of_case = (Event.subject_kind == case.__tablename__) & (Event.subject_id == case.id)
    found = select(Event.kind, Event.at).where(of_order | of_case, Event.kind.in_(kinds)).order_by(Event.id)
    return [(EventKind(kind), at) for kind, at in session.execute(found.limit(len(kinds) * 2))]


def charges_of(session: Session, actor: Actor, order_id: int) -> list[Payment]:
    """The paid charges of an order, for staff: one of them was charged back."""
    require("case.chargeback", actor)
    mine = (Payment.order_id == order_id, Payment.state == "confirmed", Payment.provider.not_in(NO_CHARGE))
    return list(session.scalars(select(Payment).where(*mine).order_by(Payment.id).limit(PAGE)))


def half_of(case: AfterSaleCase) -> Money | None:
    """What [Offer half] comes to; nothing for goods that are to be replaced."""
    half = case.asked.percent(50)
    return half if case.wish != Wish.REPLACE and half else None


def _page(session: Session, which: tuple[Any, ...], before: int | None) -> list[CaseLine]:
    found = select(AfterSaleCase).where(AfterSaleCase.state != CaseState.DRAFT.value, *which)
    found = found.where(AfterSaleCase.id < (before or _BEYOND))  # always a bound: the list is read by its index
    rows = session.scalars(found.order_by(AfterSaleCase.id.desc()).limit(PAGE + 1))
    return [_line(row) for row in rows]


def _line(row: AfterSaleCase) -> CaseLine:
    return CaseLine(row.id, number_of(row.order_id), CaseState(row.state), Problem(row.problem))
