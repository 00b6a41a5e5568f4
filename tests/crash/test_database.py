"""PostgreSQL goes away, deadlocks or is locked: updates are tried again in place, and payers are not kept waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text, update

from core.messaging.inbox import TRIES
from core.messaging.models import Inbox, Outbox
from handlers import routes
from handlers.turn import Handler, Reply, Turn
from tests.kit.databases import PostgresServer
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.market import sale, ways_to_pay

PASSING = {"deadlock": "40P01", "serialisation failure": "40001", "lock waited for too long": "55P03"}


def failing(handler: Handler, state: str, times: int, called: list[float]) -> Handler:
    """The handler, after the database has failed so many transactions with this state."""

    async def work(turn: Turn) -> Reply:
        called.append(time.monotonic())
        if len(called) <= times:
            turn.session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'arranged' USING ERRCODE = '{state}'; END $$"))
        return await handler(turn)

    return work


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], list[float]]:
    """Let /help fail so often; gives when it was called."""

    def arrange(state: str, times: int) -> list[float]:
        called: list[float] = []
        monkeypatch.setitem(routes.COMMANDS, "help", failing(routes.COMMANDS["help"], state, times, called))
        return called

    return arrange


@pytest.mark.parametrize("trouble", PASSING)
def test_an_update_is_tried_again_in_place_after_a(
    shop_on_postgresql: Shop, fails: Callable[[str, int], list[float]], trouble: str
) -> None:
    asha = shop_on_postgresql.buyer()
    called = fails(PASSING[trouble], 3)
    asha.types("/help")
    assert len(called) == 4
    with shop_on_postgresql.database.reading() as session:
        assert set(session.scalars(select(Inbox.attempts))) == {1}


def test_an_update_that_never_stops_deadlocking_is_set_aside(
    shop_on_postgresql: Shop, fails: Callable[[str, int], list[float]]
) -> None:
    asha = shop_on_postgresql.buyer()
    called = fails("40P01", 1000)
    asha.types("/help")
    asha.sees("Something broke on our side")
    assert len(called) == 5 * TRIES
    asha.taps("🛍 Market")
    asha.sees("🛍 0 sales")
    _seen_by_staff(shop_on_postgresql)


def test_an_update_that_the_database_refuses_does_not_hold_up_the_others(
    shop_on_postgresql: Shop, fails: Callable[[str, int], list[float]]
) -> None:
    asha, bela = shop_on_postgresql.buyer("Asha"), shop_on_postgresql.buyer("Bela")
    called = fails("54001", 1000)  # too complex: an operational error, but the database is there
    asha.types("/help", reacts=False)
    bela.taps("🛍 Market")
    asha.sees("Something broke on our side")
    assert len(called) == TRIES
    _seen_by_staff(shop_on_postgresql)


def test_everybody_is_answered_once_when_postgresql_was_away_for_three_seconds(
    shop_on_postgresql: Shop, postgres_server: PostgresServer
) -> None:
    shop = shop_on_postgresql
    phones = [shop.person(f"Person {number}") for number in range(4)]
    with ThreadPoolExecutor(len(phones)) as people:
        walking = [people.submit(walks, phone) for phone in phones]
        time.sleep(0.3)
        postgres_server.stop()
        time.sleep(3)
        postgres_server.start()
        for each in walking:
            each.result(60)
    shop.settles(30)
    each_was_answered_once(shop, phones)


def each_was_answered_once(shop: Shop, phones: Sequence[Phone]) -> None:
    """Every update is worked off, and everybody received what was committed, no more and no less."""
    with shop.database.reading() as session:
        assert set(session.scalars(select(Inbox.state))) == {"done"}
        sent = select(Outbox.chat_id, func.count(Outbox.sent_message_id)).where(Outbox.state == "sent")
        committed = {row[0]: row[1] for row in session.execute(sent.group_by(Outbox.chat_id))}
    for phone in phones:
        received = phone.control.expect(phone.window.key, 0, 0, ["message", "edit"])["events"]
        assert len(received) == committed[phone.id]


def test_a_payment_whose_order_cannot_be_read_is_refused_in_time(shop_on_postgresql: Shop) -> None:
    shop = shop_on_postgresql
    asha = _with_an_invoice(shop)
    with shop.database.writing() as session:
        session.execute(text("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        paid = asha.pays()
        assert time.monotonic() - began < 6
    assert paid["state"] == "refused"
    assert "This took too long. Nothing was charged" in paid["error"]
    assert asha.pays()["state"] == "paid"


def test_a_payment_is_let_through_while_its_order_is_being_written(shop_on_postgresql: Shop) -> None:
    shop = shop_on_postgresql
    asha = _with_an_invoice(shop)
    with shop.database.writing() as session:
        session.execute(text("SELECT id FROM orders FOR UPDATE"))
        asha.pays(reacts=False)
        path = f"/control/payments/{asha.last['payment_id']}"
        over = time.monotonic() + 6
        while asha.control.get(path)["state"] != "paid":
            assert time.monotonic() < over, "the lock on the row was waited for"
            time.sleep(0.02)
    asha.sees("✅ Paid")


def walks(phone: Phone) -> None:
    phone.window.deadline = 30
    phone.start()
    phone.taps("English")
    phone.taps("🧺 I buy")
    for _ in range(4):
        phone.taps("🛍 Market")
        phone.sees("🛍 0 sales")
        phone.taps("🧺 My orders")


def _with_an_invoice(shop: Shop) -> Phone:
    ways_to_pay(shop, "messenger_invoice")
    number = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{number}")
    asha.taps("5 kg")
    asha.taps("✅ Reserve")
    asha.taps("💳 Pay deposit ₹240")
    asha.sees("Deposit ₹240")
    return asha


def _seen_by_staff(shop: Shop) -> None:
    with shop.database.writing() as session:
        aside = update(Inbox).where(Inbox.state == "quarantined").values(state="done")
        assert session.connection().execute(aside).rowcount == 1
