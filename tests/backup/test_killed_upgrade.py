"""kill -9 in the middle of an upgrade: no revision is half done, and the next start goes on from where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core import sealing
from core.backup import postgresql, sqlite
from core.backup.archive import Reading
from core.config import Config
from core.db import Database
from core.members.models import Member
from core.migrations import current, head, upgrade
from core.migrations.tables import metadata
from core.verify import broken
from tests.golden.make import FOLDER, NUMBER
from tests.kit.databases import PostgresServer

OLDEST = "0003"
# the upgrade, which ends by itself before its n-th statement that writes
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from core import sealing
from core.migrations import upgrade

sealing.use(lambda: ["golden"])
left = int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def counted(_connection, _cursor, statement, *_):
    global left
    left -= statement.split()[0] in ("ALTER", "CREATE", "DROP", "INSERT", "UPDATE")
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(sys.argv[1])
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def golden(request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgresServer) -> Iterator[str]:
    """The golden season, as its revision stored it."""
    with Reading(FOLDER / f"{OLDEST}-{request.param}.zip") as archive:
        if request.param == "sqlite":
            config = Config(_env_file=None, data_dir=tmp_path, secret_key="golden")
            sqlite.load(config, archive, force=False)
            yield config.url
            return
        name = f"killed_{os.getpid()}"
        postgres_server.execute(f"CREATE DATABASE {name}")
        postgresql.load(postgres_server.url(name), archive, force=False)
        yield postgres_server.url(name)
        postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_an_upgrade_killed_anywhere_leaves_whole_revisions_and_goes_on(golden: str) -> None:
    sealing.use(lambda: ["golden"])
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run([sys.executable, "-c", KILLED, golden, "20"], cwd=root, check=False)
    assert ran.returncode == -signal.SIGKILL, "it was killed on its way"
    assert OLDEST <= str(current(golden)) < head()  # SQLite commits each revision by itself, PostgreSQL all together
    upgrade(golden)
    assert current(golden) == head()
    database = Database(golden)
    with database.reading() as session:
        for table in metadata.sorted_tables:
            session.execute(select(table).limit(1))  # with every column that the models know
        assert session.get_one(Member, 7).phone == NUMBER.format(7)
        assert broken(session) == []
    database.dispose()
