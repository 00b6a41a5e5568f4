"""Reads of members: staff, who waits for a decision, and whom a message can reach."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, false, func, select
from sqlalchemy.orm import Session, aliased

from core import sealing
from core.errors import NotFound
from core.members.models import Farm, Identity, Member, MemberRole
from core.permissions import STAFF, Role

PAGE = 10


@dataclass(frozen=True)
class Reach:
    """One way to a member: the bot and chat, and how to speak there."""

    member_id: int
    name: str
    bot_id: int
    user_id: int
    chat_id: int
    language: str | None
    language_tag: str | None
    timezone: str | None
    muted_classes: str
    home: str | None


@dataclass(frozen=True)
class Waiting:
    """A queue: how many wait, and since when the oldest does."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class MemberLine:
    """One line of the list of members."""

    member_id: int
    name: str
    kind: str
    roles: frozenset[Role]
    farm_id: int | None
    store_name: str | None
    farm_state: str | None
    since: datetime


@dataclass(frozen=True)
class MemberPage:
    """A page of the list of members, and how many there are in all."""

    lines: tuple[MemberLine, ...]
    total: int


_REACH = (
    Member.id.label("member_id"), Member.name, Identity.bot_id, Identity.user_id, Identity.chat_id, Member.language,
    Identity.language_tag, Member.timezone, Member.muted_classes, Member.home,
)  # fmt: skip
_THESE = (  # made once, as is the one below: every notice asks one of them
    select(*_REACH).join(Identity)
    .where(Member.id.in_(bindparam("members", expanding=True)), Identity.unreachable_at.is_(None))
    .order_by(Member.id, Identity.id)
)  # fmt: skip
_THESE_HERE = _THESE.where(Identity.bot_id == bindparam("bot"))


_other = aliased(Identity)
_LOST = (  # members with accounts, all of which refuse us
    select(Identity.member_id).distinct().where(
        Identity.unreachable_at.is_not(None),
        ~exists().where(_other.member_id == Identity.member_id, _other.unreachable_at.is_(None)),
    )
)  # fmt: skip


def member(session: Session, member_id: int) -> Member:
    """The member with this id."""
    found = session.get(Member, member_id)
    if found is None:
        raise NotFound
    return found


def farm(session: Session, farm_id: int) -> Farm:
    """The farm with this id."""
    found = session.get(Farm, farm_id)
    if found is None:
        raise NotFound
    return found


def farm_of_member(session: Session, member_id: int) -> Farm | None:
    """The farm a member sells from."""
    return session.execute(select(Farm).where(Farm.member_id == member_id)).scalar_one_or_none()


def reach(session: Session, member_id: int, *, bot_id: int | None = None) -> list[Reach]:
    """Accounts that a message to this member can reach; none: the call list."""
    return reach_many(session, [member_id], bot_id=bot_id)


def reach_many(session: Session, member_ids: Collection[int], *, bot_id: int | None = None) -> list[Reach]:
    """Like `reach`, for several members in one query."""
    wanted = _THESE if bot_id is None else _THESE_HERE
    found = session.execute(wanted, {"members": list(member_ids), **({} if bot_id is None else {"bot": bot_id})})
    return [Reach(**row) for row in found.mappings()]


def staff(session: Session, roles: Collection[Role] = STAFF) -> list[int]:
    """Ids of the members who hold any of these roles."""
    found = select(MemberRole.member_id).where(MemberRole.role.in_([role.value for role in roles]))
    return list(session.execute(found.distinct().order_by(MemberRole.member_id)).scalars())


def operators(session: Session, *, bot_id: int | None = None) -> list[Reach]:
    """Accounts of everybody who decides: operators and owners."""
    return reach_many(session, staff(session), bot_id=bot_id)


def couriers(session: Session, *, limit: int = PAGE, skip: int = 0) -> list[tuple[int, str]]:
    """Ids and names of the couriers, a page at a time."""
    found = select(Member.id, Member.name).join(MemberRole).where(MemberRole.role == Role.COURIER.value)
    paged = found.order_by(Member.id).limit(limit).offset(skip)
    return [(row.id, row.name) for row in session.execute(paged)]


def is_courier(session: Session, member_id: int) -> bool:
    held = select(MemberRole.id).where(MemberRole.member_id == member_id, MemberRole.role == Role.COURIER.value)
    return session.execute(held).first() is not None


def farms_waiting(session: Session) -> Waiting:
    """How many farms wait for a decision."""
    found = select(func.count(), func.min(Farm.created_at)).where(Farm.state == "pending")
    count, oldest = session.execute(found).one()
    return Waiting(count, oldest)


def farms_to_review(session: Session, *, limit: int = PAGE) -> list[Farm]:
    """Farms that wait for a decision, the oldest first."""
    return list(session.execute(select(Farm).where(Farm.state == "pending").order_by(Farm.id).limit(limit)).scalars())


def unreachable(session: Session, *, limit: int = PAGE, skip: int = 0) -> list[tuple[int, str, str | None]]:
    """The call list: id, name and phone of members none of whose accounts can be reached, a page at a time."""
    found = select(Member).where(Member.id.in_(_LOST)).order_by(Member.id).limit(limit).offset(skip)
    return [(member.id, member.name, member.phone) for member in session.scalars(found)]


def unreachable_count(session: Session) -> int:
    """How long the call list of `unreachable` is."""
    return session.execute(select(func.count()).select_from(_LOST.subquery())).scalar_one()


def members(session: Session, *, role: Role | None = None, words: str = "", page: int = 0) -> MemberPage:
    """A page of members, the newest first, of one role or all, whose name or store holds `words`."""
    picked = select(Member.id).outerjoin(Farm)
    if role is not None:
        picked = picked.join(MemberRole).where(MemberRole.role == role.value)
    if words:
        named = Member.name.icontains(words, autoescape=True)
        numbered = Member.phone_mark.in_(sealing.marks(number)) if (number := _number(words)) else false()
        picked = picked.where(named | Farm.store_name.icontains(words, autoescape=True) | numbered)
    total = session.execute(select(func.count()).select_from(picked.subquery())).scalar_one()
    ids = session.execute(picked.order_by(Member.id.desc()).limit(PAGE).offset(page * PAGE)).scalars().all()
    return MemberPage(_lines(session, ids), total)


def _number(words: str) -> str | None:
    """The telephone number that was typed in full, as it is kept; None for other words."""
    digits = re.sub(r"[\s().-]", "", words).removeprefix("+")
    return f"+{digits}" if digits.isascii() and digits.isdecimal() and len(digits) > 6 else None


def _lines(session: Session, ids: Collection[int]) -> tuple[MemberLine, ...]:
    held = select(MemberRole.member_id, MemberRole.role).where(MemberRole.member_id.in_(ids))
    roles: dict[int, set[Role]] = {member_id: set() for member_id in ids}
    for member_id, role in session.execute(held):
        roles[member_id].add(Role(role))
    found = select(
        Member.id, Member.name, Member.kind, Farm.id.label("farm_id"), Farm.store_name, Farm.state, Member.created_at
    )
    rows = session.execute(found.outerjoin(Farm).where(Member.id.in_(ids)).order_by(Member.id.desc()))
    return tuple(
        MemberLine(row.id, row.name, row.kind, frozenset(roles[row.id]), row.farm_id, row.store_name, row.state,
                   row.created_at)
        for row in rows
    )  # fmt: skip
