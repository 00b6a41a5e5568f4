"""The limiter keeps chats and groups calm, lets edits through, and after a 429 stops the whole bot."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.limiter import Bucket, Limiter, Pace, Rates

NEW, EDIT = Pace(5, is_edit=False, is_bulk=False), Pace(5, is_edit=True, is_bulk=False)


async def _fine(**_: Any) -> str:
    return "sent"


async def _flooded(**_: Any) -> str:
    raise RetryAfter(timedelta(seconds=0.2))


async def _through(limiter: Limiter, pace: Pace, call: Any = _fine) -> str:
    return str(await limiter.process_request(call, (), {}, "sendMessage", {}, pace))


def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    bucket = Bucket(rate=1.0, burst=3.0, at=0.0)
    assert [bucket.take(0.0) for _ in range(5)] == [0, 0, 0, 1.0, 2.0]
    assert bucket.take(10.0) == 0


def _timed(limiter: Limiter, pace: Pace, times: int) -> float:
    async def all_of_them() -> float:
        began = time.monotonic()
        await asyncio.gather(*(_through(limiter, pace) for _ in range(times)))
        return time.monotonic() - began

    return asyncio.run(all_of_them())


def test_new_messages_to_one_chat_wait_after_the_burst() -> None:
    assert 0.09 < _timed(Limiter(Rates(chat=20, chat_burst=3)), NEW, 5) < 1


def test_edits_that_answer_a_press_do_not_wait() -> None:
    assert _timed(Limiter(Rates(chat=0.1, chat_burst=1)), EDIT, 20) < 1


def test_edits_in_a_group_wait_like_messages() -> None:
    group = Pace(-5, is_edit=True, is_bulk=False)
    assert 0.09 < _timed(Limiter(Rates(group_per_minute=1.0 * 600)), group, 601) < 3


def test_bulk_goes_at_its_own_rate_whatever_the_chat() -> None:
    limiter = Limiter(Rates(bulk=20))

    async def campaign() -> float:
        began = time.monotonic()
        paces = [Pace(chat, is_edit=False, is_bulk=True) for chat in range(1, 25)]
        await asyncio.gather(*(_through(limiter, pace) for pace in paces))
        return time.monotonic() - began

    assert 0.15 < asyncio.run(campaign()) < 2


def test_a_429_stops_every_chat_until_its_pause_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # as the sender sets it
    limiter = Limiter()

    async def story() -> None:
        with pytest.raises(RetryAfter):
            await _through(limiter, NEW, _flooded)
        other = Pace(6, is_edit=True, is_bulk=False)
        with pytest.raises(RetryAfter):  # given back at once: waiting here would outlast the letter's lease
            await _through(limiter, other)
        await asyncio.sleep(0.25)
        assert await _through(limiter, other) == "sent"

    asyncio.run(story())
