"""Buyers browse and search; the market costs the same few queries however full it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

from core.catalog import drafts, form, market, publish, queries, terms
from core.catalog.errors import TermExists
from core.db import Database
from core.errors import BadInput, NotAllowed, NotFound
from core.money import Money
from tests.catalog.sales import a_photo, a_sale, open_shop
from tests.kit.seasons import Filled
from tests.members.people import NOW, a_farmer, an_operator


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The SELECTs made inside the block."""
    seen: list[str] = []

    def note(*args: object) -> None:
        if str(args[2]).startswith("SELECT"):
            seen.append(str(args[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def _fill(farms: int, url: str, _folder: Path) -> None:
    database = Database(url)
    with database.writing() as session:
        open_shop(session)
        terms.ensure_categories(session)
        for number in range(1, farms + 1):
            actor, _ = a_farmer(session, number, f"Farmer{number}")
            for crop in ("mango", "tomato", "potato", "onion"):
                sale = a_sale(session, actor, crop)
                session.flush()
                publish.growing_photo(session, actor, sale, a_photo(session), now=NOW)
    database.dispose()


FILLS = {farms: partial(_fill, farms) for farms in (1, 2, 3)}
Stock = Callable[[int], None]


@pytest.fixture
def stock(filled: Filled, db_url: str, tmp_path: Path) -> Stock:
    """Have so many farms sell in this test's database, before it is opened."""
    return lambda farms: filled.copy(FILLS[farms], db_url, tmp_path)


def test_browsing_says_the_total_and_turns_pages_in_one_query(stock: Stock, database: Database) -> None:
    stock(3)
    with database.reading() as session, counting(database) as seen:
        first = market.market(session)
    assert (first.total, first.pages, len(first.lines)) == (12, 2, 8)
    assert len(seen) == 1
    with database.reading() as session:
        second = market.market(session, page=1)
        beyond = market.market(session, page=7)
    assert (beyond.total, beyond.lines) == (12, ())
    assert not {line.campaign_id for line in first.lines} & {line.campaign_id for line in second.lines}


def test_a_listing_card_takes_two_queries(stock: Stock, database: Database) -> None:
    stock(1)
    with database.reading() as session, counting(database) as seen:
        card = queries.listing(session, 1)
    assert len(seen) == 2
    assert (card.line.farm_name, card.line.place, card.points) == ("Farmer1's farm", "Hill village", 0)
    assert (card.line.price, card.line.left, card.deposit_percent) == (Money.of(120, "INR"), 200, 20)
    with database.reading() as session, pytest.raises(NotFound):
        queries.listing(session, 999)


@pytest.mark.parametrize(
    ("words", "total"),
    [
        ("mango", 2), ("MANGO", 2), ("mang farmer1", 1), ("Alphonso", 2), ("farmer2", 4), ("перец", 0), ("ÄPFEL", 1),
        ("%", 0), ("_", 0), ("'; DROP TABLE campaign; --", 0), ("mango tomato", 0), ("  ", 8),
    ],
)  # fmt: skip
def test_each_word_must_occur_in_the_listing_its_crop_or_its_farm(
    stock: Stock, database: Database, words: str, total: int
) -> None:
    stock(2)
    with database.writing() as session:
        sale = queries.campaign(session, 4)
        sale.title = "Zwiebeln und Äpfel"
        sale.search = publish.search_text(sale)
    with database.reading() as session:
        assert market.market(session, words=words).total == total


def test_people_browse_by_category_and_region(stock: Stock, database: Database) -> None:
    stock(2)
    with database.reading() as session:
        offered = {name: (term_id, count) for term_id, name, count in market.categories_on_sale(session)}
        assert offered["fruit"][1] == 2
        assert market.market(session, category=offered["fruit"][0]).total == 2
        assert market.regions_on_sale(session) == [("Hill village", 8)]
        assert market.market(session, region="Hill village").total == 8
        assert market.market(session, region="Elsewhere").total == 0


def test_similar_sales_put_the_same_crop_first(stock: Stock, database: Database) -> None:
    stock(2)
    with database.reading() as session:
        found = queries.similar(session, queries.campaign(session, 2))  # farm 1's tomatoes
        assert found[0].crop == "tomato"
        assert found[0].campaign_id != 2


def test_a_farms_sales_are_listed_newest_first(stock: Stock, database: Database) -> None:
    stock(1)
    with database.writing() as session:
        actor, farm = a_farmer(session, 1)
        draft = drafts.start_draft(session, actor, "garlic", now=NOW)
        assert queries.farm_campaigns(session, farm.id)[0].crop == "garlic"
        assert [line.campaign_id for line in queries.drafts_of(session, farm.id)] == [draft.id]
        assert len(queries.farm_campaigns(session, farm.id, states=("open",))) == 4


def test_staff_keep_the_product_configuration(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        terms.ensure_categories(session)
        terms.ensure_categories(session)
        actor, _ = a_farmer(session, 1)
        staff = an_operator(session)
        names = [each.name for each in terms.terms(session, "category")]
        assert len(names) == len(set(names)) == 12
        added = terms.add_term(session, staff, "category", " Honey\u202e ")
        with pytest.raises(TermExists):
            terms.add_term(session, staff, "category", "Honey")
        with pytest.raises(BadInput):
            terms.add_term(session, staff, "category", "\u200b")
        with pytest.raises(NotAllowed):
            terms.add_term(session, actor, "category", "Mine")
        terms.rename_term(session, staff, added, "Honey and wax")
        terms.order_terms(session, staff, "category", [added.id])
        assert terms.terms(session, "category")[0].name == "Honey and wax"
        draft = drafts.start_draft(session, actor, "mango", now=NOW)
        with pytest.raises(BadInput):
            form.set_term(session, actor, draft, "brand", added, now=NOW)
