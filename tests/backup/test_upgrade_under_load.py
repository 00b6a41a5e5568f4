"""R10: the golden season is upgraded on PostgreSQL while fifty updates a second are stored; nobody waits for long."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from core import sealing
from core.backup import postgresql
from core.backup.archive import Reading
from core.db import Database
from core.members.models import Member
from core.messaging import inbox
from core.messaging.models import Inbox
from core.migrations import upgrade
from core.verify import broken
from tests.golden.make import FOLDER, NUMBER
from tests.kit.databases import PostgresServer

NOW = datetime(2026, 5, 1, 5, 30, tzinfo=UTC)
LONGEST_WAIT = 5.0  # seconds
PAUSE = 0.02


@pytest.fixture
def golden(postgres_server: PostgresServer) -> Iterator[str]:
    """The golden season, as its revision stored it."""
    name = f"upgraded_{os.getpid()}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    url = postgres_server.url(name)
    with Reading(FOLDER / "0003-postgresql.zip") as archive:
        postgresql.load(url, archive, force=False)
    yield url
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_nobody_waits_longer_than_five_seconds_for_an_upgrade(golden: str) -> None:
    sealing.use(lambda: ["a secret of this test"])
    database, stop, waits = Database(golden), threading.Event(), [0.0]

    def write() -> None:
        while not stop.is_set():
            began, number = time.monotonic(), len(waits)
            with database.writing() as session:
                inbox.store(session, 1, [json.loads(f'{{"update_id": {number}, "message": {{}}}}')], NOW)
            waits.append(time.monotonic() - began)
            time.sleep(PAUSE)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        time.sleep(0.5)  # some were stored before
        upgrade(golden)
        time.sleep(0.5)  # and some after
    finally:
        stop.set()
        writer.join(30)
    sys.stdout.write(f"\nthe longest of {len(waits)} writes took {max(waits):.2f} s\n")  # read with pytest -s
    assert max(waits) <= LONGEST_WAIT
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(Inbox)).scalar_one() >= len(waits) - 1 > 10
        assert session.get_one(Member, 7).phone == NUMBER.format(7)
        assert broken(session) == []
    database.dispose()
