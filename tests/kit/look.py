"""Whether a shop has something to do: asked some ten times after each act of a story, so at little cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from sqlalchemy import bindparam, exists, or_, select

from core.db import Database, UtcDateTime
from core.messaging import inbox
from core.messaging.models import Inbox, Outbox
from core.prepared import Prepared

# inbox.waiting or outbox.due_count, as one statement made once
_UNDONE = Prepared(
    select(
        or_(
            exists().where(or_(*(Inbox.state == state for state in inbox.UNFINISHED))),
            exists().where(Outbox.state == "pending", Outbox.not_before <= bindparam("now", type_=UtcDateTime)),
        )
    )
)


class Look:
    """Looks at inbox and outbox on connections of its own, each look a statement without a transaction around it."""

    def __init__(self, database: Database) -> None:
        self._dialect, self._url = database.engine.dialect, database.engine.url
        self._free: SimpleQueue[Any] = SimpleQueue()  # the drivers' connections share no type

    def has_undone(self, now: datetime) -> bool:
        """Whether an update waits or a letter may go; true while the database cannot be asked."""
        form = _UNDONE.form(self._dialect, {"now": now})
        try:
            with self._connection() as connection:
                return bool(connection.execute(form.sql, form.given({"now": now})).fetchone()[0])
        except (sqlite3.Error, psycopg.Error):
            return True

    def close(self) -> None:
        while not self._free.empty():
            self._free.get().close()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """One that nobody else uses meanwhile; one that failed is not used again."""
        try:
            connection = self._free.get_nowait()
        except Empty:
            connection = self._opened()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._free.put(connection)

    def _opened(self) -> Any:
        if self._dialect.name == "sqlite":
            return sqlite3.connect(str(self._url.database), isolation_level=None, check_same_thread=False)
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)
