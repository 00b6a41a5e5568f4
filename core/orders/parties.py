"""Whose an order is: its buyer, its seller, its courier; every verb asks the permission registry through here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.delivery.models import Parcel
from core.members.models import Farm
from core.orders.models import Order
from core.orders.states import OrderState
from core.permissions import Actor, may, require

# made once: nearly every verb of an order asks one of them
_OF_A_FARM = select(Farm.member_id).where(Farm.id == bindparam("farm"))
_OF_A_SALE = (
    select(Farm.member_id).join(Campaign, Campaign.farm_id == Farm.id).where(Campaign.id == bindparam("campaign"))
)


def require_order(action: str, actor: Actor, order: Order) -> None:
    """Refuse whoever is not the order's buyer, as if the order did not exist."""
    require(action, actor, owner_id=order.buyer_id)


def require_seller(session: Session, action: str, actor: Actor, order: Order) -> None:
    """Refuse whoever does not sell this order, as if it did not exist."""
    require(action, actor, owner_id=seller_of(session, order))


def seller_id(session: Session, campaign: Campaign) -> int:
    """The member who sells this campaign."""
    return session.execute(_OF_A_FARM, {"farm": campaign.farm_id}).scalar_one()


def seller_of(session: Session, order: Order) -> int:
    """The member who sells this order."""
    return session.execute(_OF_A_SALE, {"campaign": order.campaign_id}).scalar_one()


def side_of(session: Session, actor: Actor, order: Order) -> int | None:
    """The actor's own id when he buys or sells this order: for what only others may decide."""
    return actor.member_id if actor.member_id in {order.buyer_id, seller_of(session, order)} else None


def orders_in(session: Session, campaign: Campaign, states: Collection[OrderState]) -> list[Order]:
    """The campaign's orders in these states, in the order in which they were made."""
    names = sorted(state.value for state in states)
    found = select(Order).where(Order.campaign_id == campaign.id, Order.state.in_(names)).order_by(Order.id)
    return list(session.execute(found).scalars())


_BUYERS = {
    "order.pay", "order.deliver_to", "order.note", "order.cancel", "order.track", "order.receive", "order.review",
    "order.more_time", "order.decline", "order.consent", "order.change", "order.give",
    "order.complain",
}  # fmt: skip
_SELLERS = {"order.pick", "order.pack", "order.hand_over", "order.reply", "order.weigh"}


@dataclass(frozen=True)
class Parties:
    """Who has to do with an order; the courier of its newest parcel, if somebody carries it."""

    buyer_id: int
    seller_id: int
    courier_id: int | None
    parcel_id: int | None
    parcel_status: str | None


_NEWEST = select(func.max(Parcel.id)).where(Parcel.order_id == bindparam("order")).scalar_subquery()
_PARTIES = (  # made once: every card of an order asks it
    select(Farm.member_id, Parcel.courier_id, Parcel.id, Parcel.status).select_from(Campaign)
    .join(Farm, Farm.id == Campaign.farm_id).outerjoin(Parcel, Parcel.id == _NEWEST)
    .where(Campaign.id == bindparam("campaign"))
)  # fmt: skip


def parties_of(session: Session, order: Order) -> Parties:
    """Buyer, seller and courier of an order (1 query)."""
    found = session.execute(_PARTIES, {"order": order.id, "campaign": order.campaign_id})
    return Parties(order.buyer_id, *found.one())


def owner_for(action: str, actor: Actor, parties: Parties) -> int:
    """Whose the order is when it comes to this action: the buyer's, the seller's, or whoever's carries it."""
    if action in _BUYERS:
        return parties.buyer_id
    if action in _SELLERS:
        return parties.seller_id
    if action == "order.message":
        return parties.seller_id if actor.member_id == parties.seller_id else parties.buyer_id
    everybody = (parties.buyer_id, parties.seller_id, parties.courier_id)
    carriers = (parties.seller_id, parties.courier_id)
    allowed = everybody if action == "order.see" else carriers
    return actor.member_id if actor.member_id in allowed else allowed[0] or 0


def require_party(action: str, actor: Actor, parties: Parties) -> None:
    """Refuse, as the registry says, whoever is not the party this action belongs to."""
    require(action, actor, owner_id=owner_for(action, actor, parties))


def may_party(action: str, actor: Actor, parties: Parties) -> bool:
    """Whether this action is a button for this person: theirs by right, not only by being staff."""
    return owner_for(action, actor, parties) == actor.member_id and may(action, actor, owner_id=actor.member_id)
