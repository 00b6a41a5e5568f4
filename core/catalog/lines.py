"""One sale as a line of a list: the columns it takes, and the line made of a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Row, Select, Table, select

from core.catalog.models import Campaign, CampaignPhoto
from core.members.models import Farm
from core.money import Money


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One sale in a list."""

    campaign_id: int
    rev: int
    state: str
    crop: str
    title: str
    farm_id: int
    farm_name: str
    place: str
    region: str
    unit: str
    price: Money
    capacity: Decimal
    reserved: Decimal
    harvest_on: date | None
    closes_at: datetime | None
    photo: int | None  # media id
    recommended: bool

    @property
    def left(self) -> Decimal:
        return self.capacity - self.reserved


SALE, FARM, PHOTO = (cast("Table", made.__table__) for made in (Campaign, Farm, CampaignPhoto))
_photo = (
    select(PHOTO.c.media_id)
    .where(PHOTO.c.campaign_id == SALE.c.id, ~PHOTO.c.growing)
    .order_by(PHOTO.c.position, PHOTO.c.id)
    .limit(1)
)


COLUMNS = 18


def select_lines(*more: Any) -> Select[Any]:
    """The columns of a line (and `more` behind them): a Core statement, since lists are what people press most."""
    sale = SALE.c
    return select(
        sale.id, sale.rev, sale.state, sale.crop, sale.title, sale.farm_id, FARM.c.store_name, FARM.c.place,
        sale.region, sale.unit, sale.price_minor, sale.currency, sale.capacity, sale.reserved, sale.harvest_on,
        sale.closes_at, _photo.scalar_subquery().label("photo"), sale.recommended, *more,
    ).join(FARM, FARM.c.id == sale.farm_id)  # fmt: skip


def lines_of(rows: Iterable[Row[Any]]) -> tuple[CampaignLine, ...]:
    """Rows of `select_lines` as lines."""
    return tuple(_line(*list(row)[:COLUMNS]) for row in rows)


def _line(  # noqa: PLR0913 - the columns of `select_lines`, in their order
    id: int, rev: int, state: str, crop: str, title: str, farm_id: int, store: str, place: str | None, region: str,
    unit: str, price: int, currency: str, capacity: Decimal, reserved: Decimal, harvest_on: date | None,
    closes_at: datetime | None, photo: int | None, recommended: bool,
) -> CampaignLine:  # fmt: skip
    return CampaignLine(
        id, rev, state, crop, title, farm_id, store, place or "", region, unit, Money(price, currency), capacity,
        reserved, harvest_on, closes_at, photo, recommended,
    )  # fmt: skip
