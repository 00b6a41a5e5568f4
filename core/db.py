"""The database on SQLite and PostgreSQL: engine, column types, and the one place that begins and commits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Executable, Integer, MetaData
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.session import JoinTransactionMode
from sqlalchemy.types import TypeDecorator

from core.engine import make_engine
from core.footprint import Together

RETRIES = 5
_CONNECTION = "farmgate_connection"
_LAST = "farmgate_last"
_RETRIED_STATES = frozenset({"40001", "40P01"})  # serialisation failure, deadlock: the other side has gone on
Result = TypeVar("Result")

_AWAY = frozenset({"080", "57P", "53P", "531", "532", "533"})  # connection, shutdown, resources
_SQLITE_AWAY = frozenset({5, 6, 8, 10, 13, 14})  # busy, locked, read-only, input/output, full, cannot open

# BigInteger keys do not autoincrement on SQLite
Id = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite drops zones, so they are put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone was about to be stored")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Thousandths(TypeDecorator[Decimal]):
    """A Decimal quantity kept as whole thousandths of its unit (grams of a kilogram)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value) * 1000
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} is finer than a thousandth of its unit")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-3).normalize() + Decimal(0)


class Base(DeclarativeBase):
    """Base of every mapped table; names of constraints are fixed so that migrations agree on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, Decimal: Thousandths}  # noqa: RUF012 - read by SQLAlchemy as a class attribute


class _Queue:
    """A fair lock: writers are served in the order in which they came, so none waits for a busy database."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._busy = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False


BeforeCommit = Callable[[Session], None]


class Database:
    """Hands out transactions. `writing()` is the only place that commits; `before_commit` queues what must be told."""

    def __init__(self, url: str, *, before_commit: BeforeCommit | None = None, patient: bool = False) -> None:
        self.engine = make_engine(url, patient=patient)
        self.before_commit = before_commit
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._queue = _Queue()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: commits when the block ends well, rolls back otherwise."""
        if self.is_sqlite:
            with self._queue, self._session() as session:
                yield session
        else:
            with self._session() as session:
                yield session

    @contextmanager
    def together(self) -> Iterator[Together]:
        """Transactions that share one commit, for each commit waits for the disk.

        One that fails is undone alone; none is done before the block ends well.
        """
        queue: AbstractContextManager[None] = self._queue if self.is_sqlite else nullcontext()
        with queue, self.engine.begin() as connection:
            yield Together(partial(self._session, connection), connection)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that writes nothing and, on SQLite, waits for no writer."""
        connection = self.engine.connect().execution_options(farmgate_readonly=True)
        with connection, Session(connection, expire_on_commit=False) as session:
            yield session
            session.rollback()

    def run(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in one transaction; again, up to five times, after a deadlock or serialisation failure."""
        for attempt in range(1, RETRIES + 1):
            try:
                with self.writing() as session:
                    return work(session)
            except OperationalError as error:
                if attempt == RETRIES or not is_conflict(error):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _session(self, connection: Connection | None = None) -> Iterator[Session]:
        bind = connection or self.engine
        # on a connection that is in a transaction already, the session's own is a savepoint
        mode: JoinTransactionMode = "create_savepoint"
        with Session(bind, expire_on_commit=False, join_transaction_mode=mode) as session, session.begin():
            session.info[_CONNECTION] = session.connection()  # asked for once: one session is one transaction
            yield session
            if self.before_commit is not None:
                self.before_commit(session)
            for finish in session.info.pop(_LAST, {}).values():
                session.flush()
                finish(session)


def last_of_all(session: Session, name: str, work: BeforeCommit) -> None:
    """Have `work` done once when everything else of this transaction is written: it takes a lock that all want."""
    session.info.setdefault(_LAST, {})[name] = work


def is_conflict(error: OperationalError) -> bool:
    """Whether the other side of a deadlock or of a serialisation failure has gone on: the same again will do."""
    return getattr(error.orig, "sqlstate", None) in _RETRIED_STATES


def is_passing(error: OperationalError) -> bool:
    """Whether the same from the start of its transaction may go well: a conflict, or a lock waited for too long."""
    return is_conflict(error) or getattr(error.orig, "sqlstate", None) == "55P03"


def is_away(error: DBAPIError) -> bool:
    """Whether the database is the trouble, not what it was asked: unreachable, stopping, starting, locked, full."""
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_AWAY
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state[:3] in _AWAY)


def at_once(session: Session, statement: Executable, params: Any = None) -> Any:  # a CursorResult of rows of any shape
    """Run a Core statement that was made once, past the ORM (a third of its time), after what is pending is written."""
    session.flush()
    return connection_of(session).execute(statement, params)


def connection_of(session: Session) -> Connection:
    """The connection of the session's one transaction."""
    # a savepoint within it begins when the session itself is asked
    kept = None if session.in_nested_transaction() else session.info.get(_CONNECTION)
    return kept or session.connection()


@contextmanager
def one_transaction(url: str) -> Iterator[Connection]:
    """A connection of its own and one transaction on it, for what keeps the database: backups and restores."""
    engine = make_engine(url, patient=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
