"""Updates claimed together share a commit until one of them holds what others may wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench.reserving import BOT, Step, heard
from core.clock import machine_now
from core.db import Database
from core.messaging import inbox
from core.messaging.models import Inbox
from core.orders.models import Order
from tests.kit.seasons import Filled
from tests.road.known import PEOPLE, known_market

MENU = "bcats:0:0"


@pytest.fixture
def step(filled: Filled, db_url: str, tmp_path: Path) -> Iterator[Step]:
    """A worker on a market that six people know."""
    filled.copy(known_market, db_url, tmp_path)
    made = Step(db_url, tmp_path)
    yield made
    made.close()


def test_menu_presses_share_one_commit(step: Step) -> None:
    step.store([(user, MENU) for user in PEOPLE])
    with commits(step.database) as seen:
        assert asyncio.run(step.worker.step()) == len(PEOPLE)
    assert len(seen) == 2  # the claim's, and theirs
    assert states(step) == {"done": len(PEOPLE)}


def test_on_postgresql_a_reservation_is_committed_before_the_next_update_begins(step: Step) -> None:
    presses, known = confirms(step), orders(step)
    menus, reserves = list(PEOPLE)[:2], list(PEOPLE)[2:4]
    step.store([(user, MENU) for user in menus] + [(user, presses[user]) for user in reserves])
    with commits(step.database) as seen:
        asyncio.run(step.worker.step())
    is_sqlite = step.database.is_sqlite  # where whoever writes has the database for itself
    assert len(seen) == (2 if is_sqlite else 3)  # the claim's; the menus' and the first order's; the second order's
    assert orders(step) == known + 2


def test_an_update_that_fails_is_undone_alone(step: Step) -> None:
    presses, known = confirms(step), orders(step)
    broken = {"update_id": 1, "callback_query": {"id": "1", "data": MENU}}  # of nobody: aiogram does not take it
    first, second, third = list(PEOPLE)[:3]
    step.store([(first, MENU)])
    with step.database.writing() as session:
        inbox.store(session, BOT, [broken], machine_now())
    step.store([(second, MENU), (third, presses[third])])
    asyncio.run(step.drain())
    assert states(step) == {"done": 3 + len(PEOPLE), "quarantined": 1}
    assert orders(step) == known + 1


@contextmanager
def commits(database: Database) -> Iterator[list[None]]:
    """One entry for each commit of a block."""
    seen: list[None] = []

    def note(_connection: object) -> None:
        seen.append(None)

    with heard(database.engine, "commit", note):
        yield seen


def confirms(step: Step) -> dict[int, str]:
    """Everybody chooses an amount; the [Reserve] that each is shown."""
    return step.choose(list(PEOPLE), hot=False)


def states(step: Step) -> dict[str, int]:
    with step.database.reading() as session:
        found = session.execute(select(Inbox.state, func.count()).group_by(Inbox.state))
        return {row[0]: row[1] for row in found}


def orders(step: Step) -> int:
    with step.database.reading() as session:
        return session.execute(select(func.count()).select_from(Order)).scalar_one()
