"""Verbs of parcels: book, make the courier's link, take the parcel, report where it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.delivery import carrier as carriers
from core.delivery.models import Checkpoint, Parcel
from core.delivery.statuses import ENDS, Band, Status, shown
from core.errors import OutOfBounds, Refusal
from core.events import EventKind, record
from core.i18n import _
from core.members.claims import new_token, token_hash
from core.members.models import Member
from core.members.service import hold_role
from core.permissions import Role
from core.text import clean

BOXES_MOST = 99
NOTE_MOST = 200


class CourierLinkEnded(Refusal):
    """This link has ended. Ask the farm for a new one."""


def book(
    session: Session, *, order_id: int, carrier: str = "manual", courier_id: int | None = None, boxes: int = 1,
    now: datetime,
) -> Parcel:  # fmt: skip
    """A parcel for an order, with its first checkpoint; a later one is another attempt. NotFound, OutOfBounds."""
    plugin = carriers.named(carrier)
    if not 1 <= boxes <= BOXES_MOST:
        raise OutOfBounds(field=_("Boxes"), least=1, most=BOXES_MOST, example=2)
    attempts = select(func.coalesce(func.max(Parcel.attempt), 0)).where(Parcel.order_id == order_id)
    parcel = Parcel(
        order_id=order_id, carrier=carrier, courier_id=courier_id, boxes=boxes, status=Status.BOOKED.value,
        attempt=session.execute(attempts).scalar_one() + 1, created_at=now,
    )  # fmt: skip
    session.add(parcel)
    session.flush()
    plugin.book(carriers.Load(parcel.id, boxes))
    _note(session, parcel, Checkpoint(status=Status.BOOKED.value, actor_id=courier_id, at=now))
    return parcel


def courier_link(session: Session, parcel: Parcel, now: datetime) -> str:
    """A token for whoever shall carry this parcel; it ends with the parcel, or when another is made."""
    if parcel.ended_at is not None:
        raise CourierLinkEnded
    token = new_token()
    parcel.token_sha256 = token_hash(token)
    session.flush()
    return token


def parcel_by_token(session: Session, token: str) -> Parcel:
    """The parcel of a link that still runs. Raises CourierLinkEnded."""
    found = select(Parcel).where(Parcel.token_sha256 == token_hash(token))
    parcel = session.execute(found).scalar_one_or_none()
    if parcel is None or parcel.ended_at is not None:
        raise CourierLinkEnded
    return parcel


def take_parcel(session: Session, token: str, member: Member, *, now: datetime) -> Parcel:
    """Whoever opens the link first carries the parcel and is a courier; for others it has ended."""
    parcel = parcel_by_token(session, token)
    session.refresh(parcel, with_for_update=True)
    if parcel.courier_id not in (None, member.id):
        raise CourierLinkEnded
    parcel.courier_id = member.id
    if hold_role(session, member, Role.COURIER, now=now) and member.home is None:
        member.home = Role.COURIER.value
    session.flush()
    return parcel


def report(  # noqa: PLR0913 - a status and all that a courier may add to it
    session: Session, parcel: Parcel, status: Status | str, *, actor_id: int | None, now: datetime,
    temperature: Band | str | None = None, media_id: int | None = None, note: str | None = None,
) -> Checkpoint:  # fmt: skip
    """Append a checkpoint; the parcel shows the status that is furthest on. The same word twice is one checkpoint.

    Who may report is the caller's to ask: orders know whose parcel it is.
    """
    said = Checkpoint(
        status=Status(status).value, temperature=Band(temperature).value if temperature else None, media_id=media_id,
        actor_id=actor_id, note=clean(note, NOTE_MOST) or None, at=now,
    )  # fmt: skip
    session.flush()
    session.refresh(parcel, with_for_update=True)
    last = _last(session, parcel)
    if last is not None and last.status == said.status and not (said.temperature or said.media_id or said.note):
        return last
    parcel.status = shown(Status(parcel.status), Status(said.status)).value
    if Status(parcel.status) in ENDS and parcel.ended_at is None:
        parcel.ended_at = now
    return _note(session, parcel, said)


def _note(session: Session, parcel: Parcel, said: Checkpoint) -> Checkpoint:
    said.parcel_id = parcel.id
    session.add(said)
    session.flush()
    record(session, EventKind.PARCEL_CHECKPOINT, parcel, now=said.at, actor_id=said.actor_id, status=said.status,
           order_id=parcel.order_id, temperature=said.temperature)  # fmt: skip
    return said


def _last(session: Session, parcel: Parcel) -> Checkpoint | None:
    found = select(Checkpoint).where(Checkpoint.parcel_id == parcel.id).order_by(Checkpoint.id.desc()).limit(1)
    return session.execute(found).scalar_one_or_none()
