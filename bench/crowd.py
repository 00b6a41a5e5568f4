"""Thousands of people at once: presses over one WebSocket, each timed until the bot shows a screen in that chat."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

import aiohttp

IN_FLIGHT = 64
PATIENCE = 20.0
Json = dict[str, Any]


@dataclass(frozen=True)
class Tap:
    """One press to come: who, on which message, with which data."""

    user: int
    message_id: int
    data: str


@dataclass(frozen=True)
class Measured:
    """What one crowd saw: seconds each tap took until its screen, and how long all of it took."""

    seconds: list[float]
    lasted: float
    unanswered: int
    cpu: float = 0.0  # seconds of processor that the bot took

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.lasted

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / max(len(self.seconds), 1)

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the taps was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0


class Crowd:
    """Phones of many people with one bot."""

    def __init__(self, http: aiohttp.ClientSession, url: str, bot_id: int) -> None:
        self.http, self.url, self.bot_id = http, url, bot_id
        self.shown: dict[str, Json] = {}  # the newest screen of each chat
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._numbers = count(1)
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect the line on which events come and acts go."""
        self._line = await self.http.ws_connect(f"{self.url}/control/ws?log=0", max_msg_size=0)
        await self._line.receive()  # the picture so far
        self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()
        if self._reading is not None:
            await self._reading

    async def post(self, path: str, body: object) -> Any:
        """One request of the control protocol."""
        async with self.http.post(f"{self.url}{path}", json=body) as answer:
            return await answer.json(content_type=None)

    async def measure(self, taps: Iterable[Tap], in_flight: int = IN_FLIGHT) -> Measured:
        """Press them all, never more than `in_flight` waiting for their screens."""
        rest, seconds, lost = iter(taps), list[float](), 0

        async def person() -> None:
            nonlocal lost
            for tap in rest:  # one iterator for all: the next free person takes the next tap
                took = await self.tap(tap)
                if took is None:
                    lost += 1
                else:
                    seconds.append(took)

        began = time.perf_counter()
        await asyncio.gather(*(person() for _ in range(in_flight)))
        return Measured(seconds, time.perf_counter() - began, lost)

    async def tap(self, tap: Tap, times: int = 1) -> float | None:
        """Press once (or `times` at the same moment); seconds until the first screen, None when none came."""
        key = f"{tap.user}:{self.bot_id}"
        screen = self._waiting[key] = asyncio.get_running_loop().create_future()
        act = {"as": tap.user, "bot": self.bot_id, "do": "press", "message_id": tap.message_id, "data": tap.data}
        began = time.perf_counter()
        for _ in range(times):
            await self._line.send_str(json.dumps({"id": next(self._numbers), "act": act}))
        try:
            await asyncio.wait_for(screen, PATIENCE)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(key, None)
        return time.perf_counter() - began

    async def _read(self) -> None:
        async for message in self._line:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            event = json.loads(message.data)
            if event["type"] == "ack" and not event["ok"]:
                raise RuntimeError(f"the simulator refused an act: {event['error']}")
            if event["type"] in ("message", "edit") and event.get("by") == "bot":
                self.shown[event["chat"]] = event["message"]
                waiting = self._waiting.get(event["chat"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(None)
            else:
                self.hears(event)

    def hears(self, event: Json) -> None:
        """Anything else that happened; nobody listens."""
