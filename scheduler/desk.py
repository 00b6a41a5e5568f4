"""What staff is told by the clock: the queue every hour, people whom nobody reaches every day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.orders import watch
from scheduler.every import every


@every("1h")
def queue(session: Session, now: datetime) -> None:
    """Only while something waits, and not at night."""
    watch.tell_queue(session, now)


@every("1d")
def call_list(session: Session, now: datetime) -> None:
    """Only while somebody is unreachable."""
    watch.tell_unreachable(session, now)
