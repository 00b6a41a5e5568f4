"""A scheduler paused past its lease: whatever it had begun is not committed once another leads."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.clock import MovableClock
from core.db import Database, is_away, one_transaction
from core.engine import FROZEN_SECONDS, LONGEST_SECONDS
from core.messaging import due
from core.messaging.models import Due
from core.settings import service as settings
from scheduler import every, jobs
from scheduler.app import Ticker
from scheduler.leader import LEASE, SHORTEST, Fenced, Leader, lasting
from tests.orders.market import NOW

SHORT = timedelta(seconds=0.3)


def _planned(database: Database, name: str, work: Callable[[Session], None]) -> None:
    jobs.run_due(database, NOW)
    due.task(name)(lambda session, _subject, _now: work(session))
    with database.writing() as session:
        due.plan(session, name, 1, NOW)


def _writes(session: Session, value: str) -> None:
    settings.put(session, "shop_name", value, by=None, now=NOW)


def _name(database: Database) -> str:
    with database.reading() as session:
        return settings.get_text(session, "shop_name")


def test_a_leader_that_slept_past_its_lease_before_a_tick_does_nothing(database: Database) -> None:
    slept, woken = Leader(database, lease=SHORT), Leader(database, lease=SHORT)
    _planned(database, "test.fenced_before", lambda session: _writes(session, "twice"))
    assert slept.leads()
    slept._renew_at = float("inf")  # stopped between the look at its lease and the work
    time.sleep(0.4)
    assert woken.leads()
    with pytest.raises(Fenced):
        jobs.run_due(database, NOW, guard=slept.guard)
    assert _name(database) != "twice"
    assert jobs.run_due(database, NOW, guard=woken.guard) == 1
    assert _name(database) == "twice"


def test_a_leader_that_sleeps_in_the_middle_of_its_work_is_fenced_off_at_its_commit(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    slept, woken = Leader(database, lease=SHORT), Leader(database, lease=SHORT)
    taken = threading.Event()

    def sleeps(session: Session) -> None:
        _writes(session, "from the one who slept")
        assert taken.wait(10)

    _planned(database, "test.fenced_within", sleeps)
    assert slept.leads()
    ticker = Ticker(database, MovableClock(NOW, ticking=False), lambda: None, slept)
    thread = threading.Thread(target=lambda: asyncio.run(ticker.tick()))
    thread.start()
    time.sleep(0.4)
    assert woken.leads()
    taken.set()
    thread.join(10)
    assert _name(database) != "from the one who slept"
    with database.reading() as session:
        assert session.scalars(select(Due.done_at).where(Due.task == "test.fenced_within")).one() is None
    database.dispose()


def test_nobody_takes_the_lead_between_the_last_look_and_the_commit(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    first, second = Leader(database, lease=SHORT), Leader(database, lease=SHORT)
    assert first.leads()
    order: list[str] = []

    def takes() -> None:
        while not second.leads():
            time.sleep(0.01)
        order.append("taken")

    with database.writing() as session:
        first.guard(session)
        time.sleep(0.4)  # past its lease, and looked already
        thread = threading.Thread(target=takes)
        thread.start()
        time.sleep(0.3)
        order.append("committed")
    thread.join(10)
    assert order == ["committed", "taken"]
    database.dispose()


def test_a_failure_is_not_noted_by_who_leads_no_more(database: Database) -> None:
    slept, woken = Leader(database, lease=SHORT), Leader(database, lease=SHORT)

    def fails(_session: Session) -> None:
        raise ValueError("a bug")

    _planned(database, "test.fenced_failure", fails)
    assert slept.leads()
    time.sleep(0.4)
    assert woken.leads()
    with pytest.raises(Fenced):
        jobs.run_due(database, NOW, guard=slept.guard)
    with database.reading() as session:
        assert session.scalars(select(Due.attempts).where(Due.task == "test.fenced_failure")).one() == 0


def test_a_lead_lasts_half_of_what_claims_last_and_takeover_stays_below_a_minute() -> None:
    assert lasting(timedelta(seconds=60)) == LEASE
    assert lasting(timedelta(seconds=20)) == timedelta(seconds=10)
    assert lasting(timedelta(seconds=1)) == SHORTEST
    assert lasting(timedelta(days=1)) + timedelta(seconds=2) < timedelta(seconds=60)


def test_who_freezes_within_a_transaction_does_not_hold_up_whoever_takes_over(postgresql_url: str) -> None:
    jobs.load_all()
    frozen, awake = Database(postgresql_url), Database(postgresql_url)
    with pytest.raises(OperationalError) as lost:
        _freezes(frozen, lambda: jobs.run_due(awake, NOW))
    assert is_away(lost.value), "an outage: tried again, nothing is set aside for it"
    assert _name(frozen), "the next transaction is as any other"
    frozen.dispose()
    awake.dispose()


def test_who_freezes_in_the_middle_of_a_journey_does_not_keep_its_locks_for_ever(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.reading() as session:
        assert session.execute(text("SHOW transaction_timeout")).scalar() == f"{LONGEST_SECONDS // 60}min"
    with pytest.raises(OperationalError) as lost:
        _takes_long(database)
    assert is_away(lost.value)
    assert _name(database)
    with one_transaction(postgresql_url) as patient:  # whoever backs up takes as long as it takes
        assert patient.execute(text("SHOW transaction_timeout")).scalar() == "0"
    database.dispose()


def _takes_long(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("SET transaction_timeout = 200"))
    with database.writing() as session:  # on the same connection
        session.execute(text("SELECT pg_sleep(5)"))


def _freezes(database: Database, meanwhile: Callable[[], int]) -> None:
    """Lock what a scheduler begins with, and do nothing until another has worked."""
    with database.writing() as session:
        assert session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == f"{FROZEN_SECONDS}s"
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 300"))
        every.plan_all(session, NOW)
        assert session.scalars(select(Due.id)).first(), "it has been sent"
        assert meanwhile() > 0
        session.execute(text("SELECT 1"))
