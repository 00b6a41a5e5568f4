"""What staff should not forget: how much waits on the desk, and whom no message reaches."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core import audit
from core.events import EventKind, record
from core.members import queries as members
from core.members.models import Member
from core.orders.desk import desk
from core.permissions import Actor, Role
from core.settings import service as settings

_CLOCK = Actor(0, frozenset({Role.OPERATOR}))  # looks at the desk as staff would


def tell_queue(session: Session, now: datetime) -> None:
    """Tell staff how much waits, unless nothing does or people sleep (else the morning brought a heap of these)."""
    waits = desk(session, _CLOCK, now=now)
    count = waits.total - waits.unreachable
    staff = members.staff(session)
    if not count or not staff or _asleep(session, now):
        return
    hours = int((now - waits.oldest).total_seconds() // 3600) if waits.oldest else 0
    record(session, EventKind.QUEUE_WAITING, session.get_one(Member, staff[0]), now=now, count=count, hours=hours)


def tell_unreachable(session: Session, now: datetime) -> None:
    """Tell staff how many people must be called, once a day."""
    count, staff = members.unreachable_count(session), members.staff(session)
    if count and staff:
        record(session, EventKind.CALL_LIST_DUE, session.get_one(Member, staff[0]), now=now, count=count)


def tell_audit_head(session: Session, now: datetime) -> None:
    """Send the owners the end of the audit log, when something was decided since they were sent it last."""
    last, owners = audit.last_action(session), members.staff(session, {Role.OWNER})
    if last in (EventKind.AUDIT_HEAD.value, audit.BEGINS) or not owners:
        return
    count, head = audit.end(session)
    owner = session.get_one(Member, owners[0])
    record(session, EventKind.AUDIT_HEAD, owner, now=now, count=count, hash=head)


def _asleep(session: Session, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(settings.get_text(session, "timezone")))
    start, end = settings.get_int(session, "quiet_buyer_from"), settings.get_int(session, "quiet_buyer_to")
    minute = local.hour * 60 + local.minute
    if start * 60 <= end:  # a night that begins after midnight
        return start * 60 <= minute < end
    return minute >= start * 60 or minute < end
