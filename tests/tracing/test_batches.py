"""A batch gets a lot number that people can read, and takes each step once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from core.db import Database
from core.events import take_new
from core.tracing import service
from core.tracing.steps import TAPPED, Step, lot_number
from tests.members.people import NOW


def test_a_lot_number_reads_year_month_day_and_serial() -> None:
    assert lot_number(2026, 5, 15, 7) == "26E15-0007"
    assert lot_number(2105, 12, 1, 123456) == "05L01-123456"
    assert len(lot_number(2026, 12, 31, 2**40)) <= 24


def test_two_batches_of_one_day_differ(database: Database) -> None:
    with database.writing() as session:
        first, second = (
            service.open_batch(
                session, campaign_id=1, quantity=Decimal("180.5"), unit="kg", actor_id=1, now=NOW,
                on=date(2026, 5, 2),
            )
            for _time in range(2)
        )  # fmt: skip
        assert (first.lot, second.lot) == ("26E02-0001", "26E02-0002")
        assert service.batches_of(session, 1) == [first, second]
        assert service.batch_by_lot(session, " 26e02-0002 ") is second
        assert service.batch_by_lot(session, "'; DROP") is None


def test_each_step_is_taken_once_and_told_once_in_the_order_of_the_goods(database: Database) -> None:
    with database.writing() as session:
        batch = service.open_batch(session, campaign_id=1, quantity=Decimal(1), unit="kg", actor_id=1, now=NOW)
        later = NOW + timedelta(hours=1)
        assert service.take_step(session, batch, "sorted", actor_id=1, now=later, place=" Shed\u202e 2 ")
        assert not service.take_step(session, batch, Step.SORTED, actor_id=2, now=later + timedelta(hours=1))
        assert service.take_step(session, batch, Step.PICKED, actor_id=1, now=later)
        taken = service.steps_of(session, batch)
        assert [each.step for each in taken] == [Step.HARVESTED, Step.PICKED, Step.SORTED]
        assert (taken[2].at, taken[2].place, taken[2].actor_id) == (later, "Shed 2", 1)
        told = [event.data["step"] for event in take_new(session)]
        assert told == ["harvested", "sorted", "picked"]
        assert Step.HARVESTED not in TAPPED
