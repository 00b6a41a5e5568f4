"""Invitations: one-time links that make whoever opens them first an operator or a courier."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.members.claims import Purpose, make_claim
from core.permissions import Actor, require

LINK_DAYS = 7


def invite_operator(session: Session, actor: Actor, *, now: datetime) -> str:
    """A token for one new operator, good for a week; for the owner. Raises NotAllowed."""
    require("role.grant", actor)
    return make_claim(session, Purpose.OPERATOR, expires_at=now + timedelta(days=LINK_DAYS), now=now)


def invite_courier(session: Session, actor: Actor, *, now: datetime) -> str:
    """A token for one new courier, good for a week; for staff. Raises NotAllowed."""
    require("queue.see", actor)
    return make_claim(session, Purpose.COURIER, expires_at=now + timedelta(days=LINK_DAYS), now=now)
