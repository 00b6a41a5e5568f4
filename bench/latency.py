"""Tap to screen on the idle simulator: one person at a time, nobody else about."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeVar

from bench.crowd import Crowd, Measured, Tap
from bench.load import MENU, OURS, connected
from bench.market import FIRST, fill_phones, make_market
from bench.processes import farmgate, simulator

PEOPLE, TAPS, GOAL = 20, 200, 300


C = TypeVar("C", bound=Crowd)


@asynccontextmanager
async def shop(folder: Path, people: int, kind: type[C]) -> AsyncIterator[tuple[C, dict[int, int]]]:
    """A crowd before a shop on SQLite that is otherwise idle, and the message that each of them may press."""
    url = f"sqlite:///{folder / 'shop.db'}"
    make_market(url, folder, OURS, people)
    api, address = simulator(folder, OURS)
    environment = {
        "FARMGATE_BOT_TOKEN": OURS, "FARMGATE_BOT_API_URL": address, "FARMGATE_DATABASE_URL": url,
        "FARMGATE_DATA_DIR": str(folder), "FARMGATE_OWNER_IDS": "1",
    }  # fmt: skip
    with ExitStack() as stack:
        stack.callback(api.stop)
        async with await connected() as http:
            crowd = kind(http, address, 123456)
            messages = await fill_phones(crowd, OURS, people)
            stack.callback(farmgate("run", folder, environment).stop)
            await crowd.open()
            yield crowd, messages
            await crowd.close()


async def measure(folder: Path) -> Measured:
    """A menu press of one person after the other."""
    async with shop(folder, PEOPLE, Crowd) as (crowd, messages):
        users = [FIRST + turn % PEOPLE for turn in range(TAPS)]
        taps = [Tap(user, messages[user], MENU[turn // PEOPLE % 2]) for turn, user in enumerate(users)]
        await crowd.measure(taps[:PEOPLE], in_flight=1)
        return await crowd.measure(taps[PEOPLE:], in_flight=1)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="farmgate-latency-") as name:
        found = asyncio.run(measure(Path(name)))
    p50, p95 = found.percentile(0.5), found.percentile(0.95)
    print(f"tap to screen: p50 {p50:.0f} ms, p95 {p95:.0f} ms (goal {GOAL} ms), {found.unanswered} unanswered")
