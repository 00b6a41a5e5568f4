"""What the claims read on PostgreSQL where it keeps the plan it made while there was next to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg.sql import SQL, Composed, Literal
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from core.db import Database
from core.messaging import inbox, outbox
from core.messaging.models import Inbox, Outbox
from tests.kit.plans import numbered, reads

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
WAITING, DONE = 200, 2_000
MOST = 4 * (WAITING + DONE)  # what looks at each of the others for each takes a hundred thousand


@pytest.fixture
def database(postgresql_url: str) -> Iterator[Database]:
    """A server that neither vacuums nor counts what its tables hold."""
    made = Database(postgresql_url)
    yield made
    made.dispose()


def driver_of(session: Session) -> Any:
    """The driver's own connection, past SQLAlchemy and what it adds."""
    return session.connection().connection.driver_connection


def kept(session: Session, claim: Callable[[Session], object]) -> Composed:
    """Keep the plan of a claim's first statement for good; what runs it with the values of now."""
    with reads(session) as seen:
        claim(session)
    statement, values = seen[0]
    driver = driver_of(session)
    driver.execute("SET plan_cache_mode = force_generic_plan")
    driver.execute("DEALLOCATE ALL")
    driver.execute("PREPARE claimed AS " + numbered(statement, values))
    run = SQL("EXECUTE claimed ({})").format(SQL(", ").join(Literal(value) for value in values.values()))
    driver.execute(run)
    return run


def pages(session: Session, run: Composed) -> tuple[int, int]:
    """(rows it gave, pages it looked at)."""
    driver = driver_of(session)
    [[[told]]] = driver.execute(SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + run).fetchall()
    plan = told["Plan"]
    return int(plan["Actual Rows"]), plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def test_a_claim_of_updates_does_not_read_what_is_done_for_each_that_waits(database: Database) -> None:
    row = {"bot_id": 1, "raw": "{}", "state": "new", "attempts": 0, "received_at": NOW}
    rows = [{**row, "update_id": number, "chat_key": str(number)} for number in range(DONE + WAITING)]
    with database.writing() as session:
        run = kept(session, lambda s: inbox.claim(s, NOW))
        session.execute(insert(Inbox), rows[:DONE])
        session.execute(update(Inbox).values(state="done"))
        session.execute(insert(Inbox), rows[DONE:])
        given, looked = pages(session, run)
    assert given == 16
    assert looked < MOST, looked


@pytest.mark.parametrize("chats", [1, 5])
def test_a_claim_reads_no_more_when_few_chats_were_counted(database: Database, chats: int) -> None:
    kept_ = {"bot_id": 1, "attempts": 0}
    letter = {**kept_, "kind": "screen", "payload": {}, "priority": 0, "not_before": NOW, "fence": 0, "created_at": NOW}
    update_ = {**kept_, "raw": "{}", "received_at": NOW}
    few, numbers = 1_000, range(4_000)
    with database.writing() as session:
        session.execute(insert(Outbox), [
            {**letter, "state": "sent" if n < few else "pending", "dedup": str(n), "chat_id": n % chats}
            for n in numbers
        ])  # fmt: skip
        session.execute(insert(Inbox), [
            {**update_, "state": "done" if n < few else "new", "update_id": n, "chat_key": str(n % chats)}
            for n in numbers
        ])  # fmt: skip
        driver = driver_of(session)
        driver.execute("ANALYZE inbox, outbox")
        for claim in (lambda s: inbox.claim(s, NOW), lambda s: outbox.claim(s, NOW, NOW, 16)):
            run = kept(session, claim)
            _given, looked = pages(session, run)
            assert looked < 4 * len(numbers), looked


def test_a_claim_of_letters_does_not_read_what_went_for_each_that_waits(database: Database) -> None:
    row = {
        "bot_id": 1, "kind": "screen", "payload": {"screen": {"text": "x" * 400}}, "priority": 0, "state": "pending",
        "attempts": 0, "not_before": NOW, "fence": 0, "created_at": NOW,
    }  # fmt: skip
    rows = [{**row, "dedup": f"a{number}", "chat_id": number} for number in range(DONE)]
    late = [{**row, "dedup": f"b{number}", "chat_id": number} for number in range(WAITING)]
    with database.writing() as session:
        run = kept(session, lambda s: outbox.claim(s, NOW, NOW, 16))
        session.execute(insert(Outbox), rows)
        session.execute(update(Outbox).values(state="sent"))
        session.execute(insert(Outbox), late)
        given, looked = pages(session, run)
    assert given == 16
    assert looked < MOST, looked
