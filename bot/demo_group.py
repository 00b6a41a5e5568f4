"""The first sale that the demo's group reads of: published, approved and reserved by the real verbs, just now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from bot import seed_data as sample
from bot.seed import list_sale
from bot.seed_season import Season, order_paid
from core.catalog.models import Campaign
from core.config import Config
from core.db import Database
from core.members.models import Member
from core.members.person import who
from core.permissions import Actor

SELLER, BUYERS = sample.FARMS[2].farmer, sample.BUYERS[4:8]
SALE = sample.Sale("strawberry", "Sweet Charlie", Decimal(60), 360, 20, "Picked ripe, cooled at once")
MEMBERS = frozenset({sample.FARMS[0].farmer, *sample.BUYERS[1:8]})  # of the group, beside the buyer who founds it
AGO = timedelta(minutes=30)


def first_sale(database: Database, config: Config, people: Mapping[str, int], now: datetime) -> None:
    """One sale opens and four people reserve; each in a transaction of its own, as in life."""
    with database.writing() as session:
        season = _season(session, config.bot_id, people)
        sale_id = list_sale(season, SALE, config, now - AGO, now + timedelta(days=SALE.ready)).id
    for place, _buyer in enumerate(BUYERS):
        with database.writing() as session:
            season = _season(session, config.bot_id, people, place)
            order_paid(season, session.get_one(Campaign, sale_id), now - AGO + timedelta(minutes=3 * place + 3))


def _season(session: Session, bot_id: int, people: Mapping[str, int], place: int = 0) -> Season:
    def hand(name: str) -> Actor:
        person = who(session, bot_id, people[name])
        if person is None:
            raise LookupError(name)
        return person.actor

    buyer = session.get_one(Member, hand(BUYERS[place]).member_id)
    return Season(session, hand(SELLER), hand(sample.OPERATOR), hand(sample.COURIER), iter([buyer]))
