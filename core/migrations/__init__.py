"""Alembic revisions and the function that brings a database to the newest one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from core.engine import make_engine

if TYPE_CHECKING:  # Alembic takes 11 MiB, and a part that only compares revisions does without
    from alembic.config import Config

_FOLDER = Path(__file__).parent


def config_for(engine: Engine) -> Config:
    """Alembic's settings for this engine; no ini file is needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["engine"] = engine
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`."""
    from alembic import command

    engine = make_engine(url, patient=True)
    try:
        command.upgrade(config_for(engine), revision)
    finally:
        engine.dispose()


def upgrade_on(connection: Connection, revision: str) -> None:
    """Bring a database to `revision` in the transaction of this connection, which its caller ends."""
    from alembic import command

    config = config_for(connection.engine)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def head() -> str:
    """The newest revision the code knows: files are named by number, one after another."""
    return max(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*_*.py"))


def current(url: str) -> str | None:
    """The revision the database is at; None for an empty one."""
    engine = make_engine(url, patient=True)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    finally:
        engine.dispose()
