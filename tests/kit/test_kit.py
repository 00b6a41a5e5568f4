"""The kit keeps its word: databases of one's own, as durable as asked, and no way out of this machine."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import text

from core.db import Database
from tests.kit.sockets import NetworkClosed


@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_has_a_database_of_its_own(database: Database, round_: int) -> None:
    with database.writing() as session:
        assert session.execute(text("SELECT count(*) FROM ledger_account")).scalar_one() == 0
        session.execute(
            text(
                "INSERT INTO ledger_account (kind, owner_kind, owner_id, currency, floor_zero, created_at)"
                " VALUES ('tax', '', 0, 'INR', '0', '2026-07-01 00:00:00')"
            )
        )


@pytest.mark.durable
def test_a_durable_test_writes_through(database: Database) -> None:
    assert _setting(database, "fsync") == ("1" if database.is_sqlite else "on")


def test_other_tests_are_fast_on_postgresql(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    assert _setting(database, "fsync") == "off"
    assert _setting(database, "synchronous_commit") == "on"
    database.dispose()


def _setting(database: Database, name: str) -> str:
    with database.reading() as session:
        if database.is_sqlite:  # 2: FULL
            return "1" if session.execute(text("PRAGMA synchronous")).scalar_one() == 2 else "0"
        return str(session.execute(text(f"SHOW {name}")).scalar_one())


@pytest.mark.parametrize("address", [("192.0.2.1", 9), ("example.org", 443), ("::ffff:192.0.2.1", 9)])
def test_the_network_is_closed(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as out, pytest.raises(NetworkClosed):
        out.connect(address)


def test_a_name_is_not_even_looked_up() -> None:
    with pytest.raises(NetworkClosed):
        socket.create_connection(("example.org", 443), timeout=1)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
        server.accept()[0].close()
