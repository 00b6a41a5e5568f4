"""How many statements a menu press and the press of Reserve take, through the real worker, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

import handlers
from bench.market import FIRST, make_market
from bot.answers import Answers
from bot.app import make_database
from bot.dispatcher import build, listening_bot
from bot.wake import Wake
from bot.worker import Bench, Worker
from core.clock import SystemClock
from core.config import BotFacts, Config
from core.db import Database
from core.messaging import inbox
from core.messaging.models import Outbox

# the claim's two included; BEGIN, COMMIT and savepoints are not counted. On PostgreSQL an update ends in one statement.
MENU_MOST = {"sqlite": 7, "postgresql": 5}
RESERVE_MOST = {"sqlite": 12, "postgresql": 10}


class Silent(Answers):
    """Answers to presses go nowhere."""

    def callback(self, query_id: str, toast: Any) -> None:
        """Nothing."""


class Line:
    """A worker on a market, and people who press."""

    def __init__(self, url: str, folder: Path) -> None:
        handlers.load_all()
        self.sale = make_market(url, folder, "123456:TEST", 3)
        config = Config(_env_file=None, bot_token="123456:TEST", bot_api_url="http://127.0.0.1:1", database_url=url)  # type: ignore[call-arg] # pydantic-settings takes it
        self.database: Database = make_database(config)
        self.kind = self.database.engine.dialect.name
        bot = listening_bot(config)
        facts = BotFacts(123456, "farmgate_bot", folder)
        self.worker = Worker(
            Bench(self.database, SystemClock(), bot, build(facts), Silent(config), Wake(), lambda: None)
        )  # fmt: skip
        self.pressed = 0

    def press(self, data: str, user: int = FIRST) -> list[str]:
        """The statements one press takes."""
        self.pressed += 1
        person = {"id": user, "is_bot": False, "first_name": "Asha", "language_code": "en"}
        message = {"message_id": 5, "date": 1_700_000_000, "chat": {"id": user, "type": "private"}, "text": "Market"}
        query = {"id": "1", "from": person, "chat_instance": "1", "data": data, "message": message}
        update = {"update_id": self.pressed, "callback_query": query}
        self.database.run(lambda session: inbox.store(session, 123456, [update], datetime.now(UTC)))
        with counted(self.database) as statements:
            assert asyncio.run(self.worker.step()) == 1
        return statements

    def confirm(self) -> str:
        """The callback of the Reserve button last queued."""
        with self.database.reading() as session:
            payload = session.scalars(select(Outbox.payload).order_by(Outbox.id.desc()).limit(1)).one()
        presses = [str(item["press"]) for row in payload["screen"]["rows"] for item in row]
        return next(press for press in presses if "breserve" in press)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of a block, without those that only begin and end."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def line(db_url: str, tmp_path: Path) -> Iterator[Line]:
    """A market with a worker."""
    made = Line(db_url, tmp_path)
    yield made
    made.database.dispose()


def test_a_menu_press_takes_few_statements(line: Line) -> None:
    line.press("bcats:0:0")
    took = line.press("bpage:0:0:0")
    assert len(took) == MENU_MOST[line.kind], "\n".join(took)


def test_reserving_takes_few_statements(line: Line) -> None:
    sale, rev = line.sale
    line.press(f"bqty:{sale}:{rev}:5")
    took = line.press(line.confirm())
    assert any("INSERT INTO orders" in statement for statement in took)
    assert len(took) == RESERVE_MOST[line.kind], "\n".join(took)
