"""Whoever reaches for what is another's reads that it does not exist, and stands in the audit log, once."""

from __future__ import annotations

from sqlalchemy import select

from core import audit
from core.audit import REFUSED, AuditEntry
from core.audit_check import broken
from core.catalog.models import Campaign
from core.db import Database
from core.money import Money
from tests.kit.shop import Shop, shop
from tests.orders.market import NOW
from tests.stories.farming import grower, on_sale
from tests.stories.market import member_id

__all__ = ["shop"]
NO_SUCH = 9999


def _attempts(shop: Shop) -> list[tuple[int | None, int, str]]:
    with shop.database.reading() as session:
        rows = session.execute(select(AuditEntry).where(AuditEntry.action == REFUSED).order_by(AuditEntry.id)).scalars()
        return [(row.actor_id, row.subject_id, row.data) for row in rows]


def test_a_buyer_who_edits_a_farmers_listing_finds_nothing_and_is_audited(shop: Shop) -> None:
    sale_id = on_sale(shop, grower(shop))
    mallory = shop.buyer("Mallory")
    here = mallory.newest()["message_id"]
    told = []
    for thing in (sale_id, NO_SUCH, sale_id):
        mallory.taps_stale(here, f"fask:{thing}:1:price")
        told.append(mallory.sees_toast())
    assert told == ["I cannot find that. It may have ended."] * 3
    shop.settles()
    assert _attempts(shop) == [(member_id(shop, mallory), sale_id, '{"name": "campaign.edit"}')]
    with shop.database.reading() as session:
        assert session.get_one(Campaign, sale_id).price == Money.of(120, "INR")


def test_a_flood_of_attempts_does_not_fill_the_log_and_the_chain_holds(database: Database) -> None:
    for thing in range(60):
        with database.writing() as session:
            audit.reached_for_anothers(session, "order.cancel", thing // 2, actor_id=7, now=NOW)
    with database.writing() as session:
        audit.reached_for_anothers(session, "order.cancel", 1, actor_id=8, now=NOW)
    with database.reading() as session:
        told = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == REFUSED)).all()
        assert list(told) == [7] * audit.ATTEMPTS_MOST + [8]
        assert broken(session) == []
