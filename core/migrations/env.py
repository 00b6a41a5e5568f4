"""Runs the revisions: on one connection, in one transaction, with SQLite's foreign keys held off meanwhile."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, Engine

from core.migrations.tables import metadata


def _ours(_object: Any, name: str | None, type_: str, _reflected: bool, _compare_to: Any) -> bool:
    # the ledger's tables are hand-written SQL and never touched by autogenerate
    return not (type_ == "table" and (name or "").startswith("ledger_"))


def run() -> None:
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:  # a restore: what follows belongs to the same transaction
        _migrate(given)
        return
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        _migrate(connection)
        connection.commit()


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, include_object=_ours, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


run()
