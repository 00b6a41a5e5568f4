"""Arranges members and farms for the tests of the slices."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from core.members import farms, service
from core.members.models import Farm, Member
from core.permissions import Actor, Role

BOT = 1
NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


def arrive(session: Session, user_id: int, name: str = "Asha", *, now: datetime = NOW, **said: Any) -> service.Arrival:
    """Somebody writes to the bot."""
    return service.arrive(session, bot_id=BOT, user_id=user_id, chat_id=user_id, first_name=name, now=now, **said)


def a_farmer(session: Session, user_id: int, name: str = "Asha", *, approved: bool = True) -> tuple[Actor, Farm]:
    """A farmer who agreed to the rules, with a farm."""
    member = arrive(session, user_id, name).member
    service.agree(session, member, now=NOW)
    farm = farms.be_farmer(session, member, place="Hill village", main_crop="mango", now=NOW)
    if approved and farm.state == "pending":
        farms.decide_farm(session, an_operator(session), farm, verdict="approve", now=NOW)
    return service.actor_of(session, member.id), farm


def an_operator(session: Session, user_id: int = 900, name: str = "Olu") -> Actor:
    """Staff."""
    return with_role(session, user_id, Role.OPERATOR, name)


def with_role(session: Session, user_id: int, role: Role, name: str = "Olu") -> Actor:
    """Somebody with a role."""
    member: Member = arrive(session, user_id, name).member
    service.hold_role(session, member, role, now=NOW)
    return service.actor_of(session, member.id)
