"""How many statements a menu press and the press of Reserve take, through the real worker, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
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


@pytest.fixture
def line(filled: Filled, db_url: str, tmp_path: Path) -> Iterator[Line]:
    """A market with a worker."""
    filled.copy(known_market, db_url, tmp_path)
    made = Line(db_url, tmp_path)
    yield made
    made.step.close()


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
