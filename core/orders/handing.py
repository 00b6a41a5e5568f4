"""Handing a reserved order over: a one-time link; whoever takes it is the buyer, of what was paid too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.errors import Changed
from core.events import EventKind, record
from core.members.claims import LinkEnded, new_token, token_hash
from core.orders.changing import end_more
from core.orders.errors import HandedTooOften, OwnOrder
from core.orders.flow import locked, touch, with_campaign
from core.orders.models import Order
from core.orders.parties import require_order
from core.orders.places import Handing
from core.orders.purse import has_open_case
from core.orders.states import PRESSES, OrderState
from core.orders.waiting import offer_freed
from core.permissions import Actor, require
from core.settings.service import hours

MOST = 3  # times that one order goes from hand to hand


def give(session: Session, actor: Actor, order: Order, *, now: datetime) -> str:
    """The buyer gives the order away: a link's token, shown once; an earlier link of this order ends.

    Refuses NotFound for a stranger, Changed (not reserved, or charged back), HandedTooOften.
    """
    require_order("order.give", actor, order)
    order = locked(session, order.id)
    if not _may_go(session, order):
        raise Changed(order_id=order.id)
    taken = select(func.count()).select_from(Handing).where(Handing.order_id == order.id, Handing.taker_id.is_not(None))
    if session.execute(taken).scalar_one() >= MOST:
        raise HandedTooOften(most=MOST)
    # a link that nobody took leaves nothing behind, however often the button is pressed
    untaken = delete(Handing).where(Handing.order_id == order.id, Handing.taker_id.is_(None))
    session.execute(untaken, execution_options={"synchronize_session": "fetch"})
    token = new_token()
    session.add(Handing(
        order_id=order.id, giver_id=actor.member_id, token_sha256=token_hash(token), created_at=now,
        expires_at=now + hours(session, "hand_over_hours"),
    ))  # fmt: skip
    session.flush()
    return token


def call_back(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """The buyer keeps it after all: the link ends. Refuses NotFound for a stranger."""
    require_order("order.give", actor, order)
    _end_links(session, locked(session, order.id), now)


def look_at(session: Session, actor: Actor, token: str, *, now: datetime) -> Handing:
    """What a link offers to whoever opened it; who took it sees it again.

    Refuses LinkEnded (unknown, spent, old, or the order has gone on), OwnOrder (the giver opened it).
    """
    found = session.execute(select(Handing).where(Handing.token_sha256 == token_hash(token))).scalar_one_or_none()
    if found is None:
        raise LinkEnded
    order = session.get_one(Order, found.order_id)
    if found.taker_id == actor.member_id == order.buyer_id:
        return found
    _check_open(session, found, order, now)
    if order.buyer_id == actor.member_id:
        raise OwnOrder
    require("order.take_over", actor, owner_id=order.buyer_id)
    return found


def take_over(session: Session, actor: Actor, token: str, *, now: datetime) -> Order:
    """Become the buyer of an order: its share, price, terms and what was paid; where it goes is said anew.

    The giver's address and note are forgotten, what he was adding ends. Taken before by the same person, it is that
    order again. Refuses LinkEnded, OwnOrder.
    """
    handing = look_at(session, actor, token, now=now)
    order = session.get_one(Order, handing.order_id)
    campaign = with_campaign(session, order)
    handing = _again(session, handing)
    if handing.taker_id == actor.member_id == order.buyer_id:
        return order
    _check_open(session, handing, order, now)
    handing.taker_id = actor.member_id
    _end_links(session, order, now)
    end_more(session, order, campaign, now=now)
    offer_freed(session, campaign, now=now)
    _to(order, actor.member_id)
    touch(order, now)
    facts = {"giver": handing.giver_id, "taker": actor.member_id}
    record(session, EventKind.ORDER_HANDED_OVER, order, now=now, actor_id=actor.member_id, **facts)
    return order


def _again(session: Session, handing: Handing) -> Handing:
    """The link as it stands now that its order is locked; a newer link may have taken its place."""
    found = select(Handing).where(Handing.id == handing.id).execution_options(populate_existing=True)
    row = session.execute(found).scalar_one_or_none()
    if row is None:
        raise LinkEnded
    return row


def _to(order: Order, buyer_id: int) -> None:
    order.buyer_id = buyer_id
    order.delivery, order.address, order.note = None, None, ""
    order.delivery_fee_minor = 0


def _may_go(session: Session, order: Order) -> bool:
    """Whether it can change hands: not while a provider has taken back what its taker would believe to be paid."""
    return OrderState(order.state) in PRESSES["order.give"] and not has_open_case(session, order.id)


def _check_open(session: Session, handing: Handing, order: Order, now: datetime) -> None:
    ended = handing.ended_at is not None or handing.expires_at <= now or order.buyer_id != handing.giver_id
    if ended or not _may_go(session, order):
        raise LinkEnded


def _end_links(session: Session, order: Order, now: datetime) -> None:
    mine = (Handing.order_id == order.id, Handing.ended_at.is_(None))
    session.execute(
        update(Handing).where(*mine).values(ended_at=now), execution_options={"synchronize_session": "fetch"}
    )
    session.flush()
