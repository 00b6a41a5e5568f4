"""A task with a bug of any kind is tried later and holds up nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Database
from core.messaging import due
from core.messaging.models import Due
from core.orders.models import Order
from scheduler import jobs
from tests.orders.market import NOW


def _raises(session: Session, subject: int, _now: object) -> None:
    if subject == 1:
        session.get_one(Order, 999)  # neither a lookup nor a value error
    raise TypeError("a bug")


@pytest.mark.parametrize("subject", [1, 2])
def test_a_task_that_fails_in_any_way_holds_nobody_up(
    database: Database, subject: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    monkeypatch.setitem(due._TASKS, "attack.breaks", _raises)
    monkeypatch.setitem(due._TASKS, "attack.works", lambda _session, number, _now: done.append(number))
    with database.writing() as session:
        due.plan(session, "attack.breaks", subject, NOW - timedelta(days=2))
        due.plan(session, "attack.works", 7, NOW - timedelta(days=1))
    jobs.run_due(database, NOW)
    assert done == [7]
    with database.reading() as session:
        failed = session.scalars(select(Due).where(Due.task == "attack.breaks")).one()
        assert failed.attempts == 1
        assert failed.done_at is None
