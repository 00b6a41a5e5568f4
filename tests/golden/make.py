"""Makes the golden backups of today's schema: `python -m tests.golden.make`. A season played by the real verbs, as it
was stored; those of earlier revisions are never made anew, since only the version of that day can make them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bot.seed import seed_database
from core.backup import make_backup
from core.config import Config
from core.db import Database
from core.members.models import Member
from core.members.service import share_phone
from core.migrations import head, upgrade
from tests.kit.databases import PostgresServer

FOLDER = Path(__file__).parent
NUMBER = "+9198{:08}"
MADE = datetime(2026, 5, 1, 5, 30, tzinfo=UTC)


def main() -> None:
    """One archive for each kind of database."""
    server = PostgresServer()
    try:
        with TemporaryDirectory() as folder:
            _make("sqlite", Config(_env_file=None, data_dir=Path(folder) / "sqlite", secret_key="golden"))
            url = server.url()
            _make("postgresql", Config(_env_file=None, data_dir=Path(folder) / "postgresql", database_url=url,
                                       secret_key="golden"))  # fmt: skip
    finally:
        server.remove()


def _make(kind: str, config: Config) -> None:
    config.data_dir.mkdir()
    upgrade(config.url)
    seed_database(config, MADE)
    _with_numbers(config)
    for picture in config.media_dir.glob("*/*"):
        picture.unlink()  # half a megabyte that no migration looks at
    make_backup(config, FOLDER / f"{head()}-{kind}.zip", MADE)


def _with_numbers(config: Config) -> None:
    """Everybody shared a telephone number."""
    database = Database(config.url)
    with database.writing() as session:
        for member in session.scalars(select(Member).order_by(Member.id)):
            share_phone(session, member, contact_user_id=1, user_id=1, phone=NUMBER.format(member.id))
    database.dispose()


if __name__ == "__main__":
    main()
