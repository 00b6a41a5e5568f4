"""What goes along with the next statement on PostgreSQL, where a journey to the server costs as much as a statement.

Savepoints, their ends, and writes whose answer nobody needs wait on our side; in their order they make one journey
with what is asked next. A commit sends what still waits, and so do a savepoint and its end where a write waits; a
rollback forgets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from core import footprint

_KEY = "farmgate_waiting"
_ENDS_WITH_COMMIT = ("SAVEPOINT ", "RELEASE ")

Sent = tuple[str, Sequence[Any]]  # a statement as the driver takes it, and its parameters, once or more
_NONE = ((),)
_numbers = count(1)


class _Savepoints:
    """Savepoints past SQLAlchemy's road for statements, which takes longer than they do.

    Writes do not wait beyond one: their error belongs to the block that made them.
    """

    def do_savepoint(self, connection: Connection, name: str) -> None:
        _send_writes(connection)
        along(connection, [(f"SAVEPOINT {name}", _NONE)])

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        try:
            _send_writes(connection)
        except DBAPIError:  # SQLAlchemy takes a savepoint for gone when its release fails
            if not connection.invalidated:
                self.do_rollback_to_savepoint(connection, name)
            raise
        along(connection, [(f"RELEASE SAVEPOINT {name}", _NONE)])

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        waiting, begun = taken(connection), (f"SAVEPOINT {name}", _NONE)
        if begun in waiting:  # nothing of it reached the server
            connection.info[_KEY] = waiting[: waiting.index(begun)]
        else:
            # psycopg takes statements for prepared that a failed journey did not prepare; it forgets all of them
            # at a rollback, but only at one whose words are new to it
            _send(connection, [(f"ROLLBACK TO SAVEPOINT {name} -- {next(_numbers)}", _NONE)])


class PostgresqlDialect(_Savepoints, PGDialect_psycopg):
    """PostgreSQL by psycopg; what needs no answer waits for what is asked next."""

    supports_statement_cache = True


class SqliteDialect(_Savepoints, SQLiteDialect_pysqlite):
    """SQLite, which is asked without a journey: nothing waits."""

    supports_statement_cache = True


registry.register("postgresql.together", __name__, PostgresqlDialect.__name__)
registry.register("sqlite.together", __name__, SqliteDialect.__name__)


def watch(engine: Engine) -> None:
    """See to it that what waits goes before every statement, whichever road that takes, and before a commit; and that
    nothing of a transaction which was forgotten, neither committed nor rolled back, goes along in another's.
    """
    event.listen(engine, "before_cursor_execute", _before_statement)
    event.listen(engine, "commit", _before_commit)
    event.listen(engine, "rollback", _forget)
    event.listen(engine, "checkin", _drop)


def along(connection: Connection, statements: Sequence[Sent]) -> None:
    """Let them go along with the next statement, where that spares a journey; nobody needs an answer."""
    if isinstance(connection.dialect, PostgresqlDialect):
        for sql, _given in statements:
            footprint.note(connection, sql)
        connection.info.setdefault(_KEY, []).extend(statements)
    else:
        _send(connection, statements)


def taken(connection: Connection) -> list[Sent]:
    """What waits; whoever takes it sends it."""
    waiting: list[Sent] = connection.info.pop(_KEY, [])
    return waiting


def together(connection: Connection, statements: Sequence[Sent]) -> list[Any]:
    """Run statements that need nothing of one another's answers, behind what waits: on PostgreSQL in one journey.

    A cursor for each, to be read and closed by the caller. Raises SQLAlchemy's own errors.
    """
    waiting = taken(connection)
    cursors: list[Any] = []
    sent = [*waiting, *statements]
    try:
        with _journey(connection, sum(len(given) for _sql, given in sent)):
            for sql, given in sent:
                cursors.append(cursor := connection.connection.cursor())
                _tell(connection, cursor, sql, given)
                for each in given:
                    cursor.execute(sql, each)
    except Exception as error:
        # the one door to SQLAlchemy's own errors, and to giving up a connection that broke
        at = _failed(cursors)
        connection._handle_dbapi_exception(error, sent[at][0], None, cursors[at] if cursors else None, None)
    return cursors[len(waiting) :]


def _failed(cursors: Sequence[Any]) -> int:
    """The place of the statement that failed: on PostgreSQL the first without an answer, else the last."""
    unanswered = (at for at, cursor in enumerate(cursors) if getattr(cursor, "pgresult", cursor) is None)
    return next(unanswered, max(len(cursors) - 1, 0))


def _tell(connection: Connection, cursor: Any, sql: str, given: Sequence[Any]) -> None:
    """Whoever counts statements counts this one too."""
    is_many = len(given) > 1
    for told in connection.dispatch.before_cursor_execute:
        told(connection, cursor, sql, given if is_many else given[0], None, is_many)


def _before_statement(connection: Connection, *_: object) -> None:
    _send(connection, taken(connection))


def _before_commit(connection: Connection) -> None:
    _send(connection, [each for each in taken(connection) if _writes(each)])


def _forget(connection: Connection) -> None:
    if not connection.invalidated:  # what waited for a connection that broke went with it
        taken(connection)


def _drop(_connection: Any, record: Any) -> None:  # the driver's and the pool's own types
    record.info.pop(_KEY, None)


def _writes(waiting: Sent) -> bool:
    return not waiting[0].startswith(_ENDS_WITH_COMMIT)


def _send_writes(connection: Connection) -> None:
    """Send what waits, unless that is only savepoints and their ends: those do not fail by themselves."""
    if any(_writes(each) for each in connection.info.get(_KEY, ())):
        _send(connection, taken(connection))


def _send(connection: Connection, waiting: Sequence[Sent]) -> None:
    if waiting:
        for cursor in together(connection, waiting):
            cursor.close()


@contextmanager
def _journey(connection: Connection, statements: int) -> Iterator[None]:
    """Where several statements make one; raises the server's first error.

    None of them ends the driver's pipeline: that would log the next one, whose details repeat a row.
    """
    driver = connection.connection.driver_connection
    if statements < 2 or not isinstance(driver, psycopg.Connection):
        yield
        return
    errors: list[Exception] = []
    try:
        with driver.pipeline():
            try:
                yield
            except Exception as error:
                errors.append(error)
    except psycopg.Error as error:
        errors.append(error)
    if errors:
        raise next((error for error in errors if getattr(error, "sqlstate", None)), errors[0])
