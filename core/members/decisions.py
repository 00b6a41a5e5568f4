"""Who decided first: one verdict per submission, whoever else presses the same button is told of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import BadInput, Changed, Refusal, YourOwn
from core.events import EventKind, record
from core.i18n import Name, _
from core.members.models import Decision, Member, MemberRole
from core.money import Money
from core.permissions import ACTIONS, STAFF, Actor, Ownership, require
from core.settings.service import get_int, get_text
from core.text import clean_lines

REASON_MOST = 500
NAMED_MOST = 3


class Verdict(StrEnum):
    """What staff can say to a submission."""

    APPROVE = "approve"
    CHANGE = "change"
    REJECT = "reject"
    CONFIRM = "confirm"  # the first of two who must agree; it still waits


class AlreadyDecided(Changed):
    """Already decided by {by} {at}"""


class AskAnother(YourOwn):
    """This is yours: another person decides on it. Ask {names}."""


class NobodyElse(YourOwn):
    """This is yours, and nobody else decides here yet. The owner adds somebody: 👥 Members, ➕ Operator."""


class OneMoreConfirms(Refusal):
    """You confirmed this. One more person must confirm: {names}."""


class NobodyConfirms(Refusal):
    """You confirmed this. One more person must confirm, and nobody else decides here yet. The owner adds somebody:
    👥 Members, ➕ Operator."""


def decide(  # noqa: PLR0913 - one decision, with its reason, its amount and what else two must agree on
    session: Session, actor: Actor, subject: Any, verdict: Verdict | str, *, reason: str | None = None,
    amount: Money | None = None, what: str | None = None, now: datetime,
) -> Decision:  # fmt: skip
    """Note the first verdict on `subject`, a mapped row with `id` and `state`; it stays locked for the caller's change.

    The action asked of the registry is `<table>.decide`; its states are those that wait for a decision. Approving an
    `amount` above the shop's limit takes two people: the decision of the first is `confirm`, and the subject waits on.
    Where the amount alone does not say what is decided, `what` does (an order's number, who bears it): it is the reason
    of the first, and whoever says something else begins anew.
    Raises NotAllowed, YourOwn, AlreadyDecided(by, at), Changed (not submitted), BadInput (a refusal without its
    reason), OneMoreConfirms(names), NobodyConfirms.
    """
    action = f"{subject.__tablename__}.decide"
    _require(session, action, actor, subject)
    given = Verdict(verdict)
    why = _reason(given, reason)
    session.flush()
    session.refresh(subject, with_for_update=True)
    if subject.state not in ACTIONS[action].states:
        raise _decided(session, subject)
    if amount is not None and given is Verdict.APPROVE and needs_two(session, amount):
        given = _of_two(session, actor, subject, amount, what)
        why = what or why if given is Verdict.CONFIRM else why
    row = Decision(
        subject_kind=subject.__tablename__, subject_id=subject.id, round=_rounds(session, subject) + 1,
        verdict=given.value, reason=why, amount_minor=amount.minor if amount else None, member_id=actor.member_id,
        at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def check_open(session: Session, actor: Actor, subject: Any) -> None:
    """Refuse what `decide` would refuse, before anybody is asked for a reason."""
    action = f"{subject.__tablename__}.decide"
    _require(session, action, actor, subject)
    if subject.state not in ACTIONS[action].states:
        raise _decided(session, subject)


def needs_two(session: Session, amount: Money) -> bool:
    """Whether two people must agree that this money is there, or goes out: above the limit of the settings."""
    limit = get_int(session, "two_people_above")
    if not limit:
        return False
    return amount.minor > limit or amount.currency != get_text(session, "currency")  # a limit in another is none


def note_first(session: Session, actor: Actor, subject: Any, amount: Money, *, now: datetime, **facts: object) -> None:
    """The first of two has confirmed this amount: staff's cards are told, and what they show is pressed anew."""
    subject.rev += 1
    kind = EventKind.CONFIRMED_ONCE
    record(session, kind, subject, now=now, actor_id=actor.member_id, amount=amount.minor, **facts)


def confirmed_once(session: Session, subject: Any) -> Decision | None:
    """What the first of two confirmed, while the second is waited for."""
    last = last_decision(session, subject)
    return last if last is not None and last.verdict == Verdict.CONFIRM.value else None


def check_second(
    session: Session, actor: Actor, subject: Any, amount: Money, what: str | None = None
) -> Decision | None:
    """What another person confirmed of the same. Refuses whoever confirmed it: the second is another."""
    first = same_once(session, subject, amount, what)
    if first is not None and first.member_id == actor.member_id:
        names = who_else(session, actor, subject)
        raise OneMoreConfirms(names=Name(names)) if names else NobodyConfirms()
    return first


def same_once(session: Session, subject: Any, amount: Money, what: str | None = None) -> Decision | None:
    """What the first of two confirmed, when it is this amount and, where that is told, this `what`."""
    first = confirmed_once(session, subject)
    if first is None or first.amount_minor != amount.minor:
        return None
    return first if what in (None, first.reason) else None


def who_else(session: Session, actor: Actor, subject: Any) -> str:
    """Some by name who may decide on this beside the actor; empty: nobody does yet."""
    return others(session, {actor.member_id, subject.member_id})


def others(session: Session, but: set[int | None]) -> str:
    """Some who decide here, by name: whom to ask; empty: nobody but these does."""
    held = select(MemberRole.member_id).where(MemberRole.role.in_([role.value for role in STAFF]))
    but = but - {None}  # of money that is nobody's: "not in" a list that holds NULL is true of nobody
    who = select(Member.name).where(Member.id.in_(held), Member.id.not_in(but), Member.name != "").order_by(Member.id)
    return ", ".join(session.scalars(who.limit(NAMED_MOST)))


def last_decision(session: Session, subject: Any) -> Decision | None:
    """The newest verdict on this row."""
    mine = _mine(subject)
    return session.execute(select(Decision).where(*mine).order_by(Decision.round.desc()).limit(1)).scalar_one_or_none()


def took_part(session: Session, subject: Any) -> set[int]:
    """Whoever had a word in the last verdict: the one who gave it, and the first of two."""
    found = select(Decision.verdict, Decision.member_id).where(*_mine(subject)).order_by(Decision.round)
    said = session.execute(found).all()
    ends = [at for at, (verdict, _member) in enumerate(said) if verdict != Verdict.CONFIRM.value]
    return {member_id for _verdict, member_id in said[: ends[-1] + 1]} if ends else set()


def refuse_own(session: Session, actor: Actor, owner_id: int | None) -> None:
    """Refuse whoever would decide on his own, and say whom to ask."""
    if owner_id == actor.member_id:
        names = others(session, {actor.member_id})
        raise AskAnother(names=Name(names)) if names else NobodyElse()


def refuse_own_beside_others(session: Session, actor: Actor, owner_id: int) -> None:
    """Refuse whoever would decide on his own while others decide here too; whoever decides alone may."""
    if owner_id == actor.member_id and (names := others(session, {actor.member_id})):
        raise AskAnother(names=Name(names))


def _require(session: Session, action: str, actor: Actor, subject: Any) -> None:
    owner_id = subject.member_id if ACTIONS[action].ownership is Ownership.OTHERS else None
    try:
        require(action, actor, owner_id=owner_id)
    except YourOwn:
        refuse_own(session, actor, owner_id)


def _of_two(session: Session, actor: Actor, subject: Any, amount: Money, what: str | None) -> Verdict:
    """Approved, when another person has confirmed the same; else this is the first of two."""
    first = check_second(session, actor, subject, amount, what)
    return Verdict.CONFIRM if first is None else Verdict.APPROVE


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
