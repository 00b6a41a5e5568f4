"""Amounts that do not divide, and hours that the clock on the wall leaves out: nothing is lost between the parts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.catalog.models import Campaign
from core.catalog.season import closes_at
from core.db import Database
from core.money import Money
from core.notices.quiet import morning
from core.permissions import Role
from core.settings import service as settings
from tests.orders.market import open_market

# nights in which the clock on the wall jumps from 02:00 to 03:00, falls back from 03:00 to 02:00, and skips midnight
GAPS = [
    ("Europe/Berlin", datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 8),
    ("Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 8),
    ("America/Santiago", datetime(2026, 9, 6, 3, 30, tzinfo=UTC), 8),
    ("Africa/Cairo", datetime(2026, 4, 23, 21, 30, tzinfo=UTC), 8),
]  # fmt: skip


@pytest.mark.parametrize(("currency", "minor"), [("INR", 999), ("USD", 999), ("JPY", 7), ("KWD", 9999)])
def test_a_deposit_and_its_balance_are_the_whole(currency: str, minor: int) -> None:
    whole = Money(minor, currency)
    for share in range(101):
        deposit = whole.percent(share)
        assert deposit + (whole - deposit) == whole
        assert 0 <= deposit.minor <= minor


def test_thirty_per_cent_of_9_99_are_3_00_and_6_99() -> None:
    whole = Money.of("9.99", "USD")
    deposit = whole.percent(30)
    assert (deposit.minor, (whole - deposit).minor, whole.minor) == (300, 699, 999)
    assert [part.minor for part in whole.split([30, 70])] == [300, 699]


def test_a_hundred_in_three_is_34_33_33() -> None:
    assert [part.minor for part in Money(100, "USD").split([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in Money(100, "JPY").split([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in Money(0, "JPY").split([1, 2])] == [0, 0]
    with pytest.raises(ValueError, match="weights"):
        Money(100, "USD").split([0, 0])


@pytest.mark.parametrize(("zone", "night", "wakes"), GAPS)
def test_the_morning_comes_at_its_hour_whatever_the_night_leaves_out(
    database: Database, zone: str, night: datetime, wakes: int
) -> None:
    with database.writing() as session:
        open_market(session)
        settings.put(session, "quiet_buyer_to", str(wakes * 60), by=None, now=night)
        told = morning(session, Role.CONSUMER, zone, night)
    local = told.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (wakes, 0)
    assert timedelta(0) < told - night < timedelta(hours=24)


@pytest.mark.parametrize(("zone", "harvest"), [
    ("Africa/Cairo", date(2026, 4, 24)), ("America/Santiago", date(2026, 9, 6)), ("Europe/Berlin", date(2026, 3, 29)),
])  # fmt: skip
def test_a_sale_closes_at_six_on_a_day_that_has_no_hour_too_few(zone: str, harvest: date) -> None:
    sale = Campaign(harvest_on=harvest)
    closes = closes_at(sale, ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC))
    assert closes.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(
        harvest - timedelta(days=1), datetime.min.time().replace(hour=18)
    )
