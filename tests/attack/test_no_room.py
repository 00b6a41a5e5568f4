"""The database's disk is full: nobody is told what did not happen, nothing halves, and it goes on without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import OperationalError

from core import db
from core.catalog.models import Campaign
from core.db import Database, is_away
from core.engine import make_engine
from core.messaging.models import Inbox, Outbox
from core.orders.models import Order
from core.orders.reserve import reserve
from core.payments.models import Payment
from core.permissions import Actor
from core.verify import broken
from tests.kit.shop import Shop
from tests.orders.market import NOW, open_market
from tests.stories.market import sale, ways_to_pay
from tests.web.test_webhook import Web

PLENTY = 2**30
LONG = b'{"update_id": %d, "message": {"chat": {"id": 5}, "text": "' + b"x" * 9000 + b'"}}'


class Disk:
    """Every connection may use as many pages as this disk has."""

    def __init__(self) -> None:
        self.pages = PLENTY

    def fills(self, database: Database) -> None:
        """From now on there is room for nothing: what the file has left of free pages is used up."""
        with database.writing() as session:
            session.execute(text("CREATE TABLE filler (rest BLOB)"))
        self.pages = 1  # less than the file has: it cannot grow
        size = 1 << 20
        while size:  # ever smaller pieces, until not even a byte finds room
            try:
                with database.writing() as session:
                    session.execute(text("INSERT INTO filler VALUES (randomblob(:size))"), {"size": size})
            except OperationalError as error:
                if not is_away(error):
                    raise
                size //= 2

    def has_room(self) -> None:
        self.pages = PLENTY

    def bounds(self, connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={self.pages}")


@pytest.fixture(autouse=True)
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """The disk of every database that a test makes; it is there before anybody uses one."""
    under = Disk()

    def made(url: str, **how: bool) -> Engine:
        engine = make_engine(url, **how)
        event.listen(engine, "begin", under.bounds)
        return engine

    monkeypatch.setattr(db, "make_engine", made)
    return under


@contextmanager
def full(disk: Disk, database: Database) -> Iterator[None]:
    """While this lasts, the disk is full."""
    disk.fills(database)
    try:
        yield
    finally:
        disk.has_room()


def _reserves(database: Database, sold: Campaign, buyer: Actor) -> None:
    """A reservation, and more in the same transaction than there is room for."""
    with database.writing() as session:
        session.add(sold)
        reserve(session, buyer, sold, sold.pack, note="x" * 400, now=NOW)
        session.execute(text("INSERT INTO filler VALUES (randomblob(100000))"))


def _crowds(database: Database) -> None:
    """Not even the last page of the inbox has room for another update."""
    with suppress(OperationalError):
        for number in count(1):
            with database.writing() as session:
                session.add(Inbox(bot_id=0, update_id=number, chat_key="", raw="", state="done", received_at=NOW))


def _counted(database: Database) -> list[int]:
    with database.reading() as session:
        return [session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (Order, Payment, Inbox, Outbox)]  # fmt: skip


def test_people_wait_while_the_disk_is_full_and_are_answered_when_there_is_room(
    sqlite_url: str, tmp_path: Path, disk: Disk
) -> None:
    shop = Shop(sqlite_url, tmp_path / "data")
    try:
        ways_to_pay(shop, "messenger_invoice")
        asha = shop.buyer()
        asha.start(f"s_{sale(shop)}")
        asha.taps("5 kg")
        shop.settles()
        with full(disk, shop.database):
            _crowds(shop.database)
            before = _counted(shop.database)
            asha.taps("✅ Reserve", reacts=False)
            asha.sees_not("✅ Reserved", within=1.0)
            assert _counted(shop.database)[:2] == before[:2]
            with shop.database.reading() as session:
                assert broken(session) == []
        asha.sees("✅ Reserved", anywhere=True)
        asha.taps("💳 Pay deposit")
        assert asha.pays()["state"] == "paid"
    finally:
        shop.close()


def test_a_full_disk_is_503_to_the_messenger_and_the_same_update_is_taken_later(
    sqlite_url: str, tmp_path: Path, disk: Disk
) -> None:
    web = Web(Database(sqlite_url), tmp_path)
    with full(disk, web.database):
        assert web.posts(LONG % 1, LONG % 2) == [503, 503]
        assert web.stored() == []
    assert web.posts(LONG % 1, LONG % 2) == [200, 200]
    assert web.stored() == [1, 2]
    web.ends()


def test_a_reservation_that_finds_no_room_leaves_no_part_of_it(sqlite_url: str, disk: Disk) -> None:
    database = Database(sqlite_url)
    with database.writing() as session:
        market = open_market(session)
        sold, asha = market.sale(), market.buyer()
    before = _counted(database)
    with full(disk, database):
        for _ in range(3):
            with pytest.raises(OperationalError, match="full"):
                _reserves(database, sold, asha)
            assert _counted(database) == before
    with database.writing() as session:
        fresh = session.merge(sold)
        assert fresh.reserved == 0
        reserve(session, asha, fresh, fresh.pack, now=NOW)
    with database.reading() as session:
        assert broken(session) == []
    database.dispose()
