"""Somebody wants to talk to a person: staff is told once an hour at most, and writes back through the bot."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import BadInput
from core.events import Event, EventKind, record
from core.i18n import _
from core.members.models import Member
from core.permissions import Actor, require
from core.text import clean_lines

QUIET = timedelta(hours=1)
ANSWER_MOST = 1000


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


def answer_member(session: Session, actor: Actor, member: Member, text: str, *, now: datetime) -> None:
    """Pass on what staff writes to a member, under the writer's name. Raises NotAllowed, BadInput."""
    require("queue.see", actor)
    said = clean_lines(text, ANSWER_MOST)
    if not said:
        raise BadInput(field=_("Answer"), reason=_("it is missing"), example=_("I call you at 5."))
    record(session, EventKind.HUMAN_ANSWERED, member, now=now, actor_id=actor.member_id, text=said)
