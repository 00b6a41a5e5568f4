"""Commits what arrives at the same time together: each update is answered for only when its commit is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from core.db import is_away

log = structlog.get_logger()
SECONDS = 4.0  # whoever waits longer is told that we have nothing: the messenger will bring it again
BATCH = 100
Update = dict[str, Any]
Waiting = tuple[Update, asyncio.Future[None]]


class Unstored(Exception):
    """The update is not in the database, or nobody knows."""


class Gatherer:
    """One commit at a time, in a thread of its own; what comes meanwhile shares the next one."""

    def __init__(self, store: Callable[[list[Update]], None], seconds: float = SECONDS) -> None:
        self._store, self._seconds = store, seconds
        self._waiting: list[Waiting] = []
        self._running: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "webhook")

    async def take(self, update: Update) -> None:
        """Return when the update is committed. Raises Unstored."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((update, done))
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._work_off())
        try:
            await asyncio.wait_for(done, self._seconds)
        except TimeoutError:
            log.error("update_not_stored_in_time")
            raise Unstored from None

    def close(self) -> None:
        """Nothing comes any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _work_off(self) -> None:
        while self._waiting:
            batch = [item for item in self._waiting[:BATCH] if not item[1].done()]  # who gave up is not stored for
            del self._waiting[:BATCH]
            if batch:
                await self._commit(batch)

    async def _commit(self, batch: list[Waiting]) -> None:
        try:
            updates = [update for update, _ in batch]
            await asyncio.get_running_loop().run_in_executor(self._thread, self._store, updates)
        except Exception as error:
            is_lost = isinstance(error, DBAPIError) and is_away(error)
            if len(batch) > 1 and not is_lost:  # one of them is the trouble: the others do not pay for it
                for item in batch:
                    await self._commit([item])
                return
            log.error("update_not_stored", error=type(error).__name__, updates=len(batch))
            _tell(batch, Unstored())
        else:
            _tell(batch, None)


def _tell(batch: list[Waiting], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
