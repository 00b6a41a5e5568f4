"""How the road is: what waits and for how long, what was set aside, what was counted. Cheap, and of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.messaging import outbox, tally
from core.messaging.inbox import UNFINISHED, waiting
from core.messaging.models import Inbox, Outbox
from core.messaging.tally import Counts
from core.messaging.trouble import counts


@dataclass(frozen=True)
class Vitals:
    """Ages in seconds, 0 when nothing waits."""

    updates_waiting: int
    oldest_update: float
    letters_due: int
    oldest_letter: float
    quarantined: int
    dead: int
    counted: Counts


def vitals(session: Session, now: datetime) -> Vitals:
    """Six small queries, each on an index of what is unfinished; `now` is the market's time."""
    quarantined, dead = counts(session)
    return Vitals(
        waiting(session), oldest_update(session, now), outbox.due_count(session, now), _oldest_letter(session, now),
        quarantined, dead, tally.read(session),
    )  # fmt: skip


def oldest_update(session: Session, now: datetime) -> float:
    """For how many seconds the first unfinished update has been waiting."""
    found = select(Inbox.received_at).where(Inbox.state.in_(UNFINISHED)).order_by(Inbox.seq).limit(1)
    return _age(session.execute(found).scalar(), now)


def revision(session: Session) -> str | None:
    """The revision the database is at."""
    return session.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _oldest_letter(session: Session, now: datetime) -> float:
    due = select(func.min(Outbox.not_before)).where(Outbox.state == outbox.PENDING, Outbox.not_before <= now)
    return _age(session.execute(due).scalar(), now)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
