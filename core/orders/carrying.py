"""What a courier sees and adds on the way: the parcels carried now, how cold they are, a photo at the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.delivery import queries as delivery
from core.delivery import service
from core.delivery.models import Parcel
from core.errors import NotFound
from core.members.models import Member
from core.members.service import actor_of
from core.orders.fulfil import CourierNote, parcel_of
from core.orders.models import Order
from core.orders.parties import parties_of, require_party
from core.permissions import Actor, Role, require

PAGE = 20


def take(session: Session, token: str, member: Member, *, now: datetime) -> Parcel:
    """Whoever opens a courier's link first carries that parcel. Raises CourierLinkEnded."""
    return service.take_parcel(session, token, member, now=now)


@dataclass(frozen=True)
class Carried:
    """A page of the parcels somebody carries, and how many there are in all."""

    parcels: tuple[Parcel, ...]
    total: int
    more: bool


def carried_by(session: Session, actor: Actor, *, page: int = 0) -> Carried:
    """The parcels this person carries now, the oldest first. Raises NotAllowed for who is no courier."""
    require("parcel.report", actor, owner_id=actor.member_id)
    skip, total = page * PAGE, delivery.parcel_count(session, actor.member_id)
    parcels = delivery.parcels_of(session, actor.member_id, limit=PAGE, skip=skip)
    return Carried(tuple(parcels), total, more=skip + PAGE < total)


def parcel_for(session: Session, actor: Actor, order: Order) -> Parcel:
    """The order's parcel, for whoever carries or sells it. Raises NotFound."""
    # a link opened in this transaction has just made a courier of somebody
    actor = actor if Role.COURIER in actor.roles else actor_of(session, actor.member_id)
    require_party("parcel.report", actor, parties_of(session, order))
    parcel = parcel_of(session, order)
    if parcel is None:
        raise NotFound
    return parcel


def add_note(session: Session, actor: Actor, order: Order, note: CourierNote, *, now: datetime) -> None:
    """A temperature, a photo or a word about where the parcel is already. Raises NotFound (another's parcel)."""
    parcel = parcel_for(session, actor, order)
    service.report(
        session, parcel, parcel.status, actor_id=actor.member_id, now=now, temperature=note.temperature,
        media_id=note.media_id, note=note.text,
    )  # fmt: skip
