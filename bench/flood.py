"""Whether a thousand messages a minute of one person make the others wait: `python -m bench.flood`."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from bench.crowd import Crowd, Measured, Tap
from bench.latency import shop
from bench.load import MENU
from bench.market import FIRST

PEOPLE, TAPS = 20, 114  # each of the others six times: the two screens of the menu take turns
A_MINUTE = 1000
ROUNDS = 2
STEADY = 0.1  # of a second between two presses of the others, so that both halves last as long


class Flooded(Crowd):
    """A crowd among whom one person writes without a pause."""

    async def flood(self, user: int, stop: asyncio.Event) -> int:
        """A thousand messages a minute until told to stop; how many that were."""
        written = 0
        while not stop.is_set():
            act = {"as": user, "bot": self.bot_id, "do": "text", "text": f"Hello {written}"}
            await self._line.send_str(json.dumps({"id": next(self._numbers), "act": act}))
            written += 1
            await asyncio.sleep(60 / A_MINUTE)
        return written

    async def press(self, messages: dict[int, int]) -> Measured:
        """The others press, one after another."""
        seconds: list[float] = []
        lost = 0
        for turn in range(TAPS):
            user = FIRST + 1 + turn % (PEOPLE - 1)
            took = await self.tap(Tap(user, messages[user], MENU[turn // (PEOPLE - 1) % 2]))
            if took is None:
                lost += 1
            else:
                seconds.append(took)
            await asyncio.sleep(STEADY)
        return Measured(seconds, sum(seconds), lost)


async def measure(folder: Path) -> list[str]:
    """The others' times without and with the flood, in turn, on SQLite."""
    async with shop(folder, PEOPLE, Flooded) as (crowd, messages):
        await crowd.press(messages)  # warm
        return [line for _ in range(ROUNDS) for line in await _round(crowd, messages)]


async def _round(crowd: Flooded, messages: dict[int, int]) -> list[str]:
    alone = await crowd.press(messages)
    stop = asyncio.Event()
    flooding = asyncio.create_task(crowd.flood(FIRST, stop))
    among = await crowd.press(messages)
    stop.set()
    written = await flooding
    return [_line("alone", alone), _line(f"while one person wrote {written} messages", among)]


def _line(when: str, seen: Measured) -> str:
    p50, p95 = seen.percentile(0.5), seen.percentile(0.95)
    return f"{when}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, {seen.unanswered} unanswered"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="farmgate-flood-") as name:
        print("\n".join(asyncio.run(measure(Path(name)))))
