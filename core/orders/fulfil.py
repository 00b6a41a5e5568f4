"""From the packed box to the buyer's word that it came: hand over, carry, deliver, take the cash, receive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.delivery import service as delivery
from core.delivery.models import Parcel
from core.errors import Changed, NotFound
from core.events import EventKind, record
from core.messaging import due
from core.money import Money
from core.orders.balance import rest_of
from core.orders.ending import close_if_over
from core.orders.errors import AmountNotPositive, CaseOpen, DeliveryNotChosen, NotDelivered
from core.orders.flow import advance, locked, plain, with_campaign
from core.orders.models import Order
from core.orders.packing import batch_of
from core.orders.parties import require_order, require_seller, seller_of
from core.orders.policy import terms_of
from core.orders.purse import has_open_case, paid, release, take_cash
from core.orders.states import OPEN, PRESSES, OrderState
from core.permissions import Actor, require
from core.tracing.service import take_step
from core.tracing.steps import Step


@dataclass(frozen=True)
class HandOver:
    """How a packed order leaves: by the farmer, by a courier of ours, or by whoever opens the courier's link."""

    carrier: str = "manual"
    courier_id: int | None = None
    self_delivered: bool = False
    boxes: int = 1


class CourierStatus(StrEnum):
    """What a courier taps."""

    PICKED_UP = "picked_up"
    ON_THE_ROAD = "on_the_road"
    DELIVERED = "delivered"


@dataclass(frozen=True)
class CourierNote:
    """What a courier may add."""

    temperature: str | None = None
    media_id: int | None = None
    text: str | None = None


def hand_over(session: Session, actor: Actor, order: Order, *, how: HandOver, now: datetime) -> Parcel | None:
    """A packed order leaves. To be picked up: at_pickup, no parcel. Delivered by the farmer: dispatched at once.
    By a courier: a parcel is booked, and the courier's "Picked up" dispatches the order.

    Refuses NotFound, Changed (not packed, or already booked), DeliveryNotChosen(number) when the buyer must say where.
    """
    require_seller(session, "order.hand_over", actor, order)
    order = locked(session, order.id)
    if order.state != OrderState.PACKED or parcel_of(session, order) is not None:
        raise Changed(order_id=order.id)
    if _is_picked_up(session, order):
        advance(session, order, "put_at_pickup", now=now, actor_id=actor.member_id)
        return None
    courier_id = actor.member_id if how.self_delivered else how.courier_id
    parcel = delivery.book(
        session, order_id=order.id, carrier=how.carrier, courier_id=courier_id, boxes=how.boxes, now=now
    )
    if how.self_delivered:
        _carry(session, actor, order, parcel, CourierStatus.PICKED_UP, (CourierNote(), now))
    return parcel


def report(
    session: Session,
    actor: Actor,
    order: Order,
    status: CourierStatus,
    *,
    now: datetime,
    note: CourierNote | None = None,
) -> None:
    """The courier of an order (or its farmer) says how far it is. Refuses NotFound (another's parcel), Changed."""
    parcel = parcel_of(session, order)
    if parcel is None:
        raise NotFound
    _require_carrier("parcel.report", session, actor, order, parcel)
    order = locked(session, order.id)
    _carry(session, actor, order, parcel, status, (note or CourierNote(), now))


def deliver(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """The seller handed it out at the pick-up point. Refuses NotFound, Changed."""
    require_seller(session, "order.hand_over", actor, order)
    order = locked(session, order.id)
    if order.state != OrderState.AT_PICKUP:
        raise Changed(order_id=order.id)
    _delivered(session, actor, order, now)


def collect_cash(session: Session, actor: Actor, order: Order, amount: Money, *, now: datetime) -> None:
    """Cash was taken at hand-over, by the courier or the farmer, up to what is owed; then it is recorded.

    Refuses NotFound, Changed (no cash was agreed), AmountNotPositive(most).
    """
    _require_carrier("order.collect_cash", session, actor, order, parcel_of(session, order))
    order = locked(session, order.id)
    if not order.cash_agreed or OrderState(order.state) not in PRESSES["order.collect_cash"]:
        raise Changed(order_id=order.id)
    owed = rest_of(session, order)
    if amount.minor <= 0 or amount > owed:
        raise AmountNotPositive(most=owed)
    take_cash(session, order, amount, collector_id=actor.member_id, now=now)
    record(
        session, EventKind.CASH_COLLECTED, order, now=now, actor_id=actor.member_id,
        **plain({"paid": amount, "owed": owed - amount}),
    )  # fmt: skip
    if order.state == OrderState.COMPLETED:
        release(session, order, now=now)


def receive(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """The buyer has it: the order is completed and the farmer's share is released. Refuses NotFound, NotDelivered."""
    require_order("order.receive", actor, order)
    with_campaign(session, order)
    if order.state in OPEN and order.state != OrderState.DELIVERED:
        raise NotDelivered(order_id=order.id)
    if has_open_case(session, order.id):
        raise CaseOpen
    _complete(session, order, "receive", actor.member_id, now)


def auto_confirm(session: Session, order_id: int, now: datetime) -> None:
    """Due: no word came after the delivery, so the order is taken as received."""
    order = session.get_one(Order, order_id)
    with_campaign(session, order)
    if order.state == OrderState.DELIVERED and not has_open_case(session, order.id):  # its end plans this anew
        _complete(session, order, "auto_confirm", None, now)


def parcel_of(session: Session, order: Order) -> Parcel | None:
    """The order's newest parcel."""
    found = select(Parcel).where(Parcel.order_id == order.id).order_by(Parcel.attempt.desc()).limit(1)
    return session.execute(found).scalar_one_or_none()


def _carry(
    session: Session,
    actor: Actor,
    order: Order,
    parcel: Parcel,
    status: CourierStatus,
    said: tuple[CourierNote, datetime],
) -> None:
    note, now = said
    if status is CourierStatus.PICKED_UP:
        advance(
            session, order, "dispatch", now=now, actor_id=actor.member_id, temperature=note.temperature,
            parcel_id=parcel.id,
        )  # fmt: skip
    elif order.state != OrderState.DISPATCHED:
        raise Changed(order_id=order.id)
    delivery.report(
        session, parcel, status.value, actor_id=actor.member_id, now=now, temperature=note.temperature,
        media_id=note.media_id, note=note.text,
    )  # fmt: skip
    if status is CourierStatus.PICKED_UP:
        _step(session, order, Step.SHIPPED, actor.member_id, now)
    elif status is CourierStatus.ON_THE_ROAD:
        record(session, EventKind.ORDER_ON_THE_ROAD, order, now=now, actor_id=actor.member_id)
    elif status is CourierStatus.DELIVERED:
        _delivered(session, actor, order, now)


def _delivered(session: Session, actor: Actor, order: Order, now: datetime) -> None:
    terms = terms_of(order)
    closes = now + timedelta(hours=terms.receipt_hours)
    advance(session, order, "deliver", now=now, actor_id=actor.member_id, closes=closes)
    due.plan(session, "order.auto_confirm_soon", order.id, now + timedelta(hours=terms.receipt_hours) / 2)
    due.plan(session, "order.auto_confirm", order.id, closes)
    due.plan(session, "order.review_invitation", order.id, now + timedelta(hours=terms.review_hours))


def _complete(session: Session, order: Order, action: str, actor_id: int | None, now: datetime) -> None:
    share = release(session, order, now=now)
    advance(session, order, action, now=now, actor_id=actor_id, paid=paid(session, order), share=share)
    _step(session, order, Step.RECEIVED, actor_id, now)
    for task in ("order.auto_confirm_soon", "order.auto_confirm"):
        due.drop(session, task, order.id)
    close_if_over(session, session.get_one(Campaign, order.campaign_id), now)


def _step(session: Session, order: Order, step: Step, actor_id: int | None, now: datetime) -> None:
    batch = batch_of(session, order.campaign_id)
    if batch is not None:
        take_step(session, batch, step, actor_id=actor_id, now=now)


def _is_picked_up(session: Session, order: Order) -> bool:
    if order.delivery is not None:
        return order.delivery == "pickup"
    campaign = session.get_one(Campaign, order.campaign_id)
    if campaign.delivers and not campaign.pickup_place:
        raise DeliveryNotChosen(number=order.number)
    return bool(campaign.pickup_place)


def _require_carrier(action: str, session: Session, actor: Actor, order: Order, parcel: Parcel | None) -> None:
    """The parcel's courier may, and so may the farmer who sells it."""
    carrier = parcel.courier_id if parcel is not None else None
    owner_id = carrier if carrier == actor.member_id else seller_of(session, order)
    require(action, actor, owner_id=owner_id)
