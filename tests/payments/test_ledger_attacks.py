"""Raw SQL cannot bend the ledger: each attempt fails and changes nothing, whatever a connection switched off."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from core.db import Database
from core.payments import ledger_check
from core.payments.ledger import AccountKind, holds, move
from tests.payments.till import NOW, clearing, inr, wallet

AT = "'2026-07-01 00:00:00'"
FACTS = "debit_account, credit_account, amount, currency, key, why, at"
REFUSALS = (sqlite3.Error, OverflowError, psycopg.Error)  # sqlite3 cannot even bind what is larger than a bigint


class Intruder:
    """A driver's bare connection to a ledger with three accounts (1 clearing, 2 wallet INR, 3 wallet USD)."""

    def __init__(self, url: str, *, careless: bool) -> None:
        self.careless = careless
        self.is_sqlite = url.startswith("sqlite")
        self.connection: Any  # either driver's
        if self.is_sqlite:
            self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            state = ("OFF", "ON") if careless else ("ON", "OFF")
            self.connection.execute(f"PRAGMA foreign_keys={state[0]}")
            self.connection.execute(f"PRAGMA recursive_triggers={state[0]}")
            self.connection.execute(f"PRAGMA ignore_check_constraints={state[1]}")
        else:
            self.connection = psycopg.connect(url, autocommit=True)

    def runs(self, sql: str, *values: object) -> None:
        """Run one statement in a transaction of its own; `?` stands for a bound value."""
        self._in_transaction("execute", sql, values)

    def runs_many(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        self._in_transaction("executemany", sql, rows)

    def _in_transaction(self, how: str, sql: str, values: Any) -> None:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN")
        try:
            getattr(cursor, how)(sql if self.is_sqlite else sql.replace("?", "%s"), values or None or ())
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")

    def sees(self) -> list[tuple[Any, ...]]:
        rows = []
        for table in ("ledger_account", "ledger_transfer"):
            rows += self.connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
        return rows


@pytest.fixture(params=["sqlite", "sqlite careless", "postgresql"])
def shop(request: pytest.FixtureRequest) -> Iterator[tuple[Intruder, Database]]:
    """500 in the wallet of member 1, and an intruder: on SQLite as we connect, and with every switchable guard off."""
    kind, *careless = request.param.split()
    url = request.getfixturevalue(f"{kind}_url")
    database = Database(url)
    with database.writing() as session:
        bank, credit, _ = clearing(session), wallet(session), wallet(session, currency="USD")
        assert move(session, bank, credit, inr(500), key="charge", why="test", now=NOW)
    intruder = Intruder(url, careless=bool(careless))
    yield intruder, database
    intruder.connection.close()
    database.dispose()


def broken(database: Database) -> list[str]:
    with database.reading() as session:
        return ledger_check.broken(session)


def insert(
    amount: str = "5", sides: str = "1, 2", currency: str = "INR", key: str = "new", verb: str = "INSERT"
) -> str:
    return f"{verb} INTO ledger_transfer ({FACTS}) VALUES ({sides}, {amount}, '{currency}', '{key}', 'x', {AT})"


OPENING = "INSERT INTO ledger_account (kind, owner_kind, owner_id, currency, floor_zero, created_at"
BOTH = {
    "zero": insert("0"), "negative": insert("-5"), "fraction": insert("1.5"), "text fraction": insert("'1.5'"),
    "word": insert("'ten'"), "null": insert("NULL"), "beyond bigint": insert("9223372036854775808"),
    "beyond any sum": insert("1000000000000001"), "huge float": insert("1e300"), "not a number": insert("'NaN'"),
    "infinity": insert("'Infinity'"), "self": insert(sides="1, 1"), "no such account": insert(sides="1, 99"),
    "no account": insert(sides="1, NULL"), "no debit": insert(sides="NULL, 2"),
    "cross-currency": insert(sides="1, 3"), "cross-currency back": insert(sides="1, 3", currency="USD"),
    "overdraft": insert("501", sides="2, 1"), "no key": insert(key=""), "same key": insert(key="charge"),
    "upsert": insert(key="charge") + " ON CONFLICT (key) DO UPDATE SET amount = 1",
    "upsert excluded": insert(key="charge") + " ON CONFLICT (key) DO UPDATE SET amount = excluded.amount",
    "update": "UPDATE ledger_transfer SET amount = 1", "update why": "UPDATE ledger_transfer SET why = 'y'",
    "update key": "UPDATE ledger_transfer SET key = 'y' WHERE id = 1",
    "update from": "UPDATE ledger_transfer SET amount = a.id FROM ledger_account AS a WHERE a.id = debit_account",
    "delete": "DELETE FROM ledger_transfer", "delete one": "DELETE FROM ledger_transfer WHERE id = 1",
    "delete returning": "DELETE FROM ledger_transfer RETURNING id",
    "credits": "UPDATE ledger_account SET credits = credits + 100 WHERE id = 2",
    "debits": "UPDATE ledger_account SET debits = 0 WHERE id = 1",
    "count again": "UPDATE ledger_account SET credits = credits + 500, last_transfer = 1 WHERE id = 2",
    "count ahead": "UPDATE ledger_account SET credits = credits + 500, last_transfer = 2 WHERE id = 2",
    "count elsewhere": "UPDATE ledger_account SET credits = 500, last_transfer = 1 WHERE id = 3",
    "kind": "UPDATE ledger_account SET kind = 'suspense' WHERE id = 2",
    "owner": "UPDATE ledger_account SET owner_id = 7 WHERE id = 2",
    "currency": "UPDATE ledger_account SET currency = 'USD' WHERE id = 1",
    "account's id": "UPDATE ledger_account SET id = 50 WHERE id = 3",
    "opened at": f"UPDATE ledger_account SET created_at = {AT} WHERE id = 2",
    "update account from": "UPDATE ledger_account SET credits = 9 FROM ledger_transfer AS t WHERE t.id > 0",
    "delete account": "DELETE FROM ledger_account WHERE id = 3", "delete accounts": "DELETE FROM ledger_account",
    "rich account": f"{OPENING}, credits) VALUES ('tax', '', 0, 'INR', '0', {AT}, 1)",
    "ahead account": f"{OPENING}, last_transfer) VALUES ('tax', '', 0, 'INR', '0', {AT}, 1)",
    "account twice": f"{OPENING}) VALUES ('customer_credit', 'member', 1, 'INR', '1', {AT})",
    "account upsert": f"{OPENING}) VALUES ('customer_credit', 'member', 1, 'INR', '1', {AT})"
    " ON CONFLICT (kind, owner_kind, owner_id, currency) DO UPDATE SET credits = 9",
}  # fmt: skip
CHECKED = {  # on SQLite these rest on checks alone, which a PRAGMA switches off
    "floor off": "UPDATE ledger_account SET floor_zero = '0' WHERE id = 2",
    "wallet without floor": f"{OPENING}) VALUES ('customer_credit', 'member', 8, 'INR', '0', {AT})",
    "odd currency": f"{OPENING}) VALUES ('tax', '', 0, 'inr', '0', {AT})",
    "no kind": f"{OPENING}) VALUES ('', '', 0, 'INR', '0', {AT})",
}
SQLITE = {
    "or replace": insert(key="charge", verb="INSERT OR REPLACE"), "replace": insert(key="charge", verb="REPLACE"),
    "or ignore": insert("-5", verb="INSERT OR IGNORE"), "whole float": insert("1e3"), "float": insert("5.0"),
    "text": insert("'5'"), "blob": insert("x'05'"), "hidden float": insert("5 * 1.0"),
    "replace by id": f"REPLACE INTO ledger_transfer (id, {FACTS}) VALUES (1, 1, 2, 5, 'INR', 'n', 'x', {AT})",
    "chosen id": f"INSERT INTO ledger_transfer (id, {FACTS}) VALUES (99, 1, 2, 5, 'INR', 'n', 'x', {AT})",
    "negative id": f"INSERT INTO ledger_transfer (id, {FACTS}) VALUES (-1, 1, 2, 5, 'INR', 'n', 'x', {AT})",
    "update or replace": "UPDATE OR REPLACE ledger_transfer SET key = 'charge'",
    "replace account": f"REPLACE{OPENING[6:]}) VALUES ('customer_credit', 'member', 1, 'INR', 1, {AT})",
    "replace account by id": f"REPLACE{OPENING[6:]}, id) VALUES ('tax', '', 0, 'INR', 0, {AT}, 2)",
    "update account or replace": "UPDATE OR REPLACE ledger_account SET id = 2 WHERE id = 3",
}  # fmt: skip
POSTGRESQL = {
    "truncate": "TRUNCATE ledger_transfer", "truncate accounts": "TRUNCATE ledger_account CASCADE",
    "truncate both": "TRUNCATE ledger_account, ledger_transfer RESTART IDENTITY CASCADE",
    "blob": insert(r"'\x05'::bytea"), "true": insert("true"), "money": insert("5::money"),
    "whole with decimals": insert("5.0"), "float8": insert("1.5::float8"), "nan": insert("'NaN'::numeric"),
    "delete in with": "WITH gone AS (DELETE FROM ledger_transfer RETURNING id) SELECT * FROM gone",
    "merge": "MERGE INTO ledger_transfer t USING ledger_account a ON t.debit_account = a.id"
    " WHEN MATCHED THEN UPDATE SET amount = 1",
    "merge delete": "MERGE INTO ledger_account t USING ledger_transfer a ON t.id = a.debit_account"
    " WHEN MATCHED THEN DELETE",
    "overriding": f"{OPENING}, id) OVERRIDING SYSTEM VALUE VALUES ('tax', '', 0, 'INR', '0', {AT}, 2)",
}  # fmt: skip


Shop = tuple[Intruder, Database]


def attacks(intruder: Intruder) -> dict[str, str]:
    if not intruder.is_sqlite:
        return BOTH | CHECKED | POSTGRESQL
    return BOTH | SQLITE | ({} if intruder.careless else CHECKED)


def test_every_attack_fails_and_changes_nothing(shop: Shop, subtests: pytest.Subtests) -> None:
    intruder, database = shop
    before = intruder.sees()
    for name, sql in attacks(intruder).items():
        with subtests.test(name):
            with pytest.raises(REFUSALS):
                intruder.runs(sql)
            assert intruder.sees() == before
    assert broken(database) == []


NO_AMOUNTS = (0, -1, 1.5, "1.5", "ten", None, b"5", 10**15 + 1, 2**63, 2**70, float("nan"), float("inf"))


def test_bound_values_that_are_no_amount_fail_one_by_one_and_many_at_once(
    shop: Shop, subtests: pytest.Subtests
) -> None:
    intruder, database = shop
    sql = insert("?").replace("'new'", "?")
    before = intruder.sees()
    for amount in NO_AMOUNTS:
        with subtests.test(amount=amount):
            with pytest.raises(REFUSALS):
                intruder.runs(sql, amount, "new")
            with pytest.raises(REFUSALS):
                intruder.runs_many(sql, [(5, "good"), (amount, "bad"), (5, "good too")])
            assert intruder.sees() == before
    assert broken(database) == []


def test_a_whole_float_is_refused_by_sqlite_and_exact_on_postgresql(shop: Shop) -> None:
    intruder, database = shop
    if intruder.is_sqlite:
        with pytest.raises(REFUSALS):
            intruder.runs(insert("?"), 1000.0)
    else:  # numeric literals have no type of their own there: 1e3 is 1000, and is kept as that
        intruder.runs(insert("?"), 1000.0)
        intruder.runs(insert("1e3", key="literal"))
        with database.reading() as session:
            assert holds(session, AccountKind.CUSTOMER_CREDIT, "INR", owner=("member", 1)) == inr(2500)
    assert broken(database) == []


def test_sound_raw_transfers_are_counted_like_any_other(shop: Shop) -> None:
    intruder, database = shop
    intruder.runs_many(insert("?").replace("'new'", "?"), [(5, "one"), (7, "two")])
    with database.reading() as session:
        assert holds(session, AccountKind.CUSTOMER_CREDIT, "INR", owner=("member", 1)) == inr(512)
    assert broken(database) == []


def test_a_temporary_table_of_the_same_name_does_not_fool_the_triggers(shop: Shop) -> None:
    intruder, database = shop
    before = intruder.sees()
    kind = "ledger_account" if intruder.is_sqlite else "pg_temp.ledger_account"
    create = "CREATE TEMP TABLE ledger_account AS SELECT * FROM main.ledger_account" if intruder.is_sqlite else (
        "CREATE TEMP TABLE ledger_account AS SELECT * FROM public.ledger_account"
    )  # fmt: skip
    intruder.runs(create)
    intruder.runs(f"UPDATE {kind} SET credits = 900")
    with pytest.raises(REFUSALS):
        intruder.runs(insert("501", sides="2, 1"))
    intruder.runs(f"DROP TABLE {kind}")
    assert intruder.sees() == before
    assert broken(database) == []
