"""Letters that a clock put right would hold up: queued in what is now the future, they go when they were meant to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.messaging import outbox
from scheduler.every import SKEW, every


@every("1m")
def bring_letters_forward(session: Session, now: datetime) -> None:
    """Nothing to do, unless the clock went back."""
    outbox.bring_forward(session, now, now + SKEW)
