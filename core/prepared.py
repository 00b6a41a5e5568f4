"""Core statements made once, compiled once for each database, and run on the driver's own cursor.

SQLAlchemy's road from a compiled statement to its rows costs more than the statement itself; what each update runs
takes this shorter one. Types, errors and transactions are SQLAlchemy's as ever.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, NoReturn, cast

import psycopg
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from core.db import connection_of

Params = Mapping[str, Any]
Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one database's driver takes it, and how values go in and come out."""

    sql: str
    fixed: dict[str, Any]  # values that stand in the statement itself
    binds: tuple[tuple[str, Process | None], ...]  # in the order of their places
    named: bool
    row: type[Any] | None
    results: tuple[Process | None, ...]

    def given(self, params: Params) -> Any:
        """The driver's parameters: by name or by place. Raises KeyError for one that is missing."""
        values = {**self.fixed, **params}
        if self.named:
            return {name: values[name] if make is None else make(values[name]) for name, make in self.binds}
        return tuple(values[name] if make is None else make(values[name]) for name, make in self.binds)

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Rows whose columns have names."""
        if self.row is None:
            return []
        make = cast("Any", self.row)._make
        if not any(self.results):
            return [make(row) for row in rows]
        return [
            make([value if read is None else read(value) for value, read in zip(row, self.results, strict=True)])
            for row in rows
        ]


class Prepared:
    """One statement, or one for each dialect by name; its parameters are always the same names, and it has no
    Python-side defaults or IN lists."""

    def __init__(self, statement: ClauseElement | Mapping[str, ClauseElement]) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, params: Params) -> list[Any]:
        """Run it; its rows, each a named tuple."""
        return ask(session, [(self, params)])[0]

    def step(self, params: Params) -> Step:
        """It with its parameters, for `ask`."""
        return self, params

    def one(self, session: Session, params: Params) -> Any:
        """Run it; its first row, or None."""
        return next(iter(self.rows(session, params)), None)

    def count(self, session: Session, params: Params) -> int:
        """Run it; how many rows it changed."""
        session.flush()
        connection = connection_of(session)
        form = self.form(connection.dialect, params)
        cursor = _execute(connection, form, form.given(params))
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def each(self, session: Session, params: Sequence[Params]) -> None:
        """Run it once for each of these."""
        if len(params) == 1:
            self.count(session, params[0])
            return
        session.flush()
        connection = connection_of(session)
        form = self.form(connection.dialect, params[0])
        _execute(connection, form, [form.given(each) for each in params], is_many=True).close()

    def form(self, dialect: Dialect, params: Params) -> _Form:
        """How this dialect's driver takes it; made at its first use, when the columns of an INSERT are known."""
        form = self._forms.get(dialect.name)
        if form is None:
            known = self._statement
            statement = known[dialect.name] if isinstance(known, Mapping) else known
            form = self._forms[dialect.name] = _made(statement, dialect, tuple(params))
        return form


def upsert(write: Callable[[Any], ClauseElement]) -> Prepared:
    """An INSERT ... ON CONFLICT, whose two dialects share no ancestor that fits: `write` gets the `insert` of each."""
    return Prepared({"sqlite": write(sqlite_insert), "postgresql": write(postgresql_insert)})


Step = tuple[Prepared, Params]


def ask(session: Session, steps: Sequence[Step]) -> list[list[Any]]:
    """Run statements that need nothing of one another's answers; the rows of each (none where it gives none).

    On PostgreSQL they make one journey: each costs both sides as much as a simple statement does.
    """
    session.flush()
    connection = connection_of(session)
    forms = [prepared.form(connection.dialect, params) for prepared, params in steps]
    found: list[Sequence[Any]] = []
    cursors = []
    try:
        with _journey(connection, len(steps)) as is_one:
            for form, (_prepared, params) in zip(forms, steps, strict=True):
                cursors.append(_started(connection, form, form.given(params)))
                if not is_one:
                    found.append(_fetched(form, cursors[-1]))
        if is_one:
            found = [_fetched(form, cursor) for form, cursor in zip(forms, cursors, strict=True)]
    except Exception as error:
        _fail(connection, error, forms[max(len(cursors) - 1, 0)], cursors[-1] if cursors else None)
    return [form.read(rows) for form, rows in zip(forms, found, strict=True)]


def _journey(connection: Connection, steps: int) -> AbstractContextManager[Any]:
    """What makes one journey of several statements; gives something true where it does."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        return nullcontext(False)
    return driver.pipeline() if steps > 1 else nullcontext(False)


def _fetched(form: _Form, cursor: Any) -> Sequence[Any]:
    rows: Sequence[Any] = cursor.fetchall() if form.row is not None else ()
    cursor.close()
    return rows


def _started(connection: Connection, form: _Form, given: Any, *, is_many: bool = False) -> Any:
    cursor = connection.connection.cursor()
    for told in connection.dispatch.before_cursor_execute:  # whoever counts statements counts these too
        told(connection, cursor, form.sql, given, None, is_many)
    (cursor.executemany if is_many else cursor.execute)(form.sql, given)
    return cursor


def _execute(connection: Connection, form: _Form, given: Any, *, is_many: bool = False) -> Any:
    try:
        return _started(connection, form, given, is_many=is_many)
    except Exception as error:
        _fail(connection, error, form, None)


def _fail(connection: Connection, error: Exception, form: _Form, cursor: Any) -> NoReturn:
    # the one door to SQLAlchemy's own errors, and to giving up a connection that broke
    connection._handle_dbapi_exception(error, form.sql, None, cursor, None)


def _made(statement: ClauseElement, dialect: Dialect, names: Sequence[str]) -> _Form:
    compiled = cast("SQLCompiler", statement.compile(dialect=dialect, column_keys=list(names)))
    if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError(f"this statement cannot be prepared: {compiled.string}")
    order = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
    binds = tuple((name, _into(compiled, name, dialect)) for name in order or ())
    fixed = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
    columns = compiled._result_columns
    results = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    row = namedtuple("Row", [column.keyname for column in columns], rename=True) if columns else None
    return _Form(compiled.string, fixed, binds, not compiled.positional, row, results)


def _into(compiled: SQLCompiler, name: str, dialect: Dialect) -> Process | None:
    return cast("Process | None", compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
