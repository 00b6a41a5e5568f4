"""What polling and webhook share: how updates become facts, and how payers are answered at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.answers import Answers
from bot.checkout import answer_checkout, book_payments
from bot.failpoints import failpoint
from core.clock import Clock
from core.config import Config
from core.db import Database
from core.messaging import inbox, tally

WANTED = [
    "message", "edited_message", "callback_query", "inline_query", "pre_checkout_query", "my_chat_member",
]  # fmt: skip
Updates = Sequence[dict[str, Any]]


class BadToken(Exception):
    """The Bot API does not know this token."""


@dataclass(frozen=True)
class Desk:
    """What whoever takes updates in works with."""

    config: Config
    database: Database
    clock: Clock
    answers: Answers
    worker: Callable[[], None]  # wakes the worker


class Taker:
    """Takes updates in: `store` in a thread, then `stored` on the loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._checkouts: set[asyncio.Task[None]] = set()

    def store(self, updates: Updates) -> None:
        """Commit a batch: the raw updates, and money that came with them booked to suspense."""
        now = self._desk.clock.now()

        def work(session: Session) -> None:
            inbox.store(session, self._desk.config.bot_id, updates, now)
            book_payments(session, updates, now)
            failpoint("receiver_before_commit")

        self._desk.database.run(work)
        counting = tally.of(self._desk.database)
        for raw in updates:
            counting.add(tally.UPDATES, inbox.kind_of(raw))

    def stored(self, updates: Updates) -> None:
        """They are facts now: the worker is rung for, and who is about to pay is answered."""
        failpoint("receiver_stored")
        self._desk.worker()
        for raw in updates:
            query = raw.get("pre_checkout_query")
            if isinstance(query, dict) and "id" in query:
                task = asyncio.get_running_loop().create_task(answer_checkout(self._desk, query))
                self._checkouts.add(task)
                task.add_done_callback(self._checkouts.discard)

    async def finish(self) -> None:
        """Payments wait for their answers."""
        if self._checkouts:
            await asyncio.wait(self._checkouts, timeout=self._desk.config.checkout_seconds)
