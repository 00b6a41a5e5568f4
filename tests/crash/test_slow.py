"""A messenger that answers far too late, or asks for a pause of three: nobody else waits, nothing is lost."""

from __future__ import annotations

import time
from pathlib import Path

from bot.app import App
from tests.crash.test_faults import SENDS, fault, letters, read
from tests.kit.phone import Phone
from tests.kit.shop import Shop

SLOW, SEND_SECONDS, PAUSE = 8, 1.5, 3  # in service a send is given up after 30 seconds, as long as this takes there


def _met(shop: Shop) -> list[Phone]:
    phones = [shop.person(f"Person {number}") for number in range(3)]
    for phone in phones:
        phone.start()
    shop.settles()
    return phones


def test_one_answer_that_comes_far_too_late_keeps_nobody_else_waiting(sqlite_url: str, tmp_path: Path) -> None:
    shop = Shop(sqlite_url, tmp_path / "data")
    try:
        phones = _met(shop)
        shop.app.stop()
        config = shop.config.model_copy(update={"send_seconds": SEND_SECONDS})
        shop.app = App(config, shop.clock, shop.app.facts, shop.database)
        shop.app.start(("receiver", "worker", "sender"))
        fault(shop, "slow", delay=SLOW, method="sendMessage", count=1)
        began = time.monotonic()
        news = letters(shop, phones)
        shop.settles(15)
        assert time.monotonic() - began < SLOW
        assert all(read(phone)[-len(news) :] == news for phone in phones)
    finally:
        shop.close()


def test_a_pause_of_three_seconds_is_kept_to_the_end(sqlite_url: str, tmp_path: Path) -> None:
    shop = Shop(sqlite_url, tmp_path / "data")
    try:
        phones = _met(shop)
        fault(shop, "flood", method="sendMessage", count=1, retry_after=PAUSE)
        news = letters(shop, phones)
        shop.settles(20)
        assert [read(phone) for phone in phones] == [news] * len(phones)
        sends = [each for each in phones[0].control.get("/control/log")["entries"] if each["method"] in SENDS]
        halted = next(each for each in sends if each["status"] == 429)
        after = [each["at"] - halted["at"] for each in sends if each["n"] > halted["n"]]
        assert [pause for pause in after if 0.5 < pause < PAUSE - 0.05] == []  # what was under way may still end
    finally:
        shop.close()
