"""Picking and packing: the list for one day, ticking rows by touch or by number, and everything packed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from string import ascii_uppercase

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed
from core.i18n import Name
from core.members.models import Member
from core.orders.errors import NotOnThisList
from core.orders.flow import advance, locked
from core.orders.models import Order
from core.orders.parties import orders_in, require_seller, seller_id
from core.orders.states import OrderState
from core.orders.term_models import Answer, Proposal
from core.permissions import Actor, require
from core.tracing.models import Batch
from core.tracing.service import take_step


@dataclass(frozen=True)
class PickLine:
    """One row of a pick list."""

    order_id: int
    rev: int
    number: str
    buyer_name: str
    quantity: Decimal
    picked: bool
    packed: bool
    delivery: str | None
    address: str | None
    note: str
    instead: str = ""  # other goods that the buyer accepted


@dataclass(frozen=True)
class PickList:
    """What is to be picked for one sale on one day: a page of its rows, and the numbers of all."""

    day: date
    unit: str
    lines: tuple[PickLine, ...]
    count: int
    packed: int
    total: Decimal


ROWS_A_PAGE = 20
_ON_LIST = (OrderState.READY.value, OrderState.PACKED.value)


def pick_list(session: Session, campaign: Campaign, day: date, *, page: int = 0) -> PickList:
    """The sale's orders that are paid for and still here, in the order of their numbers (2 queries)."""
    here = (Order.campaign_id == campaign.id, Order.state.in_(_ON_LIST))
    instead = case((Order.answer == Answer.ACCEPTED.value, Proposal.goods), else_="")
    found = select(Order, Member.name, instead).join(Member, Member.id == Order.buyer_id).where(*here)
    found = found.outerjoin(Proposal, Proposal.id == Order.proposal_id).order_by(Order.id)
    paged = found.limit(ROWS_A_PAGE).offset(page * ROWS_A_PAGE)
    lines = tuple(_line(*row) for row in session.execute(paged))
    return PickList(day, campaign.unit, lines, *_counted(session, here))


def packed_count(session: Session, campaign: Campaign) -> int:
    """How many of the sale's orders are packed and still here."""
    found = select(func.count()).where(Order.campaign_id == campaign.id, Order.state == OrderState.PACKED.value)
    return session.execute(found).scalar_one()


def _counted(session: Session, here: tuple[ColumnElement[bool], ...]) -> tuple[int, int, Decimal]:
    packed = func.count().filter(Order.state == OrderState.PACKED.value)
    weight = func.sum(Order.share)
    count, done, total = session.execute(select(func.count(), packed, weight).where(*here)).one()
    return count, done, Decimal(total or 0)


def set_picked(session: Session, actor: Actor, order: Order, picked: bool, *, now: datetime) -> None:
    """Tick a row or take the tick away; an order once packed stays ticked. Refuses NotFound, Changed."""
    require_seller(session, "order.pick", actor, order)
    order = locked(session, order.id)
    if order.state != OrderState.READY:
        raise Changed(order_id=order.id)
    order.picked = picked
    order.updated_at = now


def pick_numbers(
    session: Session, actor: Actor, campaign: Campaign, numbers: Sequence[str], *, now: datetime
) -> list[Order]:
    """Tick the rows of these numbers ("12", "A12", "#a12"), all or none. Refuses NotOnThisList(wanted, yours)."""
    require("order.pick", actor, owner_id=seller_id(session, campaign))
    here = {_key(order.number): order for order in orders_in(session, campaign, {OrderState.READY})}
    picked = [_find(here, number) for number in numbers]
    for order in picked:
        set_picked(session, actor, order, True, now=now)
    return picked


def pack(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """The order is in its box. Refuses NotFound, Changed (not paid for, or packed already)."""
    require_seller(session, "order.pack", actor, order)
    order = locked(session, order.id)
    batch = batch_of(session, order.campaign_id)
    order.picked = True
    advance(session, order, "pack", now=now, actor_id=actor.member_id, lot=batch.lot if batch else None)
    if batch is not None:
        take_step(session, batch, "packed", actor_id=actor.member_id, now=now)


def pack_all(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> list[Order]:
    """Everything that is paid for is packed. Refuses NotFound; nothing to pack is no refusal."""
    require("order.pack", actor, owner_id=seller_id(session, campaign))
    orders = orders_in(session, campaign, {OrderState.READY})
    for order in orders:
        pack(session, actor, order, now=now)
    return orders


def batch_of(session: Session, campaign_id: int) -> Batch | None:
    """The newest batch of a campaign."""
    found = select(Batch).where(Batch.campaign_id == campaign_id).order_by(Batch.id.desc()).limit(1)
    return session.execute(found).scalar_one_or_none()


def _line(order: Order, name: str, instead: str | None) -> PickLine:
    return PickLine(
        order.id, order.rev, order.number, name, order.share, order.picked, order.state == OrderState.PACKED,
        order.delivery, order.address, order.note, instead or "",
    )  # fmt: skip


def _find(here: Mapping[str, Order], number: str) -> Order:
    key = _key(number)
    # "12" means A12 as long as there is no B12 on the same list
    meant = [order for full, order in here.items() if full == key or full.lstrip(ascii_uppercase) == key]
    if len(meant) != 1:
        yours = Name(", ".join(order.number for order in here.values()))
        raise NotOnThisList(wanted=Name(number), yours=yours)
    return meant[0]


def _key(number: str) -> str:
    return number.strip().lstrip("#").upper()
