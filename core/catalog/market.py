"""The market: open sales by category, region and words; each shape of search has its statement, made once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, or_, select
from sqlalchemy.orm import Session

from core.catalog.lines import FARM, SALE, CampaignLine, lines_of, select_lines
from core.catalog.models import Term
from core.prepared import Prepared

PAGE = 8
REGIONS_PAGE = 24
CATEGORIES_MOST = 60
WORDS_MOST = 6
_TERM = cast("Table", Term.__table__)


@dataclass(frozen=True)
class MarketPage:
    """A page of the market, and how many sales match in all."""

    lines: tuple[CampaignLine, ...]
    total: int
    page: int
    pages: int


def market(
    session: Session, *, category: int | None = None, region: str | None = None, words: str = "", page: int = 0
) -> MarketPage:
    """Open sales, recommended and ranked ones first; each word must occur in its text or its farm's name."""
    looked_for = words.split()[:WORDS_MOST]
    chosen = {"category": category, "region": region or None}
    given: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    given["skipped"] = page * PAGE
    for at, word in enumerate(looked_for):
        given[f"word{at}"], given[f"name{at}"] = _pattern(word.casefold()), _pattern(word)
    found = _page(category is not None, bool(region), len(looked_for)).rows(session, given)
    if not found and page:  # past the end: how many there are stands with the first page
        total = market(session, category=category, region=region, words=words).total
    else:
        total = found[0].total if found else 0
    return MarketPage(lines_of(found), total, page, -(-total // PAGE))


def line_on_sale(session: Session, campaign_id: int) -> CampaignLine | None:
    """This sale, if it is open."""
    return next(iter(lines_of(_ONE.rows(session, {"campaign": campaign_id}))), None)


def categories_on_sale(session: Session) -> list[tuple[int, str, int]]:
    """Categories with open sales: id, name, how many; staff keeps their list short."""
    return [(row[0], row[1], row[2]) for row in _CATEGORIES.rows(session, {})]


def regions_on_sale(session: Session, *, limit: int = REGIONS_PAGE, page: int = 0) -> list[tuple[str, int]]:
    """Regions with open sales and how many, those with most first, a page at a time: farmers write what they like."""
    given = {"most": limit, "skipped": page * REGIONS_PAGE}
    return [(row[0], row[1]) for row in _REGIONS.rows(session, given)]


@cache
def _page(by_category: bool, by_region: bool, words: int) -> Prepared:
    """A page of sales with the number of all that match."""
    wanted: list[ColumnElement[bool]] = [SALE.c.state == "open"]
    if by_category:
        wanted.append(SALE.c.category_id == bindparam("category"))
    if by_region:
        wanted.append(SALE.c.region == bindparam("region"))
    for at in range(words):
        said = SALE.c.search.like(bindparam(f"word{at}"), escape="\\")
        named = FARM.c.store_name.ilike(bindparam(f"name{at}"), escape="\\")
        wanted.append(or_(said, named))
    counted = select(func.count()).select_from(SALE.join(FARM, FARM.c.id == SALE.c.farm_id)).where(*wanted)
    total = counted.correlate(None).scalar_subquery().label("total")
    order = (SALE.c.recommended.desc(), SALE.c.rank.desc(), SALE.c.id.desc())
    return Prepared(select_lines(total).where(*wanted).order_by(*order).limit(PAGE).offset(bindparam("skipped")))


def _pattern(word: str) -> str:
    """A word anywhere in a text, its own marks of LIKE taken literally."""
    escaped = "".join(f"\\{char}" if char in "\\%_" else char for char in word)
    return f"%{escaped}%"


_OPEN = SALE.c.state == "open"
_ONE = Prepared(select_lines().where(SALE.c.id == bindparam("campaign"), _OPEN))
_CATEGORIES = Prepared(
    select(_TERM.c.id, _TERM.c.name, func.count()).join(SALE, SALE.c.category_id == _TERM.c.id)
    .where(_OPEN).group_by(_TERM.c.id, _TERM.c.name).order_by(_TERM.c.position, _TERM.c.id)
    .limit(CATEGORIES_MOST)
)  # fmt: skip
_REGIONS = Prepared(
    select(SALE.c.region, func.count()).where(_OPEN, SALE.c.region != "")
    .group_by(SALE.c.region).order_by(func.count().desc(), SALE.c.region)
    .limit(bindparam("most")).offset(bindparam("skipped"))
)  # fmt: skip
