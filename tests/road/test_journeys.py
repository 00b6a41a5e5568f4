"""What goes along with the next statement is done when it must be, undone with what it belongs to, and never left."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from bench.reserving import heard
from core.db import Database, connection_of, is_away, is_passing
from core.footprint import own_rows
from core.journeys import along, together
from core.messaging import due
from core.messaging.models import Due
from core.prepared import Prepared

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
WRONG = "INSERT INTO due (task, subject, occurrence, due_at, attempts) VALUES ('x', NULL, '', '2026-04-01', 0)"
AGAIN = "INSERT INTO due (task, subject, occurrence, due_at, attempts) VALUES ('one', 1, '', '2026-04-01', 0)"
_ECHO = Prepared(select(bindparam("said", type_=Due.task.type)))


class Mistake(Exception):
    """Something else went wrong in the same transaction."""


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The first words of what the database is asked in this block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(" ".join(statement.split()[:2]))

    with heard(database.engine, "before_cursor_execute", note):
        yield seen


def planned(session: Session) -> list[str]:
    return list(session.scalars(select(Due.task).order_by(Due.id)))


def kept(database: Database) -> list[str]:
    """What is planned once all is done."""
    with database.reading() as session:
        return planned(session)


def plan(session: Session, name: str) -> None:
    due.plan(session, name, 1, NOON)


def fails(begin: Callable[[], AbstractContextManager[Session]], name: str, *, asks: bool = False) -> None:
    """A transaction that plans this and comes to nothing."""
    with suppress(Mistake), begin() as session:
        plan(session, name)
        if asks:
            assert name in planned(session)
        raise Mistake


def test_what_goes_along_is_there_for_whoever_asks_next_and_after_the_commit(database: Database) -> None:
    with database.writing() as session:
        plan(session, "one")
        assert planned(session) == ["one"]
        plan(session, "two")
    assert kept(database) == ["one", "two"]


def test_on_postgresql_it_waits_for_the_next_statement(database: Database) -> None:
    with database.writing() as session, statements(database) as seen:
        plan(session, "one")
        waited = not seen
        planned(session)
    assert waited is not database.is_sqlite
    assert seen == ["INSERT INTO", "SELECT due.task"]


@pytest.mark.parametrize("asks", [True, False])
def test_nothing_of_a_transaction_that_failed_is_left_for_the_next_one(database: Database, asks: bool) -> None:
    fails(database.writing, "one", asks=asks)
    with database.writing() as session:
        assert planned(session) == []


@pytest.mark.parametrize("asks", [True, False])
def test_of_transactions_that_share_a_commit_one_is_undone_alone(database: Database, asks: bool) -> None:
    with database.together() as shared:
        for name in ("one", "three"):
            with shared.begin() as session:
                plan(session, name)
            fails(shared.begin, "two", asks=asks)
    assert kept(database) == ["one", "three"]


def test_what_was_undone_before_it_was_asked_never_reaches_postgresql(database: Database) -> None:
    with database.together() as shared, statements(database) as seen:
        fails(shared.begin, "one")
        with shared.begin():
            pass
    if not database.is_sqlite:
        assert seen == []
    assert kept(database) == []


@pytest.mark.parametrize("asks", [True, False])
def test_a_savepoint_within_a_savepoint_ends_where_it_should(database: Database, asks: bool) -> None:
    with database.together() as shared, shared.begin() as session:
        plan(session, "outer")
        with suppress(Mistake), session.begin_nested():
            plan(session, "inner")
            if asks:
                assert planned(session) == ["outer", "inner"]
            raise Mistake
        with session.begin_nested():
            plan(session, "kept")
    assert kept(database) == ["outer", "kept"]


@pytest.mark.parametrize("asks", [True, False])
def test_an_error_of_what_went_along_is_an_error_as_any_other(database: Database, asks: bool) -> None:
    with pytest.raises(IntegrityError):
        _wrong(database.writing, asks=asks)
    with database.writing() as session:
        plan(session, "after")
    assert kept(database) == ["after"]


def _wrong(begin: Callable[[], AbstractContextManager[Session]], *, asks: bool) -> None:
    with begin() as session:
        send_wrong(session)
        if asks:
            planned(session)


def send_wrong(session: Session) -> None:
    along(connection_of(session), [(WRONG, ((),))])


def test_an_error_names_the_statement_that_failed(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        _wrong_amid_others(database)
    assert caught.value.statement == WRONG


def _wrong_amid_others(database: Database) -> None:
    with database.writing() as session:
        plan(session, "one")
        send_wrong(session)
        plan(session, "two")
        due.plan_once(session, "three", NOON)


@pytest.mark.parametrize("asks", [True, False])
def test_an_error_of_what_went_along_undoes_the_savepoint_it_belongs_to(database: Database, asks: bool) -> None:
    with database.writing() as session:
        plan(session, "before")
        with suppress(IntegrityError), session.begin_nested():
            send_wrong(session)
            if asks:
                planned(session)
        plan(session, "after")
    assert kept(database) == ["before", "after"]


@pytest.mark.parametrize("asks", [True, False])
def test_of_transactions_that_share_a_commit_the_one_that_was_wrong_fails(database: Database, asks: bool) -> None:
    with database.together() as shared:
        with pytest.raises(IntegrityError):
            _wrong(shared.begin, asks=asks)
        with shared.begin() as session:
            plan(session, "two")
    assert kept(database) == ["two"]


def test_an_error_from_before_a_savepoint_is_not_hidden_by_its_end(database: Database) -> None:
    with pytest.raises(IntegrityError):
        _then_nested(database, send_wrong)


def test_a_lock_waited_for_too_long_is_known_as_one_within_a_savepoint(postgresql_url: str) -> None:
    def plan_soon(session: Session) -> None:
        session.execute(text("SET LOCAL lock_timeout = 50"))
        plan(session, "same")

    with opened(postgresql_url) as database, database.writing() as other:
        plan(other, "same")
        planned(other)
        with pytest.raises(OperationalError) as caught:
            _then_nested(database, plan_soon)
    assert is_passing(caught.value)


def _then_nested(database: Database, work: Callable[[Session], None]) -> None:
    with database.writing() as session:
        work(session)
        with session.begin_nested():
            planned(session)


@pytest.mark.parametrize("ends", [True, False])
def test_what_waits_is_known_to_be_held(database: Database, ends: bool) -> None:
    with database.together() as shared:
        with shared.begin() as session:
            plan(session, "one")
            if ends:
                with own_rows(connection_of(session)):
                    planned(session)
        assert shared.is_full or database.is_sqlite


def test_a_statement_that_a_failed_journey_did_not_prepare_is_not_taken_for_prepared(database: Database) -> None:
    with database.together() as shared:
        fails(shared.begin, "one", asks=True)  # the words of the rollback below are known
    with database.writing() as session:
        for _ in range(5):  # next time psycopg prepares it
            _ECHO.rows(session, {"said": "a"})
    with database.together() as shared:
        with suppress(IntegrityError), shared.begin() as session:
            send_wrong(session)
            _ECHO.rows(session, {"said": "a"})
        with shared.begin() as session:
            assert _ECHO.one(session, {"said": "a"}) == ("a",)


def test_of_two_errors_in_one_journey_the_first_comes_out_and_no_row_is_logged(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as session:
        plan(session, "one")
    with pytest.raises(IntegrityError):
        _twice_wrong(database)
    assert caplog.text == ""


def _twice_wrong(database: Database) -> None:
    with database.writing() as session:
        along(connection_of(session), [(AGAIN, ((),))])
        _ECHO.rows(session, {"said": "what PostgreSQL's driver does not take: \0"})


def test_a_connection_that_is_closed_before_the_journey_is_an_outage(postgresql_url: str) -> None:
    with opened(postgresql_url) as database, database.engine.connect() as connection, connection.begin() as transaction:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.close()
        along(connection, [(WRONG, ((),))])
        with pytest.raises(DBAPIError) as caught:
            together(connection, [(WRONG, ((),))])
        transaction.rollback()
    assert is_away(caught.value)


def test_nothing_of_a_forgotten_transaction_goes_along_in_another(postgresql_url: str) -> None:
    with opened(postgresql_url) as database:
        forgotten = Session(database.engine)
        plan(forgotten, "lost")
        del forgotten
        gc.collect()
        with database.writing() as session:
            assert planned(session) == []


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A Database that a test on PostgreSQL alone asks."""
    made = Database(url)
    yield made
    made.dispose()
