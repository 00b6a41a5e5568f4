"""The newest revision makes the tables that the models describe, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core import migrations
from core.engine import make_engine
from core.migrations.tables import metadata


def test_models_and_revisions_agree(db_url: str) -> None:
    migrations.upgrade(db_url)
    engine = make_engine(db_url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_name": _is_described})
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()


def _is_described(name: str | None, kind: str, parents: object) -> bool:
    """The ledger's tables are hand-written SQL."""
    return kind != "table" or not (name or "").startswith("ledger_")
