"""The market of a crash test, made by the real verbs before any process starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import make_database
from bot.first_start import prepare
from core.catalog import drafts, form, publish
from core.catalog.terms import ensure_categories
from core.config import BotFacts, Config
from core.db import Database
from core.members import farms
from core.members import service as members
from core.members.models import Identity
from core.members.queries import member
from core.members.service import actor_of
from core.money import Money
from core.payments import service as payments
from core.payments.service import MethodDetails
from core.permissions import Role
from core.settings import service as settings
from tests.crash.parts import PROVIDER_TOKEN, TOKEN

OWNER, FARMER = 777_001, 777_002
BOT = 123456


def market(
    url: str, api_url: str, folder: Path, crop: str = "mango", zone: str = "Asia/Kolkata"
) -> tuple[Database, int]:
    """An open sale of 2,000 kg that messenger invoices pay; the database and the sale's id."""
    config = Config(
        _env_file=None, bot_token=TOKEN, bot_api_url=api_url, database_url=url, data_dir=folder, owner_ids=(OWNER,),  # type: ignore[call-arg] # pydantic-settings takes it
        currency="INR", timezone=zone, payment_provider_token=PROVIDER_TOKEN,
    )  # fmt: skip
    database, now = make_database(config), datetime.now(UTC)
    facts = BotFacts(BOT, "farmgate_bot", config.media_dir, has_invoices=True)
    prepare(database, config, facts, now)
    payments.allow("messenger_invoice")
    with database.writing() as session:
        settings.put(session, "region", "IN", by=None, now=now)
        owner, farmer = (_arrived(session, user, now) for user in (OWNER, FARMER))
        members.hold_role(session, member(session, owner), Role.OPERATOR, now=now)
        details = MethodDetails("messenger_invoice", enabled=True)
        payments.set_method(session, actor_of(session, owner), "messenger_invoice", details=details, now=now)
        _farm(session, owner, farmer, now)
        sale = _sale(session, owner, farmer, crop, now)
    return database, sale


@dataclass(frozen=True)
class Terms:
    """How much is sold and when it is ready; `fields` are what a farmer fills in behind ⋯ More."""

    quantity: int = 2000
    days: int = 14
    fields: Mapping[str, Any] = field(default_factory=dict)


def another_sale(database: Database, number: int, terms: Terms = Terms()) -> tuple[int, int]:
    """A further approved farmer with an open sale: (messenger id, the sale's id)."""
    now, user = datetime.now(UTC), 800_000 + number
    with database.writing() as session:
        owner = session.scalars(select(Identity.member_id).where(Identity.user_id == OWNER)).one()
        farmer = _arrived(session, user, now)
        _farm(session, owner, farmer, now)
        return user, _sale(session, owner, farmer, "mango", now, terms)


def _arrived(session: Session, user: int, now: datetime) -> int:
    made = members.arrive(
        session, bot_id=BOT, user_id=user, chat_id=user, first_name=f"Person {user}", language_tag="en", now=now
    )
    members.choose_language(session, made.member, "en", now=now)
    return int(made.member.id)


def _farm(session: Session, owner: int, farmer: int, now: datetime) -> None:
    grower = member(session, farmer)
    members.agree(session, grower, now=now)
    made = farms.be_farmer(session, grower, place="Ratnagiri", region="Konkan", main_crop="mango", now=now)
    ensure_categories(session)
    farms.decide_farm(session, actor_of(session, owner), made, verdict="approve", now=now)


def _sale(
    session: Session, owner: int, farmer: int, crop: str, now: datetime, terms: Terms = Terms()
) -> int:  # fmt: skip
    actor = actor_of(session, farmer)
    draft = drafts.start_draft(session, actor, crop, now=now)
    form.set_quantity(session, actor, draft, Decimal(terms.quantity), now=now)
    form.set_price(session, actor, draft, Money.of(240, "INR"), now=now)
    form.set_date(session, actor, draft, now.date() + timedelta(days=terms.days), now=now)
    form.set_delivers(session, actor, draft, True, now=now)
    form.set_delivery_fee(session, actor, draft, Money.of(40, "INR"), now=now)
    form.set_text(session, actor, draft, "title", "Alphonso", now=now)
    for name, value in terms.fields.items():
        setattr(draft, name, value)
    publish.publish(session, actor, draft, now=now)
    publish.decide_listing(session, actor_of(session, owner), draft, verdict="approve", now=now)
    return int(draft.id)
