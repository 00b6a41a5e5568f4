"""Of several receivers on one PostgreSQL one polls: whoever holds a lock that ends with its connection.

The messenger lets only one poll. A lock of the session needs no lease: when its holder is killed PostgreSQL lets
go at once: a receiver that is alone never waits for its own predecessor, and one that stands by takes over in a second.
One that is frozen keeps its connection: PostgreSQL ends it when nothing was asked on it for too long.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psycopg
import structlog

from core.clock import ticks
from core.config import Config

log = structlog.get_logger()
STANDBY_SECONDS = 1.0
ASK_SECONDS, FROZEN_SECONDS, _ENDS_IDLE = 15.0, 90, 14_00_00  # a poll between two questions takes half a minute
_OURS = 70_418  # a number of ours, with the bot's: two bots may share a database


class Standby:
    """This process's turn to poll. On SQLite there is only one process, and it is always its turn."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._connection: psycopg.Connection | None = None
        self._holds, self._is_sure, self._told = False, config.is_sqlite, False
        self._asked_at = 0.0

    async def is_mine(self) -> bool:
        """Whether this process polls. Asks the database until it does, now and then after that, and after a doubt."""
        if not self._is_sure or (not self._config.is_sqlite and ticks() > self._asked_at + ASK_SECONDS):
            self._asked_at = ticks()
            self._is_sure = await asyncio.to_thread(self._ask)
            if not self._is_sure and not self._told:
                log.info("receiver_stands_by")
            self._told = not self._is_sure
        return self._is_sure

    def doubt(self) -> None:
        """Somebody else polled: look whether the lock is still held; it ends when PostgreSQL starts anew."""
        self._is_sure = self._config.is_sqlite

    async def ends(self) -> None:
        """Make room at once."""
        await asyncio.to_thread(self._close)

    def _ask(self) -> bool:
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._config.url, autocommit=True, connect_timeout=5)
                if self._connection.info.server_version >= _ENDS_IDLE:
                    self._connection.execute(f"SET idle_session_timeout = '{FROZEN_SECONDS}s'".encode())
            if self._holds:
                self._connection.execute("SELECT 1")
            else:
                self._holds = self._locks(self._connection)
        except psycopg.OperationalError as error:
            log.warning("lock_unreachable", error=str(error).partition("\n")[0])
            self._close()
        return self._holds

    def _locks(self, connection: psycopg.Connection) -> bool:
        number = _OURS * 2**44 + self._config.bot_id
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (number,)).fetchone()
        return row is not None and bool(row[0])

    def _close(self) -> None:
        self._holds = False
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None
