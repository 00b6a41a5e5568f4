"""Looks at the database for whoever watches us: in threads of its own, and never for longer than a few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.clock import Clock
from core.db import Database

SECONDS = 4.0
Seen = TypeVar("Seen")


class Unseen(Exception):
    """The database did not answer in time."""


@dataclass(frozen=True)
class Looker:
    """Reads for health and figures; two at a time, so that a database that is away holds up nothing else."""

    database: Database
    clock: Clock
    seconds: float = SECONDS
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "looking"))

    async def look(self, read: Callable[[Session], Seen], seconds: float | None = None) -> Seen:
        """What `read` finds. Raises Unseen."""
        looking = asyncio.get_running_loop().run_in_executor(self._threads, self._read, read)
        try:
            return await asyncio.wait_for(looking, seconds or self.seconds)
        except (TimeoutError, DBAPIError) as error:
            raise Unseen from error

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _read(self, read: Callable[[Session], Seen]) -> Seen:
        with self.database.reading() as session:
            return read(session)
