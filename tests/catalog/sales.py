"""Arranges drafts and open sales for tests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from core.catalog import drafts, form, publish
from core.catalog.models import Campaign
from core.messaging.models import Media
from core.money import Money
from core.permissions import Actor
from core.settings.service import put
from tests.members.people import NOW, an_operator

HARVEST = date(2026, 5, 15)


def open_shop(session: Session, currency: str = "INR") -> None:
    """Currency and time zone are chosen."""
    put(session, "currency", currency, by=None, now=NOW)
    put(session, "timezone", "Asia/Kolkata", by=None, now=NOW)


def a_photo(session: Session, owner_id: int | None = None) -> Media:
    """A picture."""
    media = Media(kind="photo", owner_id=owner_id, created_at=NOW)
    session.add(media)
    session.flush()
    return media


def a_draft(session: Session, actor: Actor, crop: str = "mango", *, now: datetime = NOW) -> Campaign:
    """A draft with quantity, price and date."""
    campaign = drafts.start_draft(session, actor, crop, now=now)
    form.set_quantity(session, actor, campaign, Decimal(200), now=now)
    form.set_price(session, actor, campaign, Money.of(120, campaign.currency), now=now)
    form.set_date(session, actor, campaign, HARVEST, now=now)
    return campaign


def a_sale(session: Session, actor: Actor, crop: str = "mango", *, now: datetime = NOW) -> Campaign:
    """An open sale."""
    campaign = a_draft(session, actor, crop, now=now)
    publish.publish(session, actor, campaign, now=now)
    publish.decide_listing(session, an_operator(session), campaign, verdict="approve", now=now)
    return campaign
