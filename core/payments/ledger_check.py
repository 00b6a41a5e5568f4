"""Says in sentences what is broken in the ledger: sums, kept totals, floors, and the SQL that guards them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import func, select, text, union_all
from sqlalchemy.orm import Session

from core.payments.ledger import FLOORED
from core.payments.ledger_sql import WholeMinor, account_table, statements, transfer_table
from core.prepared import Prepared

_TABLES = "('ledger_account', 'ledger_transfer')"


def broken(session: Session) -> list[str]:
    """A sentence for each broken invariant; an empty list when the ledger is whole. Reads everything once."""
    guards = _sqlite_guards(session) if session.get_bind().dialect.name == "sqlite" else _postgresql_guards(session)
    if any(sentence.startswith("the table") for sentence in guards):  # what follows would only trip over it
        return guards
    return [*guards, *_amounts(session), *_sums(session), *_totals(session), *_numbers(session), *_currencies(session)]


@cache  # statements made once, these and those below: a shop that is watched is checked often
def _unsound() -> Prepared:
    moved, debit, credit = transfer_table.c, account_table.alias("debit"), account_table.alias("credit")
    joined = transfer_table.outerjoin(debit, debit.c.id == moved.debit_account).outerjoin(
        credit, credit.c.id == moved.credit_account
    )
    sides = (debit.c.currency == moved.currency) & (credit.c.currency == moved.currency)
    sound = sides & (debit.c.id != credit.c.id) & (moved.amount > 0) & (moved.amount <= 10**15)
    query = select(moved.id).select_from(joined).where(~func.coalesce(sound, False))
    return Prepared(query.order_by(moved.id))


def _amounts(session: Session) -> Iterable[str]:
    for [number] in _unsound().rows(session, {}):
        yield f"transfer {number} does not move an amount above zero between two accounts of its currency"


@cache
def _sides() -> Prepared:
    held = account_table.c
    sums = select(held.currency, func.sum(held.debits), func.sum(held.credits)).group_by(held.currency)
    return Prepared(sums.order_by(held.currency))


def _sums(session: Session) -> Iterable[str]:
    for currency, debits, credits in _sides().rows(session, {}):
        if debits != credits:
            yield f"in {currency} the debits are {debits} and the credits {credits}"


@cache
def _recomputed() -> Prepared:
    moved, held = transfer_table.c, account_table.c
    nothing = moved.amount * 0
    sides = union_all(
        select(moved.debit_account.label("account"), moved.amount.label("debit"), nothing.label("credit"), moved.id),
        select(moved.credit_account, nothing, moved.amount, moved.id),
    ).subquery()
    summed = (
        select(
            sides.c.account,
            func.sum(sides.c.debit).label("debits"),
            func.sum(sides.c.credit).label("credits"),
            func.max(sides.c.id).label("last"),
        )
        .group_by(sides.c.account)
        .subquery()
    )
    recomputed = (func.coalesce(summed.c[name], 0, type_=WholeMinor()) for name in ("debits", "credits", "last"))
    return Prepared(
        select(held.id, held.kind, held.floor_zero, held.debits, held.credits, held.last_transfer, *recomputed)
        .outerjoin_from(account_table, summed, summed.c.account == held.id)
        .order_by(held.id)
    )


def _totals(session: Session) -> Iterable[str]:
    for row in _recomputed().rows(session, {}):
        yield from _account(row)


def _account(row: tuple[Any, ...]) -> Iterable[str]:
    number, kind, floored, debits, credits, last, *recomputed = row
    if [debits, credits, last] != recomputed:
        yield (
            f"account {number} ({kind}) keeps debits {debits}, credits {credits}, last transfer {last};"
            f" its transfers make {recomputed[0]}, {recomputed[1]}, {recomputed[2]}"
        )
    if floored != (kind in FLOORED):
        yield f"account {number} ({kind}) has {'a' if floored else 'no'} floor of zero"
    if floored and credits < debits:
        yield f"account {number} ({kind}) is {debits - credits} below its floor of zero"


_NUMBERS = Prepared(select(func.count(), func.max(transfer_table.c.id)).select_from(transfer_table))


def _numbers(session: Session) -> Iterable[str]:
    if session.get_bind().dialect.name != "sqlite":  # PostgreSQL leaves gaps in its numbers after a rollback
        return
    count, last = _NUMBERS.one(session, {})
    if count != (last or 0):
        yield f"{(last or 0) - count} of {last} transfers are missing"


@cache
def _used() -> Prepared:
    # money that came in a foreign currency waits in suspense, which the shop's own currency never leaves this way
    waiting = select(account_table.c.id).where(account_table.c.kind == "suspense")
    moved = transfer_table.c
    own = moved.debit_account.not_in(waiting) & moved.credit_account.not_in(waiting)
    return Prepared(select(moved.currency).where(own).distinct().order_by(moved.currency))


def _currencies(session: Session) -> Iterable[str]:
    if len(currencies := [currency for [currency] in _used().rows(session, {})]) > 1:
        yield f"transfers are in {len(currencies)} currencies: {', '.join(currencies)}"


def _compare(expected: Mapping[str, str], present: Mapping[str, str]) -> list[str]:
    """Sentences for what is missing, changed or too much; keys say what a thing is ("trigger ledger_...")."""
    missing = [f"{name} is missing" for name in expected if name not in present]
    changed = [f"{name} was changed" for name, sql in expected.items() if present.get(name, sql) != sql]
    return missing + changed + [f"{name} does not belong there" for name in present if name not in expected]


def _sqlite_guards(session: Session) -> list[str]:
    query = text(f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN {_TABLES} AND sql IS NOT NULL")
    present = {f"the {row.type} {row.name}": row.sql for row in session.execute(query)}
    found = _compare(_created("sqlite"), present)
    for pragma, wanted in (("foreign_keys", 1), ("recursive_triggers", 1), ("ignore_check_constraints", 0)):
        if session.execute(text(f"PRAGMA {pragma}")).scalar_one() != wanted:
            found.append(f"this connection has {pragma} {'off' if wanted else 'on'}")
    return found


@cache
def _created(dialect: str) -> Mapping[str, str]:
    named = {}
    for statement in statements(dialect):
        _, what, name, *_ = re.split(r"[\s(]+", statement, maxsplit=3)
        named[f"the {what.lower()} {name}"] = statement
    return named


def _postgresql_guards(session: Session) -> list[str]:
    expected = _postgresql_expected()
    present: dict[str, str] = {}
    for what, query in _POSTGRESQL_QUERIES.items():
        present |= {f"the {what} {name}": sql for name, sql in session.execute(text(query))}
    return _compare(expected, present)


@cache
def _postgresql_expected() -> Mapping[str, str]:
    expected: dict[str, str] = {}
    for name, statement in _created("postgresql").items():
        if name.startswith("the table"):
            table = name.split()[-1]
            expected[name] = ", ".join(
                f"{column} {type_}{' not null' if rest else ''}" for column, type_, rest in _COLUMN.findall(statement)
            )
            expected |= {
                f"the constraint {constraint} on {table}": definition
                for constraint, definition in re.findall(r"^ +CONSTRAINT (\w+) (.+?),?$", statement, re.MULTILINE)
            }
        elif name.startswith("the function"):
            expected[name] = statement.split("$$")[1]
        elif name.startswith("the trigger"):
            expected[name] = f"O {statement}"  # O: fires in ordinary sessions
    return expected


_COLUMN = re.compile(r"^    (\w+) (bigint|text|boolean|numeric|timestamp with time zone)( NOT| GEN)?", re.MULTILINE)
_OIDS = "(to_regclass('ledger_account'), to_regclass('ledger_transfer'))"
# each gives names and texts; pretty printing leaves out the schema, as our own statements do
_POSTGRESQL_QUERIES = {
    "table": f"""SELECT relname, string_agg(attname || ' ' || format_type(atttypid, atttypmod)
            || CASE WHEN attnotnull THEN ' not null' ELSE '' END, ', ' ORDER BY attnum)
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE pg_class.oid IN {_OIDS} AND attnum > 0 AND NOT attisdropped GROUP BY relname""",
    "constraint": f"""SELECT conname || ' on ' || conrelid::regclass, pg_get_constraintdef(oid, true) FROM pg_constraint
        WHERE conrelid IN {_OIDS} AND contype <> 'n'""",
    "trigger": f"""SELECT tgname, tgenabled::text || ' ' || pg_get_triggerdef(oid, true) FROM pg_trigger
        WHERE tgrelid IN {_OIDS} AND NOT tgisinternal""",
    "function": "SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'ledger\\_%'",
    "rule": f"SELECT rulename, pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class IN {_OIDS}",
    "switched-off foreign key trigger": f"""SELECT tgname, tgenabled::text FROM pg_trigger
        WHERE tgrelid IN {_OIDS} AND tgisinternal AND tgenabled <> 'O'""",
}
