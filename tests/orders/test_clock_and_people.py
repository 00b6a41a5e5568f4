"""The clock and a person at the same moment: who acts does not wait in a circle with what falls due."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Event

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db import Database
from core.messaging import due
from core.messaging.models import Due
from core.orders import due as _tasks  # noqa: F401 - registers the tasks of orders
from core.orders.allocation import Sharing
from core.orders.cancel import cancel
from core.orders.forfeit import more_time
from core.orders.harvest import enter_harvest
from core.orders.models import Order
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from scheduler.jobs import run_due
from tests.orders.market import NOW, open_market
from tests.orders.test_lock_order import AWHILE, at_once, ended_well

Verb = Callable[[Session], object]


def worked_off(name: str, subject: int, claimed: Event) -> Verb:
    """What a scheduler does with the row, a moment after it claimed it."""

    def work(session: Session) -> None:
        mine = select(Due).where(Due.task == name, Due.subject == subject, Due.done_at.is_(None))
        row = session.scalars(mine.with_for_update(skip_locked=True)).one()
        claimed.set()
        time.sleep(AWHILE)
        due.task_named(name)(session, subject, row.due_at)
        due.finish(session, row, row.due_at)

    return work


def after(claimed: Event, verb: Verb) -> Verb:
    """The verb, once the scheduler has its row."""

    def work(session: Session) -> None:
        assert claimed.wait(5)
        verb(session)

    return work


def test_a_buyer_cancels_while_the_hold_ends(postgresql_url: str) -> None:
    database = Database(postgresql_url)  # on SQLite writers take turns
    with database.writing() as session:
        market = open_market(session)
        buyer = market.buyer()
        order_id = reserve(session, buyer, market.sale(), Decimal(5), now=NOW).id
    claimed = Event()
    leaves = after(claimed, lambda session: cancel(session, buyer, session.get_one(Order, order_id), now=NOW))
    assert at_once(database, worked_off("order.hold_ends", order_id, claimed), leaves) == ["done", "done"]
    ended_well(database, order_id, "cancelled")
    database.dispose()


def test_more_time_is_asked_while_the_window_ends(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.writing() as session:
        market = open_market(session)
        buyer, sale = market.buyer(), market.sale()
        order = reserve(session, buyer, sale, Decimal(5), now=NOW)
        start_payment(session, buyer, order, "sandbox", now=NOW)
        enter_harvest(session, market.farmer, sale, Decimal(5), sharing=Sharing.FULL, now=NOW)
        order_id = order.id
    claimed = Event()
    asks = after(claimed, lambda session: more_time(session, buyer, session.get_one(Order, order_id), now=NOW))
    assert at_once(database, worked_off("order.balance_late", order_id, claimed), asks) == ["done", "done"]
    ended_well(database, order_id, "balance_due")
    database.dispose()


def test_a_row_that_goes_while_its_task_fails_holds_nobody_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        due.plan(session, "order.hold_ends", 1, NOW)
        due.plan(session, "order.perishes", 999, NOW + timedelta(seconds=1))

    def fails(session: Session, _subject: int, _now: datetime) -> None:
        raise RuntimeError("and somebody drops the row")

    postpone = due.postpone

    def dropped_first(session: Session, due_id: int, error: str, now: datetime) -> None:
        session.execute(delete(Due).where(Due.id == due_id))
        postpone(session, due_id, error, now)

    monkeypatch.setitem(due._TASKS, "order.hold_ends", fails)
    monkeypatch.setattr(due, "postpone", dropped_first)
    assert run_due(database, NOW, most=5) >= 1
