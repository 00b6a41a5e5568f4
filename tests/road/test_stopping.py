"""The end of a process: nobody waits out what they were waiting for, and roles end in the order of a message's way."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot import sender, worker
from bot.app import App, Role, make_database
from bot.wake import Wake, pause
from core.clock import SystemClock
from core.config import BotFacts, Config
from simulator import server
from simulator.threaded import run_in_thread
from tests.crash.parts import farmgate

LONG, SOON = 60.0, 10.0


def test_whoever_waits_for_work_hears_the_stop() -> None:
    async def told() -> None:
        stop = asyncio.Event()
        waits = asyncio.gather(Wake().wait(LONG, stop), Wake().wait(LONG, stop), pause(LONG, stop))
        await asyncio.sleep(0)
        stop.set()
        await asyncio.wait_for(waits, SOON)

    asyncio.run(told())


def test_idle_roles_end_at_once(db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in (worker, sender):
        monkeypatch.setattr(role, "IDLE_SECONDS", LONG)
    api = run_in_thread()
    try:
        app = _app(Config(_env_file=None, bot_token=server.TOKEN, bot_api_url=api.url, database_url=db_url,
                          data_dir=tmp_path))  # type: ignore[call-arg] # pydantic-settings' own argument # fmt: skip
        app.start()
        began = time.monotonic()
        app.stop()
        took = time.monotonic() - began
    finally:
        api.stop()
    assert took < SOON
    assert app.failure is None


def test_a_role_is_told_when_the_one_before_has_ended(tmp_path: Path) -> None:
    app = _app(Config(_env_file=None, bot_token=server.TOKEN, data_dir=tmp_path))  # type: ignore[call-arg] # as above
    told: list[str] = []

    def role(name: str) -> Role:
        async def run(stop: asyncio.Event) -> None:
            await stop.wait()
            told.append(f"{name} told")
            await asyncio.sleep(0.05)  # what it has under way
            told.append(f"{name} ended")

        return Role(name, run, app._failed)

    app._threads = [role(name) for name in ("receiver", "worker", "sender")]
    for thread in app._threads:
        thread.start()
    app.stop()
    assert told == [f"{name} {what}" for name in ("receiver", "worker", "sender") for what in ("told", "ended")]


def test_a_signal_ends_the_process_in_good_order(tmp_path: Path) -> None:
    api = run_in_thread()
    try:
        settings = {"FARMGATE_BOT_TOKEN": server.TOKEN, "FARMGATE_BOT_API_URL": api.url,
                    "FARMGATE_DATA_DIR": str(tmp_path / "data")}  # fmt: skip
        part = farmgate(tmp_path, settings, "run")
        try:
            part.says("(is served)")
            assert part.stops(SOON) == 0
        finally:
            part.ends()
    finally:
        api.stop()


def _app(config: Config) -> App:
    facts = BotFacts(config.bot_id, "farmgate_bot", config.media_dir)
    return App(config, SystemClock(), facts, make_database(config))
