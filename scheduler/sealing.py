"""The end of the audit log goes to the owner's chat every day: a log rewritten later no longer fits it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.orders import watch
from scheduler.every import every


@every("1d")
def audit_head(session: Session, now: datetime) -> None:
    """Only on days that something was decided."""
    watch.tell_audit_head(session, now)
