"""What raw SQL cannot be kept from, who owns the tables being free to alter them, the ledger's check notices."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import psycopg
import pytest

from core.db import Database
from core.payments import ledger_check
from core.payments.ledger import move
from tests.payments.till import NOW, clearing, inr, wallet

OFF, ON = "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL", "ALTER TABLE ledger_transfer ENABLE TRIGGER ALL"
ACCOUNTS_OFF, ACCOUNTS_ON = (state.replace("transfer", "account") for state in (OFF, ON))
FORGED = "INSERT INTO ledger_transfer VALUES (2, 1, 2, 5, 'INR', 'k', 'x', NULL, NULL, NULL, '2026-07-01 00:00:00')"
TAMPERED = {  # what is done, and a piece of the sentence that tells it
    "postgresql": [
        ("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_stays", "ledger_transfer_stays was changed"),
        (OFF, "trigger ledger_transfer_counted was changed"),
        (OFF, "switched-off foreign key trigger"),
        ("ALTER TABLE ledger_transfer ENABLE REPLICA TRIGGER ledger_transfer_stays", "_stays was changed"),
        ("DROP TRIGGER ledger_account_kept ON ledger_account", "trigger ledger_account_kept is missing"),
        ("CREATE OR REPLACE FUNCTION ledger_refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
         "function ledger_refused was changed"),
        ("CREATE RULE quiet AS ON INSERT TO ledger_transfer DO INSTEAD NOTHING", "rule quiet does not belong there"),
        ("CREATE TRIGGER extra AFTER INSERT ON ledger_transfer EXECUTE FUNCTION ledger_refused()", "extra does not"),
        ("ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_amount", "constraint ledger_transfer_amount on"),
        ("ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_floor", "constraint ledger_account_floor on"),
        ("ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_key", "constraint ledger_transfer_key on"),
        ("ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_debit", "constraint ledger_transfer_debit on"),
        ("ALTER TABLE ledger_transfer ALTER COLUMN at TYPE text", "table ledger_transfer was changed"),
        ("ALTER TABLE ledger_account ALTER COLUMN floor_zero DROP NOT NULL", "table ledger_account was changed"),
        ("DROP TABLE ledger_transfer", "table ledger_transfer is missing"),
        (f"{OFF}; DELETE FROM ledger_transfer; {ON}", "account 2 (customer_credit) keeps debits 0, credits 500"),
        (f"{OFF}; UPDATE ledger_transfer SET amount = 400; {ON}", "its transfers make 0, 400, 1"),
        (f"{OFF}; {FORGED}; {ON}", "account 1 (provider_clearing) keeps debits 500"),
        (f"{OFF}; {FORGED.replace('1, 2, 5', '1, 77, 5')}; {ON}", "transfer 2 does not move"),
        (f"{ACCOUNTS_OFF}; UPDATE ledger_account SET credits = 600 WHERE id = 2; {ACCOUNTS_ON}",
         "in INR the debits are 500 and the credits 600"),
        (f"{ACCOUNTS_OFF}; DELETE FROM ledger_account WHERE id = 2; {ACCOUNTS_ON}", "transfer 1 does not move"),
        ("SET session_replication_role = replica; DELETE FROM ledger_transfer", "account 2 (customer_credit) keeps"),
    ],
    "sqlite": [
        *((f"DROP TRIGGER {name}", f"the trigger {name} is missing") for name in (
            "ledger_account_opened", "ledger_account_kept", "ledger_account_stays", "ledger_transfer_sound",
            "ledger_transfer_counted", "ledger_transfer_kept", "ledger_transfer_stays")),
        ("DROP TRIGGER ledger_transfer_kept; CREATE TRIGGER ledger_transfer_kept BEFORE UPDATE ON ledger_transfer"
         " BEGIN SELECT 1; END", "trigger ledger_transfer_kept was changed"),
        ("CREATE TRIGGER extra AFTER INSERT ON ledger_transfer BEGIN SELECT 1; END", "trigger extra does not belong"),
        ("ALTER TABLE ledger_transfer ADD COLUMN note TEXT", "table ledger_transfer was changed"),
        ("DROP TABLE ledger_transfer", "table ledger_transfer is missing"),
        ("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'AND amount > 0', '')"
         " WHERE name = 'ledger_transfer'", "table ledger_transfer was changed"),
        ("DROP INDEX ledger_transfer_by_order", "index ledger_transfer_by_order is missing"),
        ("DROP TRIGGER ledger_transfer_stays; DELETE FROM ledger_transfer", "keeps debits 0, credits 500"),
        ("DROP TRIGGER ledger_transfer_kept; UPDATE ledger_transfer SET id = 3", "2 of 3 transfers are missing"),
        ("DROP TRIGGER ledger_transfer_kept; UPDATE ledger_transfer SET amount = 400", "its transfers make 0, 400, 1"),
        ("DROP TRIGGER ledger_account_kept; UPDATE ledger_account SET credits = 600 WHERE id = 2",
         "in INR the debits are 500 and the credits 600"),
        ("DROP TRIGGER ledger_account_stays; DELETE FROM ledger_account WHERE id = 2", "transfer 1 does not move"),
        ("DROP TRIGGER ledger_account_kept; PRAGMA ignore_check_constraints = ON;"
         " UPDATE ledger_account SET debits = 700 WHERE id = 2", "(customer_credit) is 200 below its floor of zero"),
        ("DROP TRIGGER ledger_account_kept; PRAGMA ignore_check_constraints = ON;"
         " UPDATE ledger_account SET floor_zero = 0 WHERE id = 2", "(customer_credit) has no floor of zero"),
    ],
}  # fmt: skip
CASES = [(kind, *case) for kind, cases in TAMPERED.items() for case in cases]


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Iterator[tuple[str, Database]]:
    """A ledger with one transfer of 500 from account 1 to account 2."""
    url = request.getfixturevalue(f"{request.param}_url")
    database = Database(url)
    with database.writing() as session:
        assert move(session, clearing(session), wallet(session), inr(500), key="charge", why="test", now=NOW)
        assert ledger_check.broken(session) == []
    yield url, database
    database.dispose()


@pytest.mark.parametrize(
    ("kept", "sql", "sentence"), CASES, indirect=["kept"],
    ids=[re.sub(r"\W+", " ", f"{kind} {sql}")[:80] for kind, sql, _ in CASES],
)  # fmt: skip
def test_tampering_is_noticed(kept: tuple[str, Database], sql: str, sentence: str) -> None:
    url, database = kept
    _alter(url, sql)
    with database.reading() as session:
        found = ledger_check.broken(session)
    assert any(sentence in each for each in found), found


def test_a_careless_connection_is_noticed(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for pragma in ("foreign_keys=OFF", "recursive_triggers=OFF", "ignore_check_constraints=ON"):
            driver.execute(f"PRAGMA {pragma}")
    with database.reading() as session:  # the pool hands out the same connection
        assert ledger_check.broken(session) == [
            "this connection has foreign_keys off", "this connection has recursive_triggers off",
            "this connection has ignore_check_constraints on",
        ]  # fmt: skip
    database.dispose()


def _alter(url: str, sql: str) -> None:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(sql)
        connection.close()
    else:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(sql.encode())
