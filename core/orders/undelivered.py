"""A delivery that failed: why, the second try, how long the goods keep, and who bears it if they never arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.delivery import service as delivery
from core.delivery.statuses import Status
from core.errors import Changed, NotFound
from core.events import EventKind, record
from core.messaging import due
from core.money import Money, zero
from core.orders.contested import going_back
from core.orders.ending import close_if_over
from core.orders.errors import NoTroubleSaid
from core.orders.flow import advance, locked, with_campaign
from core.orders.fulfil import parcel_of
from core.orders.models import Order
from core.orders.parties import parties_of, require_party, side_of
from core.orders.policy import terms_of
from core.orders.purse import deposit_share, give_back, has_open_case, keep, paid
from core.orders.reserve import release_quota
from core.orders.states import OrderState, sources_of
from core.permissions import Actor, require
from core.prepared import written

PAGE = 8


class Cause(StrEnum):
    """Why it could not be handed over."""

    ABSENT = "absent"  # nobody at the door, or nobody came to the pick-up place
    REFUSED = "refused"
    NO_CASH = "no_cash"  # cash was agreed and is not there
    GOODS = "goods"  # not as promised: the farm's
    CARRIER = "carrier"  # lost or damaged on the way


class Bearer(StrEnum):
    """Who bears that it never arrived."""

    BUYER = "buyer"  # leaves the deposit with the farm and the fee with whoever drove
    FARM = "farm"  # everything goes back to the buyer
    CARRIER = "carrier"  # everything goes back to the buyer; the farm claims from whoever carried it


USUAL_BEARER = {
    Cause.ABSENT: Bearer.BUYER, Cause.REFUSED: Bearer.BUYER, Cause.NO_CASH: Bearer.BUYER, Cause.GOODS: Bearer.FARM,
    Cause.CARRIER: Bearer.CARRIER,
}  # fmt: skip


@dataclass(frozen=True)
class Settlement:
    """The numbers shown before an undelivered order is settled, and told afterwards."""

    bearer: Bearer
    goods: Money  # stays with the farm, less the fee
    delivery: Money  # stays with whoever drove
    back: Money  # to the buyer's wallet


def fail_delivery(session: Session, actor: Actor, order: Order, cause: Cause | str, *, now: datetime) -> datetime:
    """Whoever carries or sells it says why it could not be handed over; until when the goods keep.

    Refuses NotFound (another's), NoTroubleSaid, Changed (delivered, or said before).
    """
    _require_carrier("order.trouble", session, actor, order)
    if cause not in set(Cause):
        raise NoTroubleSaid
    order = locked(session, order.id)
    until = now + timedelta(hours=terms_of(order).perish_hours)
    order.trouble = Cause(cause).value
    advance(session, order, "fail_delivery", now=now, actor_id=actor.member_id, cause=order.trouble, until=until)
    parcel = parcel_of(session, order)
    if parcel is not None:
        delivery.report(session, parcel, Status.ATTEMPTED, actor_id=actor.member_id, now=now)
    due.plan(session, "order.perishes", order.id, until, occurrence=str(order.rev))
    return until


def try_again(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """A second attempt: on the road again, or waiting at the pick-up place again. Refuses NotFound, Changed."""
    _require_carrier("order.retry", session, actor, order)
    order = locked(session, order.id)
    parcel = parcel_of(session, order)
    due.drop(session, "order.perishes", order.id)
    if parcel is None:
        advance(session, order, "put_at_pickup_again", now=now, actor_id=actor.member_id)
        return
    advance(session, order, "dispatch_again", now=now, actor_id=actor.member_id, parcel_id=parcel.id)
    delivery.report(session, parcel, Status.OUT_FOR_DELIVERY, actor_id=actor.member_id, now=now)


def perishes(session: Session, order_id: int, now: datetime) -> None:
    """Due: the goods do not keep any longer; staff is asked to settle it."""
    order = session.get_one(Order, order_id)
    if order.state == OrderState.DELIVERY_FAILED:
        record(session, EventKind.UNDELIVERED_WAITS, order, now=now)


def settlement(session: Session, order: Order, bearer: Bearer | str) -> Settlement:
    """What would become of the money if this one bore it."""
    came, nothing = paid(session, order), zero(order.currency)
    if Bearer(bearer) is not Bearer.BUYER:
        return Settlement(Bearer(bearer), nothing, nothing, came)
    goods = min(came, deposit_share(order))
    fee = min(came - goods, order.delivery_fee)
    return Settlement(Bearer.BUYER, goods, fee, came - goods - fee)


def settle_undelivered(
    session: Session, actor: Actor, order: Order, bearer: Bearer | str, *, now: datetime
) -> Settlement:  # fmt: skip
    """Staff decide who bears an order that never arrived; its quota is free, its parcel ends.

    Refuses NotAllowed, YourOwn (the buyer's and the seller's own), Changed, NotFound (no such bearer).
    """
    if bearer not in set(Bearer):
        raise NotFound
    campaign = with_campaign(session, order)
    require("order.settle", actor, owner_id=side_of(session, actor, order), state=order.state)
    if OrderState(order.state) not in sources_of("settle_undelivered"):
        raise Changed(order_id=order.id)
    plan = settlement(session, order, bearer)
    advance(
        session, order, "settle_undelivered", now=now, actor_id=actor.member_id, reason=f"borne_by_{plan.bearer.value}",
        cause=order.trouble, kept=plan.goods + plan.delivery, back=going_back(session, order, plan.back).now,
        free=order.share,
    )  # fmt: skip
    release_quota(session, campaign, order)
    due.drop(session, "order.perishes", order.id)
    give_back(session, order, plan.back, why="undelivered", now=now, actor_id=actor.member_id)
    if not has_open_case(session, order.id):  # else its end releases it
        keep(session, order, now=now)
    parcel = parcel_of(session, order)
    if parcel is not None:
        delivery.report(session, parcel, Status.RETURNED, actor_id=actor.member_id, now=now)
    close_if_over(session, campaign, now)
    return plan


def failed(session: Session, actor: Actor, *, page: int = 0) -> list[Order]:
    """A page of orders whose delivery failed, the oldest first, and one more when there are more. Raises NotAllowed."""
    require("queue.see", actor)
    found = select(Order).where(_HAS_FAILED).order_by(Order.updated_at, Order.id)
    return list(session.scalars(found.limit(PAGE + 1).offset(page * PAGE)))


def failed_count(session: Session) -> int:
    """How many orders wait for a second attempt or a settlement."""
    return session.execute(select(func.count()).select_from(Order).where(_HAS_FAILED)).scalar_one()


_HAS_FAILED = Order.state == written(OrderState.DELIVERY_FAILED.value)


def _require_carrier(action: str, session: Session, actor: Actor, order: Order) -> None:
    require_party(action, actor, parties_of(session, order))
