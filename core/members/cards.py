"""Reads of one member for staff: who it is, the roles held, how to reach them, and their farm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.members import queries
from core.members.models import Farm, Identity, Member
from core.members.service import actor_of
from core.permissions import Actor, Role, require


@dataclass(frozen=True)
class MemberCard:
    """Everything staff sees of a member."""

    member_id: int
    name: str
    kind: str
    phone: str | None
    username: str | None
    language: str | None
    roles: frozenset[Role]
    since: datetime
    agreed_version: str | None
    agreed_at: datetime | None
    licence_media_id: int | None
    farm: Farm | None
    unreachable: bool


def member_card(session: Session, actor: Actor, member_id: int) -> MemberCard:
    """The card of one member, for staff. Raises NotAllowed, NotFound."""
    require("queue.see", actor)
    return about(session, member_id)


def about(session: Session, member_id: int) -> MemberCard:
    """The same, for notices to staff and for the member's own privacy page."""
    member = queries.member(session, member_id)
    accounts = session.scalars(select(Identity).where(Identity.member_id == member_id).order_by(Identity.id)).all()
    return MemberCard(
        member_id=member_id, name=member.name, kind=member.kind, phone=member.phone,
        username=next((one.username for one in accounts if one.username), None), language=member.language,
        roles=actor_of(session, member_id).roles, since=member.created_at, agreed_version=member.agreed_version,
        agreed_at=member.agreed_at, licence_media_id=member.licence_media_id,
        farm=session.execute(select(Farm).where(Farm.member_id == member_id)).scalar_one_or_none(),
        unreachable=bool(accounts) and all(one.unreachable_at is not None for one in accounts),
    )  # fmt: skip


def phones(session: Session, member_ids: set[int]) -> dict[int, str | None]:
    """Phone numbers of members: for the call list."""
    found = select(Member).where(Member.id.in_(member_ids))
    return {member.id: member.phone for member in session.scalars(found)}


def name_of_chat(session: Session, chat_id: int) -> str | None:
    """Whose private chat this is."""
    found = select(Member.name).join(Identity).where(Identity.chat_id == chat_id).limit(1)
    return session.execute(found).scalar_one_or_none()
