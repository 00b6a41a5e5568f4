"""The reserve step alone, from its inbox row to its committed outbox row, and the driver with the same statements."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event, select, update

import handlers
from bot.answers import Answers
from bot.app import make_database
from bot.dispatcher import build, listening_bot
from bot.wake import Wake
from bot.worker import Bench, Worker
from core.catalog.models import Campaign
from core.clock import SystemClock
from core.config import BotFacts, Config
from core.messaging import inbox
from core.messaging.models import Outbox

TOKEN = "123456:TEST"  # noqa: S105 - the simulator's
BOT = 123456
BATCH = 100


class Silent(Answers):
    """Answers to presses go nowhere."""

    def callback(self, query_id: str, toast: Any) -> None:
        """Nothing."""


@dataclass
class Step:
    """A worker on a filled market; people press and the worker handles what lies in the inbox."""

    url: str
    folder: Path
    sales: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        handlers.load_all()
        config = Config(_env_file=None, bot_token=TOKEN, bot_api_url="http://127.0.0.1:1", database_url=self.url)  # type: ignore[call-arg] # pydantic-settings takes it
        self.database = make_database(config)
        facts = BotFacts(BOT, "farmgate_bot", self.folder)
        bot = listening_bot(config)
        self.worker = Worker(
            Bench(self.database, SystemClock(), bot, build(facts), Silent(config), Wake(), lambda: None)
        )
        with self.database.writing() as session:
            session.execute(
                update(Campaign).where(Campaign.state == "open").values(capacity=Decimal(10_000_000), pack=Decimal(1))
            )
            rows = session.execute(select(Campaign.id, Campaign.rev).where(Campaign.state == "open")).all()
        self.sales = [(row.id, row.rev) for row in rows]
        self._numbers = itertools.count(time.time_ns() // 1000)

    def close(self) -> None:
        """Give the connections back."""
        self.database.dispose()

    def choose(self, users: Sequence[int], *, hot: bool) -> dict[int, str]:
        """Everybody chooses 5 of a sale: all of one sale, or each of the next; returns the [Reserve] that each sees."""
        chosen = self.sales[:1] if hot else self.sales
        self.store([(user, "bqty:{}:{}:5".format(*chosen[at % len(chosen)])) for at, user in enumerate(users)])
        asyncio.run(self.drain())
        found = select(Outbox.chat_id, Outbox.payload).where(Outbox.state == "pending")
        with self.database.reading() as session:
            shown = session.execute(found.order_by(Outbox.id.desc()).limit(len(users))).all()
        return {row.chat_id: confirm_of(row.payload) for row in shown}

    def reserve(self, presses: dict[int, str]) -> float:
        """Everybody's [Reserve] lies in the inbox; reservations a second."""
        self.store(list(presses.items()))
        began = time.perf_counter()
        handled = asyncio.run(self.drain())
        if handled != len(presses):
            raise RuntimeError(f"{handled} of {len(presses)} presses were handled")
        return handled / (time.perf_counter() - began)

    def store(self, presses: Sequence[tuple[int, str]]) -> None:
        """Put presses into the inbox."""
        updates = [_update(next(self._numbers), user, data) for user, data in presses]
        for at in range(0, len(updates), BATCH):
            some = updates[at : at + BATCH]
            with self.database.writing() as session:
                inbox.store(session, BOT, some, datetime.now(UTC))

    async def drain(self) -> int:
        """Handle all that lies in the inbox; how many that were."""
        handled = 0
        while step := await self.worker.step():
            handled += step
        return handled


def _update(number: int, user: int, data: str) -> dict[str, Any]:
    person = {"id": user, "is_bot": False, "first_name": f"Buyer {user}", "language_code": "en"}
    message = {"message_id": 5, "date": 1_700_000_000, "chat": {"id": user, "type": "private"}, "text": "Market"}
    query = {"id": "1", "from": person, "chat_instance": "1", "data": data, "message": message}
    return {"update_id": number, "callback_query": query}


def confirm_of(payload: dict[str, Any]) -> str:
    """The callback of the [Reserve] that a queued screen shows."""
    presses = [str(item["press"]) for row in payload["screen"]["rows"] for item in row if "press" in item]
    return next(press for press in presses if "breserve" in press)


# ---- the driver alone

Said = tuple[str, Any, bool]


@contextmanager
def heard(engine: Engine, name: str, note: Callable[..., None]) -> Iterator[None]:
    """Have every such event of a block noted."""
    event.listen(engine, name, note)
    try:
        yield
    finally:
        event.remove(engine, name, note)


@contextmanager
def recorded(step: Step) -> Iterator[list[Said]]:
    """The statements of a block with their parameters, commits among them, as the driver got them."""
    said: list[Said] = []
    engine = step.database.engine

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, is_many: bool) -> None:
        said.append((statement, given, is_many))

    def commit(_connection: Any) -> None:
        said.append(("COMMIT", None, False))

    with heard(engine, "before_cursor_execute", note), heard(engine, "commit", commit):
        yield said


def replayed(said: Sequence[Said], url: str) -> float:
    """Seconds the driver takes for the same statements on a database that stands where the recording began."""
    if url.startswith("sqlite"):
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")
    else:
        connection = psycopg.connect(url, options="-c timezone=UTC")
    try:
        began = time.perf_counter()
        _run(connection, said)
        return time.perf_counter() - began
    finally:
        connection.close()


def _run(connection: Any, said: Sequence[Said]) -> None:
    cursor = connection.cursor()
    is_postgresql = isinstance(connection, psycopg.Connection)
    for statement, given, is_many in said:
        if statement == "COMMIT":
            connection.commit() if is_postgresql else connection.execute("COMMIT")
            continue
        (cursor.executemany if is_many else cursor.execute)(statement, given or ())
        if cursor.description is not None:
            cursor.fetchall()


def copy_of(url: str, target: Path) -> str:
    """A copy of a SQLite file."""
    source, copy = sqlite3.connect(url.removeprefix("sqlite:///")), sqlite3.connect(target)
    source.backup(copy)
    for connection in (source, copy):
        connection.close()
    return f"sqlite:///{target}"
