"""One dialect of each database for all the engines of a test process.

SQLAlchemy keeps compiled statements by the dialect they were compiled for, and each engine makes a dialect of its own:
a test on a database of its own compiled every statement anew, which took a quarter of the time of the tests of core.
In service a process has one engine, so that tests with one dialect are nearer to it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

KEPT = 2000  # more statements than the whole program has


class _Once(DefaultDialect):
    """A dialect that is made once, asks the server about itself once, and lends its statements to every engine."""

    supports_statement_cache = True
    _only: _Once | None = None
    _given: dict[str, Any]
    _is_known = False
    _statements: LRUCache[Any, Any]

    def __new__(cls, **_given: Any) -> _Once:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __init__(self, **given: Any) -> None:
        if "_given" in self.__dict__:
            assert given == self._given, "engines of one kind are made alike"
            return
        super().__init__(**given)
        self._given, self._statements = given, LRUCache(KEPT)

    def initialize(self, connection: Connection) -> None:
        if not self._is_known:
            super().initialize(connection)
            self._is_known = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        assert cls._only is not None
        engine._compiled_cache = cls._only._statements


class SQLite(_Once, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class PostgreSQL(_Once, PGDialect_psycopg):
    supports_statement_cache = True


def pytest_configure() -> None:
    registry.register("sqlite", __name__, "SQLite")
    registry.register("postgresql.psycopg", __name__, "PostgreSQL")
