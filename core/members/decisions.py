"""Who decided first: one verdict per submission, whoever else presses the same button is told of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import BadInput, Changed, Refusal
from core.i18n import Name, _
from core.members.models import Decision, Member
from core.permissions import ACTIONS, Actor, require
from core.text import clean_lines

REASON_MOST = 500


class Verdict(StrEnum):
    """What staff can say to a submission."""

    APPROVE = "approve"
    CHANGE = "change"
    REJECT = "reject"


class AlreadyDecided(Changed):
    """Already decided by {by} {at}"""


def decide(
    session: Session, actor: Actor, subject: Any, verdict: Verdict | str, *, reason: str | None = None, now: datetime
) -> Decision:
    """Note the first verdict on `subject`, a mapped row with `id` and `state`; it stays locked for the caller's change.

    The action asked of the registry is `<table>.decide`; its states are those that wait for a decision.
    Raises NotAllowed, AlreadyDecided(by, at), Changed (not submitted), BadInput (a refusal without its reason).
    """
    action = f"{subject.__tablename__}.decide"
    require(action, actor)
    given = Verdict(verdict)
    why = _reason(given, reason)
    session.flush()
    session.refresh(subject, with_for_update=True)
    if subject.state not in ACTIONS[action].states:
        raise _decided(session, subject)
    row = Decision(
        subject_kind=subject.__tablename__, subject_id=subject.id, round=_rounds(session, subject) + 1,
        verdict=given.value, reason=why, member_id=actor.member_id, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def check_open(session: Session, actor: Actor, subject: Any) -> None:
    """Refuse what `decide` would refuse, before anybody is asked for a reason."""
    action = f"{subject.__tablename__}.decide"
    require(action, actor)
    if subject.state not in ACTIONS[action].states:
        raise _decided(session, subject)


def last_decision(session: Session, subject: Any) -> Decision | None:
    """The newest verdict on this row."""
    mine = _mine(subject)
    return session.execute(select(Decision).where(*mine).order_by(Decision.round.desc()).limit(1)).scalar_one_or_none()


def _reason(verdict: Verdict, reason: str | None) -> str | None:
    why = clean_lines(reason, REASON_MOST)
    if verdict is not Verdict.APPROVE and not why:
        raise BadInput(field=_("Reason"), reason=_("it is missing"), example=_("The photo shows another crop."))
    return why or None


def _decided(session: Session, subject: Any) -> Refusal:
    last = last_decision(session, subject)
    if last is None:
        return Changed()
    name = session.execute(select(Member.name).where(Member.id == last.member_id)).scalar_one()
    return AlreadyDecided(by=Name(name), at=last.at)


def _rounds(session: Session, subject: Any) -> int:
    return session.execute(select(func.coalesce(func.max(Decision.round), 0)).where(*_mine(subject))).scalar_one()


def _mine(subject: Any) -> tuple[Any, Any]:
    return Decision.subject_kind == subject.__tablename__, Decision.subject_id == subject.id
