"""Backs up and restores a PostgreSQL database by COPY, with no tool but the driver: one snapshot, one transaction."""

from __future__ import annotations

import json
import shutil
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy.engine import Connection

from core.backup.archive import InUse, NotEmpty, Reading, Writing
from core.db import one_transaction
from core.migrations import upgrade_on

SEQUENCES = "sequences.json"
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> 'alembic_version' ORDER BY c.relname
"""
_POINTS = """
SELECT c.relname, f.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND n.nspname = 'public' AND k.conrelid <> k.confrelid
"""
_COLUMNS = """
SELECT a.attname FROM pg_attribute a WHERE a.attrelid = ('public.' || quote_ident(%s))::regclass
AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum
"""
_NUMBERED = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename"
# of this name only: whoever looks after the server may be there
_OTHERS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""
_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.proname ~ '^(ledger|farmgate|audit)_'
"""


def dump(url: str, archive: Writing) -> str:
    """Copy every table as it is at one moment into the archive; the revision. Writers go on."""
    with one_transaction(url) as connection, _cursor(connection) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        revision: str = _one(cursor, "SELECT version_num FROM alembic_version")
        for table in _names(cursor, _TABLES):
            _copy_out(cursor, archive, table)
        # numbers are drawn outside transactions: those drawn since the snapshot are only skipped
        archive.add_json(SEQUENCES, {name: _number(cursor, name) for name in _names(cursor, _NUMBERED)})
    return revision


def load(url: str, archive: Reading, *, force: bool) -> None:
    """Make the archive's tables at its own revision and fill them, all in one transaction."""
    with one_transaction(url) as connection:
        with _cursor(connection) as cursor:
            _make_room(cursor, force=force)
        upgrade_on(connection, archive.manifest.revision)
        with _cursor(connection) as cursor:
            _fill(cursor, archive)


def _make_room(cursor: Cursor[Any], *, force: bool) -> None:
    if _names(cursor, _OTHERS):
        raise InUse
    tables = _names(cursor, _TABLES)
    if not force and "member" in tables and _names(cursor, "SELECT id FROM member LIMIT 1"):
        raise NotEmpty
    for table in (*tables, "alembic_version"):
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(table)))
    for function in _names(cursor, _FUNCTIONS):
        cursor.execute(f"DROP FUNCTION {function} CASCADE".encode())  # the server's own spelling, arguments and all


def _fill(cursor: Cursor[Any], archive: Reading) -> None:
    tables = _in_order(cursor)
    for table in tables:  # what guards writes would count the ledger anew; what guards rows stays on
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))  # what revisions themselves put there
    for table in tables:
        _copy_in(cursor, archive, table)
    with archive.open(SEQUENCES) as inside:
        for name, (value, is_called) in json.load(inside).items():
            cursor.execute("SELECT setval(('public.' || quote_ident(%s))::regclass, %s, %s)", (name, value, is_called))
    # constraints are looked at now: a table with checks pending takes no ALTER
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def _copy_out(cursor: Cursor[Any], archive: Writing, table: str) -> None:
    """Its columns by name on the first line, then its rows."""
    names = _columns(cursor, table)
    asked = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with archive.member(f"tables/{table}") as inside, cursor.copy(asked) as rows:
        inside.write(json.dumps(names).encode() + b"\n")
        for chunk in rows:
            inside.write(chunk)


def _copy_in(cursor: Cursor[Any], archive: Reading, table: str) -> None:
    with archive.open(f"tables/{table}") as inside:
        names = json.loads(inside.readline())
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)) as rows:
            shutil.copyfileobj(inside, rows)


def _in_order(cursor: Cursor[Any]) -> list[str]:
    """Tables so that each comes after those its foreign keys point to."""
    left = dict.fromkeys(_names(cursor, _TABLES))
    points: dict[str, set[str]] = {table: set() for table in left}
    for table, to in cursor.execute(_POINTS.encode()).fetchall():
        points[table].add(to)
    ordered: list[str] = []
    while left:
        ready = [table for table in left if points[table] <= set(ordered)]
        if not ready:
            raise ValueError(f"tables point at each other in a circle: {', '.join(left)}")
        ordered += ready
        for table in ready:
            del left[table]
    return ordered


def _cursor(connection: Connection) -> Cursor[Any]:
    return connection.connection.cursor()  # type: ignore[return-value] # the driver's own, which copies


def _columns(cursor: Cursor[Any], table: str) -> list[str]:
    return [row[0] for row in cursor.execute(_COLUMNS.encode(), (table,)).fetchall()]


def _names(cursor: Cursor[Any], query: str) -> list[str]:
    return [row[0] for row in cursor.execute(query.encode()).fetchall()]


def _number(cursor: Cursor[Any], sequence: str) -> tuple[int, bool]:
    asked = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence))
    found = cursor.execute(asked).fetchone()
    if found is None:
        raise ValueError(f"the sequence {sequence} holds no row")
    return found[0], found[1]


def _one(cursor: Cursor[Any], query: str) -> Any:  # the one value of the one row
    found = cursor.execute(query.encode()).fetchone()
    if found is None:
        raise ValueError("the database has no revision: it was never migrated")
    return found[0]
