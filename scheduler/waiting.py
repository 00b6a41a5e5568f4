"""Offers what became free by any road to those who wait; each sale under its lock: two schedulers do it once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.orders.waiting import sweep
from scheduler.every import every


@every("1m")
def waiting_lists(session: Session, now: datetime) -> None:
    """What ended or was cancelled is offered at once; this is for a sale that goes on again, or has more to sell."""
    sweep(session, now=now)
