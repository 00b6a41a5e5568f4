"""One-time links: 256 random bits, stored hashed, spent by the first who opens them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.errors import Refusal
from core.members.models import Claim, Identity, Member, MemberRole
from core.members.service import hold_role
from core.permissions import Role

OWNER_LINK_DAYS = 7
_ROLES = {"owner": Role.OWNER, "operator": Role.OPERATOR, "courier": Role.COURIER}


class Purpose(StrEnum):
    """What a link is good for."""

    OWNER = "owner"
    OPERATOR = "operator"
    COURIER = "courier"


class LinkEnded(Refusal):
    """This link has ended. Ask for a new one."""


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def new_token() -> str:
    """43 letters that fit a deep link."""
    return secrets.token_urlsafe(32)


def make_claim(
    session: Session, purpose: Purpose, subject_id: int | None = None, expires_at: datetime | None = None, *,
    now: datetime,
) -> str:  # fmt: skip
    """A new one-time link's token; it is shown once and not kept."""
    token = new_token()
    session.add(
        Claim(
            token_sha256=token_hash(token), purpose=purpose.value, subject_id=subject_id, expires_at=expires_at,
            created_at=now,
        )
    )  # fmt: skip
    session.flush()
    return token


def use_claim(session: Session, token: str, member: Member, *, now: datetime) -> Claim:
    """Spend a link: the member gets the role it stands for. Raises LinkEnded for an unknown, used or old one.

    The member who spent it may open it again (a double tap), with no further effect.
    """
    found = select(Claim).where(Claim.token_sha256 == token_hash(token)).with_for_update()
    claim = session.execute(found).scalar_one_or_none()
    if claim is None:
        raise LinkEnded
    if claim.used_by == member.id:
        return claim
    if claim.used_at is not None or (claim.expires_at is not None and claim.expires_at <= now):
        raise LinkEnded
    claim.used_by, claim.used_at = member.id, now
    role = _ROLES[claim.purpose]
    hold_role(session, member, role, now=now)
    if role is not Role.COURIER or member.home is None:
        member.home = role.value
    session.flush()
    return claim


def ensure_owners(session: Session, bot_id: int, owner_user_ids: Sequence[int], now: datetime) -> bool:
    """Make the accounts named in the settings owners; whether the shop has an owner now.

    Accounts that never wrote are marked unreachable: a bot cannot speak first.
    """
    for user_id in owner_user_ids:
        found = select(Member).join(Identity).where(Identity.bot_id == bot_id, Identity.user_id == user_id)
        member = session.execute(found).scalar_one_or_none() or _expected(session, bot_id, user_id, now)
        if hold_role(session, member, Role.OWNER, now=now):
            member.home = Role.OWNER.value
    owners = select(func.count()).select_from(MemberRole).where(MemberRole.role == Role.OWNER.value)
    return session.execute(owners).scalar_one() > 0


def owner_link(session: Session, now: datetime) -> str:
    """A fresh token that makes whoever opens it the owner; earlier unused ones end."""
    session.execute(
        update(Claim).where(Claim.purpose == Purpose.OWNER.value, Claim.used_at.is_(None)).values(expires_at=now)
    )
    return make_claim(session, Purpose.OWNER, expires_at=now + timedelta(days=OWNER_LINK_DAYS), now=now)


def _expected(session: Session, bot_id: int, user_id: int, now: datetime) -> Member:
    member = Member(name="", created_at=now)  # named when they arrive
    session.add(member)
    session.flush()
    hold_role(session, member, Role.CONSUMER, now=now)
    session.add(Identity(bot_id=bot_id, user_id=user_id, chat_id=user_id, member_id=member.id, unreachable_at=now))
    session.flush()
    return member
