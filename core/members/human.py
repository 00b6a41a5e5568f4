"""Somebody wants to talk to a person, wrote to one or left a voice note: staff is told, and answers through the bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from core.errors import BadInput, Refusal
from core.events import Event, EventKind, record
from core.i18n import _
from core.members.models import Member
from core.members.queries import Waiting
from core.messaging.models import Media
from core.permissions import Actor, require
from core.text import clean_lines

QUIET = timedelta(hours=1)
ANSWER_MOST = 1000
LISTED = timedelta(days=14)  # whoever waits longer has found another way
TOLD_MOST = 10  # messages within the hour, from one person


class TooManyAtOnce(Refusal):
    """📞 The co-op has {most} messages of yours from this hour. Please wait for the answer."""


@dataclass(frozen=True)
class Asking:
    """Somebody who waits for a person: what was written since the last answer, and the voice note last left."""

    member_id: int
    words: tuple[str, ...] = ()
    voice: int | None = None


def ask_human(session: Session, member: Member, *, now: datetime) -> bool:
    """Tell staff that this member wants a person to write; False when they were told within the hour."""
    if _asked(session, member, now):
        return False
    record(session, EventKind.HUMAN_ASKED, member, now=now, actor_id=member.id)
    return True


def leave_voice(session: Session, member: Member, voice: Media, *, now: datetime) -> None:
    """Pass a voice note on to staff. Refuses TooManyAtOnce(most)."""
    _tell(session, member, now, voice=voice.id)


def leave_words(session: Session, member: Member, text: str, *, now: datetime) -> None:
    """Pass on to staff what a member writes to them. Refuses TooManyAtOnce(most)."""
    _tell(session, member, now, text=clean_lines(text, ANSWER_MOST))


def _tell(session: Session, member: Member, now: datetime, **said: object) -> None:
    if _asked(session, member, now) >= TOLD_MOST:
        raise TooManyAtOnce(most=TOLD_MOST)
    record(session, EventKind.HUMAN_ASKED, member, now=now, actor_id=member.id, **said)


def answer_member(
    session: Session, actor: Actor, member: Member, text: str, *, voice: Media | None = None, now: datetime
) -> None:
    """Pass on what staff writes or says to a member, under the writer's name. Raises NotAllowed, BadInput."""
    require("queue.see", actor)
    said = clean_lines(text, ANSWER_MOST)
    if not said and voice is None:
        raise BadInput(field=_("Answer"), reason=_("it is missing"), example=_("I call you at 5."))
    spoken = {} if voice is None else {"voice": voice.id}
    record(session, EventKind.HUMAN_ANSWERED, member, now=now, actor_id=actor.member_id, text=said, **spoken)


def waiting(session: Session, *, now: datetime) -> Waiting:
    """How many people asked for a person and were not answered, and since when."""
    found = _unanswered(now).subquery()
    return Waiting(*session.execute(select(func.count(), func.min(found.c.since)).select_from(found)).one())


def next_waiting(session: Session, actor: Actor, *, now: datetime) -> Asking | None:
    """Who has waited longest, and with what. Raises NotAllowed."""
    require("queue.see", actor)
    found = _unanswered(now).order_by(func.min(Event.id)).limit(1)
    row = session.execute(found).one_or_none()
    if row is None:
        return None
    mine = (Event.kind == EventKind.HUMAN_ASKED.value, Event.subject_kind == Member.__tablename__)
    said = select(Event.data).where(*mine, Event.subject_id == row.subject_id, Event.id >= row.oldest)
    told = session.scalars(said.order_by(Event.id.desc()).limit(TOLD_MOST)).all()
    words = tuple(data["text"] for data in reversed(told) if data.get("text"))
    return Asking(int(row.subject_id), words, next((data["voice"] for data in told if data.get("voice")), None))


def settle(session: Session, actor: Actor, member: Member, *, now: datetime) -> None:
    """Somebody wrote or called outside the bot: nothing waits any more. Raises NotAllowed."""
    require("queue.see", actor)
    record(session, EventKind.HUMAN_SETTLED, member, now=now, actor_id=actor.member_id)


def _unanswered(now: datetime) -> Select[int, datetime, int]:
    later = aliased(Event)
    ends = (EventKind.HUMAN_ANSWERED.value, EventKind.HUMAN_SETTLED.value)
    answered = select(later.id).where(
        later.subject_kind == Member.__tablename__, later.subject_id == Event.subject_id, later.id > Event.id,
        later.kind.in_(ends),
    )  # fmt: skip
    return (
        select(Event.subject_id, func.min(Event.at).label("since"), func.min(Event.id).label("oldest"))
        .where(Event.kind == EventKind.HUMAN_ASKED.value, Event.at > now - LISTED, ~answered.exists())
        .group_by(Event.subject_id)
    )  # fmt: skip


def _asked(session: Session, member: Member, now: datetime) -> int:
    """How often staff was told of this member within the hour."""
    found = select(func.count()).select_from(Event).where(
        Event.kind == EventKind.HUMAN_ASKED.value, Event.subject_kind == Member.__tablename__,
        Event.subject_id == member.id, Event.at.between(now - QUIET, now),
    )  # fmt: skip
    return session.execute(found).scalar_one()
