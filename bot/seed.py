"""Fills an empty database with the sample market, by the real verbs under a past clock, so that the ledger verifies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import seed_data as sample
from bot.seed_data import SampleFarm
from bot.seed_pictures import picture
from bot.seed_season import Season, play_past, reserve_some
from core import sealing
from core.catalog import drafts, form, publish
from core.catalog.models import Campaign
from core.catalog.terms import ensure_categories
from core.clock import SystemClock
from core.config import Config
from core.db import Database
from core.members import farms, service
from core.members.models import Farm, Member
from core.messaging import media
from core.messaging.keeping import keep
from core.messaging.models import Media
from core.money import Money
from core.payments import service as payments
from core.payments.service import MethodDetails
from core.permissions import Role
from core.settings import service as settings

CURRENCY, REGION, ZONE = "INR", "IN", "Asia/Kolkata"
SEASON_AGO = timedelta(days=60)


class NotEmpty(Exception):
    """The database already has members."""


@dataclass
class Seeded:
    """Who is who in the sample market: member and user ids by name."""

    users: dict[str, int] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    farms: dict[str, Farm] = field(default_factory=dict)


def seed_database(config: Config, now: datetime | None = None) -> str:
    """Seed the configured database. Says what was made, or that it was not empty."""
    sealing.use(config.keys)
    database = Database(config.url)  # without notices: nobody is told of last season
    try:
        made = seed(database, config, now or SystemClock().now())
    except NotEmpty:
        return "The database already has members; nothing was seeded."
    finally:
        database.dispose()
    return f"Seeded {len(made.farms)} farms, {len(made.members)} members and last season's reviews."


def seed(
    database: Database, config: Config, now: datetime, *, language: str = "en",
    told: Callable[[str], None] = lambda _line: None,
) -> Seeded:  # fmt: skip
    """The market as of `now`; everybody speaks `language`; `told` hears how far it is. Raises NotEmpty."""
    past = now - SEASON_AGO
    payments.allow("sandbox")
    with database.writing() as session:
        if session.execute(select(func.count()).select_from(Member)).scalar_one():
            raise NotEmpty
        _settings(session, past)
        told("The market is being prepared: people arrive ...")
        made = _people(session, config.bot_id, language, past)
        _methods(session, made, past)
    for number, sample_farm in enumerate(sample.FARMS, 1):
        told(f"The market is being prepared: {sample_farm.store}, farm {number} of {len(sample.FARMS)} ...")
        with database.writing() as session:
            _farm(session, sample_farm, made, past)
            _season(session, sample_farm, made, config, now)
    return made


def _settings(session: Session, now: datetime) -> None:
    for name, value in (
        ("currency", CURRENCY), ("region", REGION), ("timezone", ZONE), ("shop_name", "Sahyadri Growers"),
        ("delivery_fee_usual", "4000"),
    ):  # fmt: skip
        settings.put(session, name, value, by=None, now=now)
    ensure_categories(session)


def _people(session: Session, bot_id: int, language: str, now: datetime) -> Seeded:
    made, ids = Seeded(), count(sample.FIRST_USER)
    roles = {sample.OWNER: Role.OWNER, sample.OPERATOR: Role.OPERATOR, sample.COURIER: Role.COURIER}
    for name in (*roles, *(farm.farmer for farm in sample.FARMS), *sample.BUYERS):
        user_id = next(ids)
        member = service.arrive(
            session, bot_id=bot_id, user_id=user_id, chat_id=user_id, first_name=name, language_tag=language, now=now
        ).member
        service.choose_language(session, member, language, now=now)
        service.agree(session, member, now=now)
        role = roles.get(name, Role.CONSUMER)
        service.hold_role(session, member, role, now=now)
        service.switch_home(session, member, role)
        made.users[name], made.members[name] = user_id, member
    session.flush()
    return made


def _methods(session: Session, made: Seeded, now: datetime) -> None:
    owner = service.actor_of(session, made.members[sample.OWNER].id)
    transfer = MethodDetails("UPI", "sahyadri@upi", "Send the sum by UPI and photograph the receipt.")
    payments.set_method(session, owner, "transfer", details=transfer, now=now)
    payments.set_method(session, owner, "cash", details=MethodDetails("Cash"), now=now)


def _farm(session: Session, sample_farm: SampleFarm, made: Seeded, now: datetime) -> None:
    member = session.merge(made.members[sample_farm.farmer])
    farm = farms.be_farmer(
        session, member, place=sample_farm.place, latitude=sample_farm.latitude, longitude=sample_farm.longitude,
        main_crop=sample_farm.open[0].crop, now=now,
    )  # fmt: skip
    operator = service.actor_of(session, made.members[sample.OPERATOR].id)
    farms.decide_farm(session, operator, farm, verdict="approve", now=now)
    farms.rename_store(session, service.actor_of(session, member.id), farm, sample_farm.store)
    session.flush()
    made.farms[sample_farm.farmer] = farm


def _season(session: Session, sample_farm: SampleFarm, made: Seeded, config: Config, now: datetime) -> None:
    season = Season(
        session, service.actor_of(session, made.members[sample_farm.farmer].id),
        service.actor_of(session, made.members[sample.OPERATOR].id),
        service.actor_of(session, made.members[sample.COURIER].id), _buyers(session, made),
    )  # fmt: skip
    last = sample_farm.past
    sold = list_sale(season, last, config, now + timedelta(days=last.ready - 21), now + timedelta(days=last.ready))
    play_past(season, sold, now + timedelta(days=last.ready - 20), now + timedelta(days=last.ready), made.farms)
    for position, sale in enumerate(sample_farm.open):
        opened = now - timedelta(days=4 + position)
        campaign = list_sale(season, sale, config, opened, now + timedelta(days=sale.ready))
        reserve_some(season, campaign, opened + timedelta(hours=3))


def _buyers(session: Session, made: Seeded) -> Iterator[Member]:
    while True:
        for name in sample.BUYERS:
            yield session.merge(made.members[name], load=False)


def list_sale(season: Season, sale: sample.Sale, config: Config, at: datetime, ready: datetime) -> Campaign:
    """One sale published and approved at `at`."""
    session, farmer = season.session, season.farmer
    campaign = drafts.start_draft(session, farmer, sale.crop, now=at)
    form.set_quantity(session, farmer, campaign, sale.quantity, now=at)
    form.set_price(session, farmer, campaign, Money.of(Decimal(sale.price), CURRENCY), now=at)
    form.set_date(session, farmer, campaign, ready.date(), now=at)
    for name, text in (("title", sale.title), ("subtitle", sale.subtitle), ("description", sale.description)):
        if text:
            form.set_text(session, farmer, campaign, name, text, now=at)
    form.set_text(session, farmer, campaign, "pickup_place", "Co-op yard, gate 2", now=at)
    photo = Media(kind="photo", owner_id=farmer.member_id, created_at=at)
    session.add(photo)
    session.flush()
    media.note_kept(photo, keep("photo", picture(sale.crop), config.media_dir))
    drafts.add_photo(session, farmer, campaign, photo, now=at)
    publish.publish(session, farmer, campaign, now=at)
    publish.decide_listing(session, season.operator, campaign, verdict="approve", now=at)
    session.flush()
    return campaign
