"""Everything packed of one sale leaves at once, as far as buyers have said where it shall go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.delivery.service import courier_link
from core.orders.errors import DeliveryNotChosen
from core.orders.fulfil import HandOver, hand_over, parcel_of
from core.orders.models import Order
from core.orders.parties import orders_in, seller_id
from core.orders.states import OrderState
from core.permissions import Actor, require


@dataclass(frozen=True)
class Left:
    """What became of the packed orders: with a courier (and the token of his link), at the pick-up place, or unsaid."""

    carried: tuple[tuple[Order, str | None], ...]
    at_pickup: tuple[Order, ...]
    unsaid: tuple[Order, ...]  # the buyer has not said where; it stays packed


def hand_over_all(
    session: Session, actor: Actor, campaign: Campaign, *, how: HandOver, with_links: bool = False, now: datetime
) -> Left:
    """Hand over every packed order that has no parcel yet; `with_links` makes a courier's link for each parcel.

    Refuses NotFound (another's sale); nothing to hand over is no refusal.
    """
    require("order.hand_over", actor, owner_id=seller_id(session, campaign))
    carried: list[tuple[Order, str | None]] = []
    at_pickup, unsaid = [], []
    for order in orders_in(session, campaign, {OrderState.PACKED}):
        if parcel_of(session, order) is not None:
            continue
        try:
            parcel = hand_over(session, actor, order, how=how, now=now)
        except DeliveryNotChosen:  # raised before anything was written
            unsaid.append(order)
            continue
        if parcel is None:
            at_pickup.append(order)
        else:
            carried.append((order, courier_link(session, parcel, now) if with_links else None))
    return Left(tuple(carried), tuple(at_pickup), tuple(unsaid))


def new_links(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> Left:
    """Fresh links for parcels that nobody has picked up yet; the old ones end. Refuses NotFound."""
    require("order.hand_over", actor, owner_id=seller_id(session, campaign))
    waiting = orders_in(session, campaign, {OrderState.PACKED})
    found = [(order, parcel_of(session, order)) for order in waiting]
    links = [(order, courier_link(session, parcel, now)) for order, parcel in found if parcel is not None]
    return Left(tuple(links), (), ())
