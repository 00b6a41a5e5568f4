"""By webhook, while the database goes away or is locked, and with updates that nobody knows or that break us."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from core.messaging import tally
from core.messaging.inbox import TRIES
from core.messaging.models import Inbox
from handlers import routes
from handlers.turn import Reply, Turn
from tests.crash.test_database import each_was_answered_once, walks
from tests.kit.databases import PostgresServer
from tests.kit.shop import Shop
from tests.stories.market import sale, ways_to_pay


@pytest.fixture
def hooked(db_url: str, tmp_path: Path) -> Iterator[Shop]:
    yield from _shop(db_url, tmp_path)


@pytest.fixture
def hooked_on_postgresql(postgresql_url: str, tmp_path: Path) -> Iterator[Shop]:
    yield from _shop(postgresql_url, tmp_path)


def _shop(url: str, folder: Path) -> Iterator[Shop]:
    made = Shop(url, folder / "data", hooked=True)
    try:
        yield made
    finally:
        made.close()


def _posts(shop: Shop) -> dict[str, int]:
    """How often the webhook answered what."""
    with shop.database.reading() as session:
        counted = tally.read(session)
    counted.update(tally.of(shop.database).pending())
    return {kind: number for (name, kind), number in counted.items() if name == tally.HOOK}


def test_everybody_is_answered_once_when_postgresql_was_away_for_three_seconds(
    hooked_on_postgresql: Shop, postgres_server: PostgresServer
) -> None:
    shop = hooked_on_postgresql
    phones = [shop.person(f"Person {number}") for number in range(4)]
    late = shop.person("Late")
    with ThreadPoolExecutor(len(phones)) as people:
        walking = [people.submit(walks, phone) for phone in phones]
        time.sleep(0.3)
        postgres_server.stop()
        late.start(reacts=False)
        time.sleep(3)
        postgres_server.start()
        for each in walking:
            each.result(60)
    late.window.deadline = 30
    late.sees("Language?")
    shop.settles(30)
    assert _posts(shop)["503"] > 0
    each_was_answered_once(shop, phones)


def test_an_update_of_a_kind_nobody_knows_is_taken_and_counted_and_its_chat_goes_on(hooked: Shop) -> None:
    asha = hooked.buyer()
    strange = {"holiday_greeting": {"chat": {"id": asha.id}, "from": {"id": asha.id}}}
    asha.control.post("/control/updates", {"update": strange})
    asha.taps("🛍 Market")
    asha.sees("🛍 0 sales")
    hooked.settles()
    with hooked.database.reading() as session:
        assert set(session.scalars(select(Inbox.state))) == {"done"}
    assert set(_posts(hooked)) == {"200"}


def test_an_update_that_breaks_us_is_set_aside_and_its_chat_goes_on(
    hooked: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(_turn: Turn) -> Reply:
        tried.append(1)
        raise ZeroDivisionError

    tried: list[int] = []
    asha = hooked.buyer()
    monkeypatch.setitem(routes.COMMANDS, "help", breaks)
    asha.types("/help", reacts=False)
    asha.taps("🛍 Market", reacts=False)
    asha.sees("Something broke on our side. Nothing was lost; the co-op has been told.")
    asha.sees("🛍 0 sales")
    hooked.settles()
    assert len(tried) == TRIES
    with hooked.database.writing() as session:
        aside = update(Inbox).where(Inbox.state == "quarantined").values(state="done")
        assert session.connection().execute(aside).rowcount == 1


def test_a_payment_whose_order_cannot_be_read_is_refused_in_time(hooked_on_postgresql: Shop) -> None:
    shop = hooked_on_postgresql
    ways_to_pay(shop, "messenger_invoice")
    number = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{number}")
    for label in ("5 kg", "✅ Reserve", "💳 Pay deposit ₹240"):
        asha.taps(label)
    asha.sees("Deposit ₹240")
    with shop.database.writing() as session:
        session.execute(text("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE"))
        assert asha.pays()["state"] == "refused"
    assert asha.pays()["state"] == "paid"
    asha.sees("✅ Paid ₹240")


def test_a_429_is_counted_and_so_is_each_letter_that_waited_for_it(hooked: Shop) -> None:
    asha = hooked.buyer()
    asha.control.post("/control/faults", {"kind": "flood", "method": "sendMessage", "count": 1, "retry_after": 1})
    asha.start()
    asha.sees("what next?")
    hooked.settles(20)
    counted = tally.of(hooked.database).pending()
    with hooked.database.reading() as session:
        counted.update(tally.read(session))
    assert counted[tally.FLOODS, ""] == 1
    assert counted[tally.SENDS, "retried"] >= 1
    assert counted[tally.SENDS, "sent"] >= 2
