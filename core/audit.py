"""The audit log: who decided what, each entry chained to the one before, so that a change or a gap shows.

Entries are numbered and hashed when everything else of a transaction is written: whoever commits next waits for
nothing but a commit. They hold ids, names of settings and amounts, never personal data: nothing here is ever erased.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, String, Table, Text, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, Id, last_of_all

BEGINNING = "0" * 64
BEGINS = "audit_begins"  # the first entry, which the migration wrote
WIDENED = "audit_widened"  # a migration wrote it: from this event on these kinds are chained too
REFUSED, ATTEMPTS_MOST, LATELY = "reached_for_anothers", 20, 100  # so many of one person among the last entries
_WAITING = "farmgate_audit"
_LOCK = text("SELECT pg_advisory_xact_lock(70417)")  # one number of ours: the chain has one end
# what of an event's facts is no one's words
_KEPT = (
    "amount", "role", "name", "order_id", "verdict", "hash", "count", "from", "to", "kept", "back", "bearer", "points",
)  # fmt: skip


class AuditEntry(Base):
    """One link of the chain. The database refuses to change or delete it."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)  # counted without gaps
    at: Mapped[str] = mapped_column(String(40))  # as it was hashed
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    event_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    data: Mapped[str] = mapped_column(Text)  # canonical JSON
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


_TABLE = cast("Table", AuditEntry.__table__)
_END = select(_TABLE.c.id, _TABLE.c.hash).order_by(_TABLE.c.id.desc()).limit(1)
_LATELY = (
    select(_TABLE.c.action, _TABLE.c.actor_id, _TABLE.c.subject_id, _TABLE.c.data)
    .order_by(_TABLE.c.id.desc())
    .limit(LATELY)
)


def note(session: Session, event: Any) -> None:
    """Chain an event of a decision to the log, when its transaction is about to end."""
    kept = {name: event.data[name] for name in _KEPT if name in event.data}
    about = {"subject_kind": event.subject_kind, "subject_id": event.subject_id, "event_id": event.id}
    _wait(session, event.kind, event.actor_id, event.at, kept, **about)


def setting_changed(session: Session, name: str, value: str, *, actor_id: int, now: datetime) -> None:
    """Chain the change of a setting, which has a name and no id."""
    facts = {"name": name, "value": value[:200]}
    _wait(session, "setting_changed", actor_id, now, facts, subject_kind="setting", subject_id=0, event_id=None)


def reached_for_anothers(session: Session, action: str, subject_id: int, *, actor_id: int, now: datetime) -> None:
    """Chain that somebody tried to act on what is another's; the same again, or a flood of it, is told once."""
    facts = {"name": action}
    lately = session.execute(_LATELY).all()
    told = [row for row in lately if row.action == REFUSED and row.actor_id == actor_id]
    if len(told) < ATTEMPTS_MOST and (subject_id, json.dumps(facts)) not in [
        (row.subject_id, row.data) for row in told
    ]:
        _wait(session, REFUSED, actor_id, now, facts, subject_kind="thing", subject_id=subject_id, event_id=None)


def _wait(
    session: Session, action: str, actor_id: int | None, at: datetime, data: dict[str, Any], **about: Any
) -> None:
    told = json.dumps(data, sort_keys=True, default=str)
    entry = {"at": at.astimezone(UTC).isoformat(), "action": action, "actor_id": actor_id, "data": told, **about}
    session.info.setdefault(_WAITING, []).append(entry)
    last_of_all(session, _WAITING, _chain)


def end(session: Session) -> tuple[int, str]:
    """How many entries there are, and the hash of the last: who keeps it elsewhere notices any later change."""
    found = session.execute(_END).first()
    return (found.id, found.hash) if found is not None else (0, BEGINNING)


def since(session: Session) -> dict[str, int]:
    """Kinds that joined the log later: up to which event they were not chained."""
    found = session.execute(select(_TABLE.c.subject_id, _TABLE.c.data).where(_TABLE.c.action == WIDENED))
    return {kind: int(last) for last, data in found for kind in json.loads(data)["kinds"]}


def waiting(session: Session) -> set[int | None]:
    """The events that this session will chain when its transaction ends."""
    return {entry["event_id"] for entry in session.info.get(_WAITING, [])}


def last_action(session: Session) -> str | None:
    """What the last entry tells of."""
    return session.execute(select(_TABLE.c.action).order_by(_TABLE.c.id.desc()).limit(1)).scalar_one_or_none()


def broken(session: Session) -> Iterator[str]:
    """A sentence for each entry that was edited, left out or put in."""
    number, previous = 0, BEGINNING
    for row in session.execute(select(_TABLE).order_by(_TABLE.c.id).execution_options(yield_per=1000)).mappings():
        if row["id"] != number + 1:
            yield f"audit entries {number + 1} to {row['id'] - 1} were deleted"
        elif row["previous"] != previous:
            yield f"audit entry {row['id']} does not follow entry {number}: one of them was edited"
        if row["hash"] != digest(row):
            yield f"audit entry {row['id']} was edited"
        number, previous = row["id"], row["hash"]


def digest(entry: Any) -> str:  # a mapping of the entry's columns
    """The hash of an entry: of all its columns in canonical JSON, the hash before it among them."""
    told = {column.name: entry[column.name] for column in _TABLE.columns if column.name != "hash"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _chain(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK)
    number, previous = end(session)
    rows = []
    for place, entry in enumerate(session.info.pop(_WAITING), start=1):
        row = {**entry, "id": number + place, "previous": previous}
        row["hash"] = previous = digest(row)
        rows.append(row)
    session.execute(insert(_TABLE), rows)
