"""Walks all sealed values: seals them anew under the newest key, or says which cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core import sealing
from core.members.models import Member
from core.orders.models import Order
from core.payments.models import PayoutDestination, Refund
from core.sealing import Sealed, Unreadable

SEALED: tuple[tuple[Any, Sealed], ...] = (  # mapped classes and their sealed texts
    (Member, Member.phone), (Order, Order.address), (Refund, Refund.destination),
    (PayoutDestination, PayoutDestination.details),
)  # fmt: skip
BATCH = 500
SAID_MOST = 5


def reseal(session: Session, place: int, after: int) -> int | None:
    """Seal up to BATCH rows behind the id `after` of the place-th kind anew; the last id, None when there are no more.

    Rows are locked in turn, so that what is written meanwhile is not overwritten.
    """
    table, text = SEALED[place]
    value = getattr(table, f"{text.name}_sealed")
    batch = select(table).where(table.id > after, value.is_not(None)).order_by(table.id).limit(BATCH)
    rows = session.scalars(batch.with_for_update()).all()
    for row in rows:
        if not sealing.is_newest(getattr(row, value.key)):
            setattr(row, text.name, getattr(row, text.name))
    return rows[-1].id if rows else None


def unreadable(session: Session) -> list[str]:
    """A sentence for each sealed value that cannot be opened, as far as there are few; then how many more."""
    return [sentence for table, text in SEALED for sentence in _unreadable(session, table, text)]


@cache  # made once for each of SEALED
def _values(table: Any, text: Sealed) -> Select[Any]:
    value = getattr(table, f"{text.name}_sealed")
    return select(table.id, value).where(value.is_not(None)).order_by(table.id).execution_options(yield_per=1000)


def _unreadable(session: Session, table: Any, text: Sealed) -> Iterator[str]:
    count = 0
    for number, sealed in session.execute(_values(table, text)):
        try:
            sealing.opened(sealed, f"{table.__tablename__}.{text.name}:{number}")
        except Unreadable as error:
            count += 1
            if count <= SAID_MOST:
                yield f"the {text.name} of {table.__tablename__} {number} cannot be read: {error}"
    if count > SAID_MOST:  # a whole shop under another key
        which = f"{table.__tablename__}.{text.name}"
        yield f"{count - SAID_MOST} more of {which} cannot be read: is it the right secret.key?"
