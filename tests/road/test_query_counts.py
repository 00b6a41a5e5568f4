"""How many statements a menu press and the press of Reserve take, through the real worker, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.pq import PipelineStatus
from sqlalchemy import select

from bench.market import FIRST
from bench.reserving import Step, confirm_of, heard
from core.db import Database
from core.messaging.models import Outbox
from tests.kit.seasons import Filled
from tests.road.known import known_market

# the claim's two included; BEGIN, COMMIT and savepoints are not counted. On PostgreSQL an update ends in one statement.
MENU_MOST = {"sqlite": 7, "postgresql": 5}
RESERVE_MOST = {"sqlite": 12, "postgresql": 10}
# to the server and back: two that store the press, three of the claim, one of the commit included
MENU_JOURNEYS, RESERVE_JOURNEYS = 9, 12


class Line:
    """The bench's worker on a market, and people who press."""

    def __init__(self, url: str, folder: Path) -> None:
        self.step = Step(url, folder)
        self.database = self.step.database
        self.kind = self.database.engine.dialect.name

    def press(self, data: str, user: int = FIRST) -> list[str]:
        """The statements one press takes."""
        self.step.store([(user, data)])
        with counted(self.database) as statements:
            assert asyncio.run(self.step.worker.step()) == 1
        return statements

    def confirm(self) -> str:
        """The callback of the Reserve button last queued."""
        with self.database.reading() as session:
            return confirm_of(session.scalars(select(Outbox.payload).order_by(Outbox.id.desc()).limit(1)).one())


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of a block, without those that only begin and end."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")):
            seen.append(statement)

    with heard(database.engine, "before_cursor_execute", note):
        yield seen


@contextmanager
def journeys(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The times that PostgreSQL's driver waits for an answer in this block."""
    waits, seen = psycopg.Connection.wait, []

    def wait(connection: psycopg.Connection, asking: Generator[Any, Any, Any], *given: Any, **named: Any) -> Any:
        name, is_gathering = asking.__name__, connection.pgconn.pipeline_status != PipelineStatus.OFF
        if name in ("_exit_gen", "_commit_gen") or (name == "_execute_gen" and not is_gathering):
            seen.append(name)
        return waits(connection, asking, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Connection, "wait", wait)
        yield seen


@contextmanager
def opened(filled: Filled, url: str, folder: Path) -> Iterator[Line]:
    """A market with a worker."""
    filled.copy(known_market, url, folder)
    made = Line(url, folder)
    yield made
    made.step.close()


@pytest.fixture
def line(filled: Filled, db_url: str, tmp_path: Path) -> Iterator[Line]:
    """A market with a worker, on each database."""
    with opened(filled, db_url, tmp_path) as made:
        yield made


def test_a_menu_press_takes_few_statements(line: Line) -> None:
    line.press("bcats:0:0")
    took = line.press("bpage:0:0:0")
    assert len(took) == MENU_MOST[line.kind], "\n".join(took)


def test_reserving_takes_few_statements(line: Line) -> None:
    sale, rev = min(line.step.sales)
    line.press(f"bqty:{sale}:{rev}:5")
    took = line.press(line.confirm())
    assert any("INSERT INTO orders" in statement for statement in took)
    assert len(took) == RESERVE_MOST[line.kind], "\n".join(took)


def test_what_needs_no_answer_makes_no_journey_of_its_own(
    filled: Filled, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(filled, postgresql_url, tmp_path) as line:
        sale, rev = min(line.step.sales)
        line.press("bcats:0:0")
        with journeys(monkeypatch) as menu:
            line.press("bpage:0:0:0")
        line.press(f"bqty:{sale}:{rev}:5")
        confirm = line.confirm()
        with journeys(monkeypatch) as reserve:
            line.press(confirm)
    assert (len(menu), len(reserve)) == (MENU_JOURNEYS, RESERVE_JOURNEYS), (menu, reserve)
