"""Core statements made once, compiled once for each database, and run on the driver's own cursor.

SQLAlchemy's road from a compiled statement to its rows costs more than the statement itself; what each update runs
takes this shorter one. Types, errors and transactions are SQLAlchemy's as ever.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, String, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from core.db import Base, connection_of
from core.journeys import along, together

Params = Mapping[str, Any]
Process = Callable[[Any], Any]
Entity = TypeVar("Entity", bound=Base)


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
        [cursor] = together(connection, [(form.sql, (form.given(params),))])
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def each(self, session: Session, params: Sequence[Params]) -> None:
        """Run it once for each of these; on PostgreSQL they go along with the next statement, whose error theirs is."""
        session.flush()
        connection = connection_of(session)
        form = self.form(connection.dialect, params[0])
        along(connection, [(form.sql, [form.given(each) for each in params])])

    def form(self, dialect: Dialect, params: Params) -> _Form:
        """How this dialect's driver takes it; made at its first use, when the columns of an INSERT are known."""
        form = self._forms.get(dialect.name)
        if form is None:
            known = self._statement
            statement = known[dialect.name] if isinstance(known, Mapping) else known
            form = self._forms[dialect.name] = _made(statement, dialect, tuple(params))
        return form


class Entities(Generic[Entity]):
    """Reads entities of one class by their id as `Session.get` does, for half of its time."""

    def __init__(self, entity: type[Entity]) -> None:
        table = entity.__table__
        self._entity, self._found = entity, Prepared(select(table).where(table.c.id == bindparam("id")))

    def get(self, session: Session, entity_id: int) -> Entity | None:
        """The entity, as it is known in this session already, else as it stands; None when there is none."""
        if identity_key(self._entity, entity_id) in session.identity_map:
            return session.get(self._entity, entity_id)
        row = self._found.one(session, {"id": entity_id})
        return None if row is None else as_loaded(session, self._entity, row._asdict())


def as_loaded(session: Session, entity: type[Entity], values: Mapping[str, Any]) -> Entity:
    """An entity with these values, as if the session had loaded it."""
    made = entity()
    vars(made).update(values)
    make_transient_to_detached(made)
    session.add(made)
    return made


def written(word: str) -> ColumnElement[str]:
    """A word that stands in the statement itself.

    As a parameter it would hide from SQLite, and from PostgreSQL wherever that keeps a plan, that the index of just
    these rows fits.
    """
    return literal_column(f"'{word}'", String)


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
    sent = [(form.sql, (form.given(params),)) for form, (_prepared, params) in zip(forms, steps, strict=True)]
    cursors = together(connection, sent)
    return [form.read(_fetched(form, cursor)) for form, cursor in zip(forms, cursors, strict=True)]


def _fetched(form: _Form, cursor: Any) -> Sequence[Any]:
    rows: Sequence[Any] = cursor.fetchall() if form.row is not None else ()
    cursor.close()
    return rows


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
