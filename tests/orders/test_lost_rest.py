"""A harvest is lost while sales of its rest go on: nobody waits in a circle, and nobody takes what may be gone."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal
from threading import Event

import pytest
from sqlalchemy.orm import Session

from core.catalog import publish
from core.catalog.models import Campaign
from core.db import Database
from core.orders.cancel import call_off, cancel, crop_lost
from core.orders.errors import SaleClosed
from core.orders.flow import locked_campaign
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.waiting import join, take
from core.verify import broken
from tests.orders.market import Market, open_market
from tests.orders.test_lock_order import AWHILE, at_once
from tests.orders.test_rest import crop, opened, rest


def lost_with_its_rest(market: Market) -> tuple[Campaign, Campaign]:
    """A harvested sale that still has an order, and a sale of its rest; the same buyer paid in both."""
    session, buyer = market.session, market.buyer()
    sale = crop(market, 5)
    draft = opened(market, rest(market, sale))
    order = reserve(session, buyer, draft, Decimal(5), now=market.now)
    start_payment(session, buyer, order, "sandbox", now=market.now)
    sale.state, sale.closes_at = "open", market.now + timedelta(days=9)
    session.flush()
    earlier = reserve(session, buyer, sale, Decimal(5), now=market.now)
    start_payment(session, buyer, earlier, "sandbox", now=market.now)
    earlier.state, earlier.allocated, sale.state = "ready", earlier.quantity, "allocated"
    return sale, draft


def test_a_lost_harvest_locks_its_rests_before_anybodys_wallet(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale, draft = lost_with_its_rest(market)
        sale_id, rest_id, now = sale.id, draft.id, market.now
    held = Event()

    def loses(session: Session) -> None:
        assert database.is_sqlite or held.wait(5)
        crop_lost(session, market.farmer, session.get_one(Campaign, sale_id), "rain", now=now)

    def calls_off(session: Session) -> None:
        locked_campaign(session, rest_id)
        held.set()
        time.sleep(AWHILE)
        call_off(session, market.operator, session.get_one(Campaign, rest_id), why="Spoilt", now=now)

    assert at_once(database, loses, calls_off) == ["done", "done"]
    with database.reading() as session:
        states = [session.get_one(Campaign, one).state for one in (sale_id, rest_id)]
        assert (states, broken(session)) == (["crop_failed", "cancelled"], [])


def test_an_offer_of_a_rest_whose_harvest_is_lost_waits_until_the_farmer_goes_on(market: Market) -> None:
    first, ana = market.buyer("First"), market.buyer("Ana")
    sale = crop(market)
    draft = opened(market, rest(market, sale))
    order = reserve(market.session, first, draft, draft.capacity, now=market.now)
    place = join(market.session, ana, draft, Decimal(5), now=market.now)
    cancel(market.session, first, order, now=market.now)
    assert place.state == "offered"
    sale.state = "allocated"
    crop_lost(market.session, market.farmer, sale, "rain", now=market.now)
    with pytest.raises(SaleClosed):
        take(market.session, ana, place, now=market.now)
    assert place.state == "offered"
    publish.resume(market.session, market.farmer, draft, now=market.now)
    assert take(market.session, ana, place, now=market.now).campaign_id == draft.id
