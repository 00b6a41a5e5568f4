"""Calls to people whom no message reaches, or who are late: who called whom, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, Id
from core.errors import BadInput
from core.events import EventKind, record
from core.i18n import N_, _
from core.members.models import Identity, Member
from core.permissions import Actor, require
from core.text import clean

OUTCOME_MOST = 200
USUAL = (N_("📵 No reply"), N_("💳 Will pay"), N_("🙅 Does not want it"), N_("🔢 Wrong number"))
BACK = N_("✅ Back in touch")


class Call(Base):
    """One call and its outcome, as it was noted."""

    __tablename__ = "call"
    __table_args__ = (Index("ix_call_member", "member_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    outcome: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


def note_call(session: Session, actor: Actor, member: Member, outcome: str, *, now: datetime) -> Call:
    """[☎️ Called]: what came of it, in a few words. Raises NotAllowed, BadInput."""
    require("call.note", actor)
    said = clean(outcome, OUTCOME_MOST)
    if not any(char.isalnum() for char in said):
        raise BadInput(field=_("Outcome"), reason=_("it is missing"), example=_("Pays on Monday."))
    made = Call(member_id=member.id, by_id=actor.member_id, outcome=said, at=now)
    session.add(made)
    session.flush()
    record(session, EventKind.PERSON_CALLED, member, now=now, actor_id=actor.member_id)
    return made


def back_in_touch(session: Session, actor: Actor, member: Member, *, now: datetime) -> None:
    """[Back in touch]: messages are tried again; whoever refuses them still is listed again. Raises NotAllowed."""
    require("call.note", actor)
    lost = (Identity.member_id == member.id, Identity.unreachable_at.is_not(None))
    session.execute(update(Identity).where(*lost).values(unreachable_at=None))
    session.add(Call(member_id=member.id, by_id=actor.member_id, outcome=BACK, at=now))
    record(session, EventKind.PERSON_CALLED, member, now=now, actor_id=actor.member_id)


def last_calls(session: Session, member_ids: Collection[int]) -> dict[int, Call]:
    """The last call to each of these members."""
    newest = select(func.max(Call.id)).where(Call.member_id.in_(member_ids)).group_by(Call.member_id)
    return {call.member_id: call for call in session.scalars(select(Call).where(Call.id.in_(newest)))}
