"""Quiet hours that begin after midnight end the same morning; the day is not quiet."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.db import Database
from core.notices.quiet import morning
from core.orders import watch
from core.permissions import Role
from core.settings import service as settings

ZONE = "Asia/Kolkata"


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, 1, hour, minute, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(("start", "end"), [(0, 480), (1, 480), (8, 480)])
def test_a_night_that_begins_after_midnight_leaves_the_day_alone(database: Database, start: int, end: int) -> None:
    with database.writing() as session:
        settings.put(session, "quiet_buyer_from", str(start), by=None, now=_at(0))
        settings.put(session, "quiet_buyer_to", str(end), by=None, now=_at(0))
        for hour in (8, 12, 23):
            assert morning(session, Role.CONSUMER, ZONE, _at(hour)) == _at(hour)
        within = _at(7, 59)
        assert morning(session, Role.CONSUMER, ZONE, within) == (within if start == 8 else _at(8))
        if start == 1:
            assert morning(session, Role.CONSUMER, ZONE, _at(0, 30)) == _at(0, 30)


def test_a_night_over_midnight_ends_next_morning(database: Database) -> None:
    with database.writing() as session:
        assert morning(session, Role.CONSUMER, ZONE, _at(22)) == _at(8) + timedelta(days=1)
        assert morning(session, Role.CONSUMER, ZONE, _at(3)) == _at(8)
        assert morning(session, Role.CONSUMER, ZONE, _at(12)) == _at(12)


def test_staff_is_told_by_day_when_the_night_begins_after_midnight(database: Database) -> None:
    with database.writing() as session:
        settings.put(session, "timezone", ZONE, by=None, now=_at(0))
        settings.put(session, "quiet_buyer_from", "0", by=None, now=_at(0))
        asleep = [hour for hour in range(24) if watch._asleep(session, _at(hour))]
        assert asleep == list(range(8))
        settings.put(session, "quiet_buyer_from", "21", by=None, now=_at(0))
        asleep = [hour for hour in range(24) if watch._asleep(session, _at(hour))]
        assert asleep == [*range(8), 21, 22, 23]
