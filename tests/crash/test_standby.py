"""Two receivers on one PostgreSQL: one polls, the other waits without a word and goes on when the first is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import standby
from core.config import Config
from simulator.client import Json
from tests.crash.parts import Part
from tests.crash.road import Road

SOON = 10.0  # seconds: one, and slack for a busy machine


@pytest.fixture
def two(postgresql_url: str, tmp_path: Path) -> Iterator[Road]:
    """A road with a second receiver, which came later."""
    road = Road(postgresql_url, tmp_path)
    try:
        road.starts()
        _polls(road)
        road.parts["second"] = road.forked("receiver")
        _stands_by(road.parts["second"])
        yield road
    finally:
        road.close()


@pytest.mark.timeout(180)
def test_a_second_receiver_waits_and_polls_when_the_first_is_killed(two: Road) -> None:
    asha = two.phone("Asha")
    asha.start()
    asha.sees("Language?", anywhere=True)
    two.parts["receiver"].kills()
    two.parts["receiver"].dies(10)
    began = time.monotonic()
    asha.types("/menu")
    assert time.monotonic() - began < SOON
    two.settles()
    assert two.acknowledged() == two.stored("done")
    assert _conflicts(two) == []


@pytest.mark.timeout(180)
def test_who_stops_in_good_order_makes_room_and_waits_when_it_comes_back(two: Road) -> None:
    assert two.parts["receiver"].stops(20) == 0
    asha = two.phone("Asha")
    asha.start()
    asha.sees("Language?", anywhere=True)
    two.parts["receiver"] = two.forked("receiver")
    _stands_by(two.parts["receiver"])
    asha.types("/menu")
    assert _conflicts(two) == []


@pytest.mark.timeout(180)
def test_a_holder_whose_connection_was_cut_comes_to_an_agreement_with_the_other(two: Road) -> None:
    with two.database.writing() as session:
        held = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        assert session.scalars(held).all() == [True]
    _stands_by(two.parts["receiver"])
    asha = two.phone("Asha")
    asha.start()
    asha.sees("Language?", anywhere=True)
    two.settles()
    assert two.acknowledged() == two.stored("done")


def test_a_holder_that_is_frozen_loses_its_turn(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standby, "FROZEN_SECONDS", 1)
    monkeypatch.setattr(standby, "ASK_SECONDS", 0.0)

    async def takes_turns() -> list[bool]:
        config = Config(bot_token="123456:TEST", database_url=postgresql_url)
        frozen, awake = standby.Standby(config), standby.Standby(config)
        asked = [await frozen.is_mine(), await awake.is_mine()]
        for _ in range(4):
            await asyncio.sleep(0.5)  # the one asks in time, the other nothing
            asked.append(await awake.is_mine())
        asked.append(await frozen.is_mine())
        await frozen.ends()
        await awake.ends()
        return asked

    asked = asyncio.run(takes_turns())
    assert asked[:3] == [True, False, False]
    assert asked[-2:] == [True, False], asked


def _stands_by(part: Part) -> None:
    part.says(r"(receiver_stands_by)")


def _polls(road: Road) -> None:
    over = time.monotonic() + SOON
    while not any(each["method"].lower() == "getupdates" for each in _calls(road)):
        assert time.monotonic() < over, "nobody polls"
        road.phone("Somebody").start(reacts=False)  # an empty poll is not logged
        time.sleep(0.2)


def _conflicts(road: Road) -> list[Json]:
    return [each for each in _calls(road) if each["status"] == 409]


def _calls(road: Road) -> list[Json]:
    return list(road.control.get("/control/log")["entries"])
