"""The messenger fails in its ways: each letter still goes out once and in its order, and people are answered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.sender import make_bot, met
from core.config import Config
from core.members.models import Identity
from core.messaging import outbox
from core.messaging.models import Outbox
from core.messaging.screen import Screen
from simulator.client import Control
from simulator.server import TOKEN
from simulator.threaded import run_in_thread
from simulator.window import text_of
from tests.kit.phone import Phone
from tests.kit.shop import Shop

PEOPLE, LETTERS = 3, 4
SENDS = {"sendMessage", "editMessageText"}


@pytest.fixture
def phones(shop: Shop) -> list[Phone]:
    made = [shop.person(f"Person {number}") for number in range(PEOPLE)]
    for phone in made:
        phone.start()
    shop.settles()
    return made


def fault(shop: Shop, kind: str, **how: object) -> None:
    shop.owner().control.post("/control/faults", {"kind": kind, **how})


def letters(shop: Shop, phones: list[Phone]) -> list[str]:
    """Queue the same news to everybody; what each should read."""
    news, now = [f"News {number}" for number in range(LETTERS)], shop.clock.now()
    with shop.database.writing() as session:
        queued = [
            outbox.screen_letter(Screen(text, edit=False), dedup=f"{text}:{phone.id}", bot_id=shop.config.bot_id,
                                 chat_id=phone.id, now=now)
            for text in news for phone in phones
        ]  # fmt: skip
        outbox.put(session, queued, now)
    shop.app.sender_bell.ring()
    return news


def read(phone: Phone) -> list[str]:
    """The news this person reads, oldest first."""
    texts = [text_of(message) for message in phone.window.messages(60)]
    return [text for text in texts if text.startswith("News")]


@pytest.mark.parametrize("kind", ["flood", "server_error", "reset"])
def test_each_letter_goes_out_once_and_in_its_order_after_a(shop: Shop, phones: list[Phone], kind: str) -> None:
    fault(shop, kind, method="sendMessage", count=3, retry_after=1)
    news = letters(shop, phones)
    shop.settles(20)
    for phone in phones:
        assert read(phone) == news


def test_a_429_halts_the_bot_for_as_long_as_it_says(shop: Shop, phones: list[Phone]) -> None:
    fault(shop, "flood", method="sendMessage", count=1, retry_after=1)
    news = letters(shop, phones)
    shop.settles(20)
    assert [read(phone) for phone in phones] == [news] * PEOPLE
    entries = phones[0].control.get("/control/log")["entries"]
    sends = [entry for entry in entries if entry["method"] in SENDS]
    halted = next(entry for entry in sends if entry["status"] == 429)
    after = [entry["at"] - halted["at"] for entry in sends if entry["n"] > halted["n"]]
    assert [pause for pause in after if 0.3 < pause < 0.95] == []  # what was under way already may still end
    assert max(after) < 4


def test_a_letter_whose_answer_is_lost_comes_twice_at_most(shop: Shop, phones: list[Phone]) -> None:
    fault(shop, "lost_answer", method="sendMessage", count=1)
    news = letters(shop, phones)
    shop.settles(20)
    doubled = [phone for phone in phones if read(phone) != news]
    assert len(doubled) == 1
    assert read(doubled[0]) == [news[0], *news]


def test_who_blocked_the_bot_is_marked_unreachable_and_the_others_are_told(shop: Shop, phones: list[Phone]) -> None:
    gone, *others = phones
    fault(shop, "blocked", user=gone.id, seconds=60)
    news = letters(shop, phones)
    shop.settles(20)
    assert read(gone) == []
    assert [read(phone) for phone in others] == [news] * len(others)
    with shop.database.reading() as session:
        states = session.scalars(select(Outbox.state).where(Outbox.chat_id == gone.id, Outbox.dedup.startswith("News")))
        assert set(states) == {"unreachable"}
        found = select(Identity.unreachable_at).where(Identity.user_id == gone.id)
        assert session.scalars(found).one() is not None


def test_everybody_is_answered_after_three_seconds_without_a_network(shop: Shop, phones: list[Phone]) -> None:
    fault(shop, "network_down", seconds=3)
    news = letters(shop, phones)
    for phone in phones:
        phone.types("/start", reacts=False)
    for phone in phones:
        phone.sees("Language?")
    shop.settles(20)
    assert [read(phone) for phone in phones] == [news] * PEOPLE


def test_a_query_that_is_too_old_to_be_answered_keeps_its_effect(shop: Shop, phones: list[Phone]) -> None:
    asha = phones[0]
    asha.control.post("/control/limits", {"callback_seconds": 0})
    asha.taps("English")
    asha.taps("🧺 I buy")
    asha.sees("🛍 Market", anywhere=True)
    refused = [entry for entry in asha.control.get("/control/log")["entries"] if "too old" in str(entry["error"])]
    assert len(refused) == 2


def test_a_sender_that_starts_while_the_messenger_is_away_waits_for_it(db_url: str, tmp_path: Path) -> None:
    api = run_in_thread()
    try:
        Control(api.url).post("/control/faults", {"kind": "reset", "method": "getMe", "count": 2})
        bot = make_bot(Config(_env_file=None, bot_token=TOKEN, bot_api_url=api.url, database_url=db_url))  # type: ignore[call-arg] # pydantic-settings takes it

        async def meet() -> tuple[bool, bool]:
            stop = asyncio.Event()
            reached = await met(bot, stop)
            await bot.shutdown()
            stop.set()
            return reached, await met(bot, stop)

        assert asyncio.run(meet()) == (True, False)
        assert bot.username
    finally:
        api.stop()
