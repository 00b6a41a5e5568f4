"""Reads of parcels: what a courier carries, where an order's parcel was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.delivery.models import Checkpoint, Parcel
from core.delivery.statuses import Band, Status
from core.errors import NotFound

SEEN_MOST = 30  # more would not fit in one message


@dataclass(frozen=True)
class Seen:
    """Where a parcel was, and when; `courier_id` is who carries it, once that is known."""

    status: Status
    at: datetime
    temperature: Band | None
    media_id: int | None
    note: str | None
    courier_id: int | None


def parcel(session: Session, parcel_id: int) -> Parcel:
    """The parcel with this id."""
    found = session.get(Parcel, parcel_id)
    if found is None:
        raise NotFound
    return found


def parcel_of_order(session: Session, order_id: int) -> Parcel | None:
    """The newest parcel of an order."""
    found = select(Parcel).where(Parcel.order_id == order_id).order_by(Parcel.attempt.desc()).limit(1)
    return session.execute(found).scalar_one_or_none()


def parcels_of(
    session: Session, courier_id: int, *, ended: bool = False, limit: int = 20, skip: int = 0
) -> list[Parcel]:  # fmt: skip
    """What a courier carries now, the oldest first; or what has ended, the newest first."""
    mine = select(Parcel).where(Parcel.courier_id == courier_id)
    if ended:
        found = mine.where(Parcel.ended_at.is_not(None)).order_by(Parcel.id.desc())
    else:
        found = mine.where(Parcel.ended_at.is_(None)).order_by(Parcel.id)
    return list(session.execute(found.limit(limit).offset(skip)).scalars())


def parcel_count(session: Session, courier_id: int) -> int:
    """How many parcels a courier carries now."""
    found = select(func.count()).where(Parcel.courier_id == courier_id, Parcel.ended_at.is_(None))
    return session.execute(found).scalar_one()


def checkpoints_of_order(session: Session, order_id: int) -> tuple[Seen, ...]:
    """What was reported of an order's parcels, in the order in which it was said: the newest `SEEN_MOST`."""
    found = select(Checkpoint, Parcel.courier_id).join(Parcel, Parcel.id == Checkpoint.parcel_id)
    mine = found.where(Parcel.order_id == order_id).order_by(Checkpoint.id.desc())
    rows = session.execute(mine.limit(SEEN_MOST)).all()
    return tuple(
        Seen(Status(row.status), row.at, Band(row.temperature) if row.temperature else None, row.media_id, row.note,
             courier_id)
        for row, courier_id in reversed(rows)
    )  # fmt: skip
