"""A whole season whose updates come by webhook, where the messenger hears of only two in three that we have them."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.types import Send

from bot import demo as demo_module
from bot.app import App
from bot.demo import Demo
from bot.tour import Tour
from core.config import Config
from core.messaging.models import Inbox
from simulator.client import Control
from web import webhook
from web.server import address, listening

ROLES = ("web", "worker", "sender", "scheduler")


class HookedApp(App):
    """The app of `farmgate run` with a public address: updates come in by its web role."""

    def start(self, _roles: Sequence[str] = ROLES) -> None:
        self.place = PLACES.pop()
        super().start(ROLES)


PLACES: list[socket.socket] = []


class HookedDemo(Demo):
    """The seeded market, served by webhook."""

    def _config(self, api: str) -> Config:
        place = listening("127.0.0.1", 0)
        PLACES.append(place)
        Control(api).post("/control/limits", {"webhook_retry_seconds": 0.05})
        return super()._config(api).model_copy(update={"public_url": address(place)})


def _pending(demo: Demo) -> int:
    """How many updates the messenger still has; the last may have to come again a few times, its answer being lost."""
    control, over = Control(demo.url), time.monotonic() + 10
    while True:
        info: Any = control.get("/control/state")["bots"][0]
        if info["pending_updates"] == 0 or time.monotonic() > over:
            return int(info["pending_updates"])
        time.sleep(0.05)


@pytest.fixture
def forgets(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every third answer that we have an update is lost on its way; the statuses that were meant."""
    meant: list[int] = []
    answer, number = webhook._answer, count(1)

    async def loses(send: Send, status: int) -> None:
        meant.append(status)
        await answer(send, 503 if status == 200 and next(number) % 3 == 0 else status)

    monkeypatch.setattr(webhook, "_answer", loses)
    return meant


@pytest.mark.timeout(240)
def test_a_season_by_webhook_is_played_once_although_updates_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgets: list[int]
) -> None:
    monkeypatch.setattr(demo_module, "App", HookedApp)
    said: list[str] = []
    demo = HookedDemo(tmp_path / "season")
    demo.start()
    try:
        assert Tour(demo, said.append).play() > 40
        assert demo.verify() == []
        assert _pending(demo) == 0
        with demo.database.reading() as session:
            rows = session.execute(select(Inbox.state, func.count()).group_by(Inbox.state)).all()
    finally:
        demo.stop()
    assert [state for state, _ in rows] == ["done"]
    (_, stored) = rows[0]
    assert set(forgets) == {200}
    assert len(forgets) > stored * 1.3, "a third came again"
    read = "\n".join(said)
    for words in ("is on sale", "deposit paid", "owed ₹0", "delivered", "received by the buyer"):
        assert words in read, words
