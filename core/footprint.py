"""Transactions that share one commit, until they hold what others may wait for: seen from the statements they ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

_KEY = "farmgate_footprint"
_HOLDS_NOTHING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Together:
    """Transactions on one connection that share its commit: `begin` begins each, one after another."""

    begin: Callable[[], AbstractContextManager[Session]]
    _connection: Connection

    def __post_init__(self) -> None:
        self._connection.info.pop(_KEY, None)

    @property
    def is_full(self) -> bool:
        """Whether this must be committed now: on PostgreSQL it holds what others may wait for.

        If it went on to lock more, two such could wait for one another: of 24 that did, 13 deadlocked.
        """
        return _KEY in self._connection.info


def watch(engine: Engine) -> None:
    """Note from now on which statements lock something. (On SQLite nobody needs to know: one writes, the rest wait.)"""
    event.listen(engine, "before_cursor_execute", _note)


@contextmanager
def own_rows(connection: Connection) -> Iterator[None]:
    """What is written in this block concerns nobody else."""
    was_full = _KEY in connection.info
    yield
    if not was_full:
        connection.info.pop(_KEY, None)


def _note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    note(connection, statement)


def note(connection: Connection, statement: str) -> None:
    """Note what this statement locks, or will lock once it is sent."""
    if not statement.startswith(_HOLDS_NOTHING) or " FOR " in statement or "_lock(" in statement:
        connection.info[_KEY] = True
