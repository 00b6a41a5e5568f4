"""Tap to screen on the idle simulator: one person at a time, nobody else about."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.crowd import Crowd, Measured, Tap
from bench.load import MENU, OURS, connected
from bench.market import FIRST, fill_phones, make_market
from bench.processes import farmgate, simulator

PEOPLE, TAPS, GOAL = 20, 200, 300


async def measure(folder: Path) -> Measured:
    """A menu press of one person after the other, on SQLite."""
    url = f"sqlite:///{folder / 'latency.db'}"
    make_market(url, folder, OURS, PEOPLE)
    api, address = simulator(folder, OURS)
    environment = {
        "FARMGATE_BOT_TOKEN": OURS, "FARMGATE_BOT_API_URL": address, "FARMGATE_DATABASE_URL": url,
        "FARMGATE_DATA_DIR": str(folder), "FARMGATE_OWNER_IDS": "1",
    }  # fmt: skip
    with ExitStack() as stack:
        stack.callback(api.stop)
        async with await connected() as http:
            crowd = Crowd(http, address, 123456)
            messages = await fill_phones(crowd, OURS, PEOPLE)
            stack.callback(farmgate("run", folder, environment).stop)
            await crowd.open()
            users = [FIRST + turn % PEOPLE for turn in range(TAPS)]
            taps = [Tap(user, messages[user], MENU[turn // PEOPLE % 2]) for turn, user in enumerate(users)]
            await crowd.measure(taps[:PEOPLE], in_flight=1)
            seen = await crowd.measure(taps[PEOPLE:], in_flight=1)
            await crowd.close()
    return seen


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="farmgate-latency-") as name:
        found = asyncio.run(measure(Path(name)))
    p50, p95 = found.percentile(0.5), found.percentile(0.95)
    print(f"tap to screen: p50 {p50:.0f} ms, p95 {p95:.0f} ms (goal {GOAL} ms), {found.unanswered} unanswered")
