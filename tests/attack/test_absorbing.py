"""A reminder that is on its way is not told once more together with another."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from core.clock import machine_now
from core.db import Database
from core.messaging import outbox
from core.messaging.models import Outbox
from core.messaging.outbox import BULK, Letter
from tests.orders.market import NOW


def test_a_letter_on_its_way_is_not_absorbed(database: Database) -> None:
    later = NOW + timedelta(minutes=1)
    with database.writing() as session:
        held = Letter("held", 1, 5, "notice", {"notice": "a"}, later, BULK)
        outbox.put(session, [held, Letter("now", 1, 5, "notice", {"notice": "b"}, NOW, BULK)], NOW)
    with database.writing() as session:
        assert [row.payload["notice"] for row in outbox.claim(session, NOW, machine_now(), 8)] == ["b"]
    with database.writing() as session:  # the held one falls due while the other is on its way
        first = outbox.claim(session, later, machine_now(), 8)[0]
        assert outbox.absorb(session, first, later, 3) == []
        assert session.scalars(select(Outbox.state)).all() == ["pending", "pending"]
