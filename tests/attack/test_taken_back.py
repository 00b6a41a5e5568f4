"""A sale that was reserved from, given up and taken back can be thrown away."""

from __future__ import annotations

from decimal import Decimal

from core.catalog import drafts, publish
from core.catalog.models import Campaign
from core.db import Database
from core.orders.cancel import cancel
from core.orders.models import Order
from core.orders.reserve import reserve
from tests.orders.market import NOW, open_market


def test_a_draft_that_somebody_had_reserved_from_can_be_deleted(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale = market.sale(published_at=NOW)
        asha = market.buyer()
        order = reserve(session, asha, sale, Decimal(5), now=NOW)
        cancel(session, asha, order, now=NOW)
        publish.undo(session, market.farmer, sale, now=NOW)
        drafts.discard(session, market.farmer, sale)
        session.flush()
        kept = session.get_one(Campaign, order.campaign_id)
        assert session.get_one(Order, order.id).campaign_id == kept.id  # the buyer's order still has its sale
        assert kept.state == "cancelled"


def test_a_draft_of_nobodys_is_gone(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale = market.sale(published_at=NOW)
        publish.undo(session, market.farmer, sale, now=NOW)
        drafts.discard(session, market.farmer, sale)
        assert session.get(Campaign, sale.id) is None
