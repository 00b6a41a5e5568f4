"""Updates come many times, out of order, numbered anew, all at once, or break us: each counts once, in its order."""

from __future__ import annotations

import random
import time

import pytest
from sqlalchemy import select, update

from bot import receiver
from bot.app import App
from core.messaging.inbox import TRIES
from core.messaging.models import Inbox, Outbox
from handlers import routes
from handlers.turn import Reply, Turn
from simulator.client import Json
from tests.kit.phone import Phone
from tests.kit.shop import Shop


def starts_again(shop: Shop) -> None:
    """The bot comes back after it was stopped, and works off what waited."""
    shop.app = App(shop.config, shop.clock, shop.app.facts, shop.database)
    shop.app.start(("receiver", "worker", "sender"))


def works_off(shop: Shop, phone: Phone) -> None:
    """Wait until the messenger holds nothing for us and all is answered."""
    over = time.monotonic() + 30
    while phone.control.get("/control/state")["bots"][0]["pending_updates"]:
        assert time.monotonic() < over, "updates are left with the messenger"
        time.sleep(0.02)
    shop.settles(30)


def comes(phone: Phone, update_id: int, text: str = "/start", times: int = 1) -> None:
    """A raw update of this person."""
    sender = {"id": phone.id, "is_bot": False, "first_name": phone.name, "language_code": "en"}
    chat = {"id": phone.id, "type": "private", "first_name": phone.name}
    message = {"message_id": 5000 + update_id % 1000, "date": 1, "chat": chat, "from": sender, "text": text}
    wanted: Json = {"update": {"message": message}, "update_id": update_id, "times": times}
    phone.control.post("/control/updates", wanted)


def answered(shop: Shop, phone: Phone) -> list[int]:
    """This person's updates in the order in which they were answered."""
    with shop.database.reading() as session:
        keys = session.scalars(select(Outbox.dedup).where(Outbox.chat_id == phone.id).order_by(Outbox.id))
        seqs = [int(key.split(":")[1]) for key in keys if key.endswith(":0")]
        numbers = {row[0]: row[1] for row in session.execute(select(Inbox.seq, Inbox.update_id))}
    return [numbers[seq] for seq in seqs]


def next_number(phone: Phone) -> int:
    return int(phone.control.post("/control/updates", {})["next_update_id"])


def test_five_hundred_pending_updates_are_each_handled_once_and_in_order(shop: Shop) -> None:
    phones = [shop.person(f"Person {number}") for number in range(50)]
    shop.app.stop()
    acts = [{"as": phone.id, "do": "start"} for _ in range(10) for phone in phones]
    phones[0].control.post("/control/bulk", acts)
    starts_again(shop)
    works_off(shop, phones[0])
    with shop.database.reading() as session:
        assert [tuple(row) for row in session.execute(select(Inbox.state, Inbox.attempts))] == [("done", 1)] * 500
    for phone in phones:
        order = answered(shop, phone)
        assert len(order) == 10
        assert order == sorted(order)
        assert len(phone.window.messages(60)) == 20


def test_the_same_update_a_hundred_times_is_answered_once(shop: Shop) -> None:
    asha = shop.person()
    asha.start()
    comes(asha, next_number(asha) + 5, times=100)
    works_off(shop, asha)
    assert len(answered(shop, asha)) == 2
    assert len(asha.window.bot_messages()) == 2


def test_a_shuffled_batch_is_handled_in_the_order_of_its_numbers(shop: Shop) -> None:
    asha = shop.person()
    asha.start()
    shop.app.stop()
    first = next_number(asha)
    shuffled = random.Random(7).sample(range(first, first + 12), 12)
    for number in shuffled:
        comes(asha, number)
    starts_again(shop)
    works_off(shop, asha)
    assert answered(shop, asha)[1:] == sorted(shuffled)


@pytest.mark.parametrize("poll_seconds", [25, 0])  # in the middle of a poll, or after empty ones and a long silence
def test_numbers_that_begin_again_lower_are_taken(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, poll_seconds: int
) -> None:
    monkeypatch.setattr(receiver, "POLL_SECONDS", poll_seconds)
    if not poll_seconds:
        monkeypatch.setattr(receiver, "QUIET_SECONDS", 0)
    asha = shop.person()
    asha.start()
    asha.start()
    asha.control.post("/control/updates", {"next_update_id": 7})
    for _ in range(3):
        asha.start()
    assert answered(shop, asha)[2:] == [7, 8, 9]


def test_an_update_that_breaks_us_is_set_aside_and_its_chat_goes_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(_turn: Turn) -> Reply:
        tried.append(1)
        raise ZeroDivisionError

    tried: list[int] = []
    asha, bela = shop.buyer("Asha"), shop.buyer("Bela")
    monkeypatch.setitem(routes.COMMANDS, "help", breaks)
    asha.types("/help", reacts=False)
    asha.taps("🛍 Market", reacts=False)
    bela.taps("🛍 Market")
    bela.sees("🛍 0 sales")
    asha.sees("Something broke on our side. Nothing was lost; the co-op has been told.")
    asha.sees("🛍 0 sales")
    shop.settles()
    assert len(tried) == TRIES
    with shop.database.writing() as session:
        state, error = session.execute(select(Inbox.state, Inbox.error).where(Inbox.error.is_not(None))).one()
        assert state == "quarantined"
        assert "ZeroDivisionError" in error
        session.execute(update(Inbox).where(Inbox.state == "quarantined").values(state="done"))  # staff has seen it
