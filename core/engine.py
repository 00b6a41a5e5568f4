"""How each database is spoken to: one engine a process, with what both databases need told of every connection."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError

from core import footprint, journeys
from core.clock import ticks

REST_SECONDS = 5.0
# a process that was frozen within a transaction must not keep from others what it locked; in the middle of a journey
# of several statements PostgreSQL does not call it idle, and only since 17 bounds the whole transaction
FROZEN_SECONDS, LONGEST_SECONDS, _BOUNDS_ALL = 20, 120, 17_00_00
_FROZEN = frozenset({"25P03", "25P04"})
_ASKED = f"-c timezone=UTC -c lock_timeout=5s -c idle_in_transaction_session_timeout={FROZEN_SECONDS}s"


def make_engine(url: str, *, patient: bool = False) -> Engine:
    """An engine for `sqlite:///...` or `postgresql://...`, durable (FULL / synchronous_commit) on both.

    `patient`: its transactions may take as long as they need; it looks after the database, and serves nobody.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        # one update's statements share one connection; several threads take connections of their own
        given = {"timeout": 30, "check_same_thread": False}
        engine = create_engine(parsed.set(drivername="sqlite+together"), connect_args=given, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        parsed.set(drivername="postgresql+together"), pool_size=10, max_overflow=10,
        pool_use_lifo=True,  # the connection used last has its statements prepared and its server warm
        use_native_hstore=False,  # no column has that type: each start need not look for it
        hide_parameters=True,  # they hold phones and addresses, and errors are logged
        connect_args={"connect_timeout": 5, "options": _ASKED},
    )  # fmt: skip
    event.listen(engine, "handle_error", _leave_out_rows)
    event.listen(engine, "handle_error", _as_outage)
    footprint.watch(engine)
    journeys.watch(engine)
    if not patient:
        event.listen(engine, "connect", _bound)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_after_rest)
    return engine


def _bound(connection: Any, _record: object) -> None:  # the driver's own type
    if connection.info.server_version >= _BOUNDS_ALL:
        connection.execute(f"SET transaction_timeout = '{LONGEST_SECONDS}s'")
        connection.commit()


def _note_use(_connection: Any, record: Any) -> None:  # the driver's and the pool's own types
    record.info["used"] = ticks()


def _ping_after_rest(connection: Any, record: Any, _proxy: object) -> None:
    """Try a connection that rested before it is used: the server may have restarted. A ping before each of many
    transactions a second would cost as much as one of their statements.
    """
    if ticks() - record.info.get("used", ticks()) < REST_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


def _as_outage(context: ExceptionContext) -> OperationalError | None:
    """Whoever froze within a transaction has lost it as in an outage; the driver calls that an internal error."""
    if getattr(context.original_exception, "sqlstate", None) not in _FROZEN:
        return None
    return OperationalError(None, None, context.original_exception, connection_invalidated=True)


def _leave_out_rows(context: ExceptionContext) -> None:
    """Cut PostgreSQL's errors to what was wrong: their details repeat the row, and errors are logged."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    wrong = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    if wrong is not None:
        error.args = (wrong,)
        if wrapped is not None:
            wrapped.args = (f"({type(error).__module__}.{type(error).__name__}) {wrong}",)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # the driver's own connection type
    connection.isolation_level = None  # pysqlite would otherwise begin transactions of its own, deferred
    for pragma in (
        "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "busy_timeout=30000",
        "cache_size=-16000",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # a deferred BEGIN that later writes fails at once when another writer is busy: 617 of 640 did
    readonly = connection.get_execution_options().get("farmgate_readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
