"""Somebody wants to talk to a person: staff is told once an hour at most, with a way to write back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import Event, EventKind, record
from core.members.models import Member

QUIET = timedelta(hours=1)


def ask_human(session: Session, member: Member, *, now: datetime) -> bool:
    """Tell staff that this member wants a person to write; False when they were told within the hour."""
    recent = select(Event.id).where(
        Event.kind == EventKind.HUMAN_ASKED.value, Event.subject_kind == Member.__tablename__,
        Event.subject_id == member.id, Event.at > now - QUIET,
    )  # fmt: skip
    if session.execute(recent.limit(1)).first() is not None:
        return False
    record(session, EventKind.HUMAN_ASKED, member, now=now, actor_id=member.id)
    return True
