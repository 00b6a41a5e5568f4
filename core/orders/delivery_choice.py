"""How the goods shall reach the buyer, changed until they are packed, and the buyer's note to the farmer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed
from core.events import EventKind, record
from core.orders.balance import square_up
from core.orders.errors import AddressMissing, DeliveryNotOffered, NoteTooLong
from core.orders.flow import locked, touch
from core.orders.models import Order
from core.orders.parties import require_order
from core.orders.states import PRESSES, OrderState
from core.permissions import Actor
from core.text import clean_lines

NOTE_MOST = 500
ADDRESS_MOST = 300


class Choice(StrEnum):
    """The two ways."""

    DELIVER = "deliver"
    PICKUP = "pickup"


def choose_delivery(
    session: Session, actor: Actor, order: Order, choice: Choice | str, *, now: datetime, address: str = ""
) -> None:
    """Note how the order shall reach its buyer; the fee joins the balance, and an order already paid owes it.

    Refuses DeliveryNotOffered, AddressMissing, Changed (already packed and said where, or not yet paid for), NotFound.
    """
    wanted = Choice(choice)
    require_order("order.deliver_to", actor, order)
    order = locked(session, order.id)
    campaign = session.get_one(Campaign, order.campaign_id)
    if not may_choose(order, campaign):
        raise Changed(order_id=order.id)
    if not (campaign.delivers if wanted is Choice.DELIVER else campaign.pickup_place):
        raise DeliveryNotOffered
    listed = order.state in {OrderState.READY, OrderState.PACKED}
    changes = order.delivery is not None or order.state == OrderState.PACKED
    order.address = _address(wanted, address)
    order.delivery = wanted.value
    order.delivery_fee_minor = campaign.delivery_fee_minor if wanted is Choice.DELIVER else 0
    touch(order, now)
    square_up(session, order, now=now, actor_id=actor.member_id)
    if changes:
        facts = {"delivery": wanted.value, "listed": listed}
        record(session, EventKind.ORDER_REDIRECTED, order, now=now, actor_id=actor.member_id, **facts)


def may_choose(order: Order, campaign: Campaign) -> bool:
    """Whether the buyer can still say where it shall go: of a packed order when it cannot leave before that is said."""
    if order.state == OrderState.PACKED and (order.delivery is not None or campaign.pickup_place):
        return False
    return OrderState(order.state) in PRESSES["order.deliver_to"]


def write_note(session: Session, actor: Actor, order: Order, note: str, *, now: datetime) -> None:
    """The buyer's customised need, for the farmer to read. Refuses NoteTooLong, Changed once it is packed, NotFound."""
    require_order("order.note", actor, order)
    text = clean_lines(note, 10 * NOTE_MOST)
    if len(text) > NOTE_MOST:
        raise NoteTooLong(most=NOTE_MOST, length=len(text))
    order = locked(session, order.id)
    if OrderState(order.state) not in PRESSES["order.note"]:
        raise Changed(order_id=order.id)
    order.note = text
    touch(order, now)
    if order.state == OrderState.READY:  # it stands on the farmer's pick list already
        record(session, EventKind.ORDER_NOTED, order, now=now, actor_id=actor.member_id)


def _address(wanted: Choice, address: str) -> str | None:
    if wanted is Choice.PICKUP:
        return None
    text = clean_lines(address, ADDRESS_MOST)
    if not text:
        raise AddressMissing
    return text
