"""The outbox drained through the real sender, beside bare aiohttp sending the same calls to the same server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, select

from bench.processes import Child, farmgate
from core.db import Database
from core.messaging import outbox
from core.messaging.models import Outbox
from core.messaging.screen import Screen, button

TOKEN = "123456:TEST"  # noqa: S105 - the server's
BOT, IN_FLIGHT = 123456, 64


def server(folder: Path) -> tuple[Child, str]:
    """A server that says yes to every call, in a process of its own."""
    child = Child(["bench.yes"], folder / "yes.log")
    return child, child.says(r"yes on (http://\S+)").group(1)


def fill(database: Database, chats: Sequence[int], *, name: str) -> None:
    """One letter to each chat, due now."""
    now = datetime.now(UTC)
    screen = Screen("🥭 Alphonso 5 kg\nPaid ₹240 · owed ₹960", ((button("📍 Track", "btrack", 1),),), edit=False)
    for at in range(0, len(chats), 500):
        letters = [
            outbox.screen_letter(screen, dedup=f"bench:{name}:{chat}", bot_id=BOT, chat_id=chat, now=now)
            for chat in chats[at : at + 500]
        ]
        with database.writing() as session:
            outbox.put(session, letters, now)


def drained(database: Database, url: str, address: str, folder: Path, number: int) -> tuple[float, float]:
    """(messages a second, messages a second of the sender's processor) for what lies in the outbox."""
    environment = {
        "FARMGATE_BOT_TOKEN": TOKEN, "FARMGATE_BOT_API_URL": address, "FARMGATE_DATABASE_URL": url,
        "FARMGATE_DATA_DIR": str(folder), "FARMGATE_OWNER_IDS": "1", "FARMGATE_BULK_PER_SECOND": "100000",
    }  # fmt: skip
    sender = farmgate("sender", folder, environment)
    try:
        before, spent = _sent(database), sender.cpu_seconds
        began, at_first = time.perf_counter(), before
        while (done := _sent(database)) < number and time.perf_counter() - began < 120:
            if at_first == before and done > before:  # it takes a moment to start: counted from its first commit
                began, at_first, spent = time.perf_counter(), done, sender.cpu_seconds
            time.sleep(0.05)
        sent = done - at_first
        return sent / (time.perf_counter() - began), sent / max(sender.cpu_seconds - spent, 0.01)
    finally:
        sender.stop()


def _sent(database: Database) -> int:
    with database.reading() as session:
        found = select(func.count()).select_from(Outbox).where(Outbox.state == "sent")
        return session.execute(found).scalar_one()


async def bare(address: str, number: int) -> tuple[float, float]:
    """(messages a second, the same a second of processor) of aiohttp alone, 64 at a time."""
    markup = {"inline_keyboard": [[{"text": "📍 Track", "callback_data": "btrack:1:0"}]]}
    body: dict[str, Any] = {"text": "🥭 Alphonso 5 kg\nPaid ₹240 · owed ₹960", "reply_markup": markup}
    chats = iter(range(1, number + 1))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as http:

        async def one() -> None:
            for chat in chats:
                async with http.post(f"{address}/bot{TOKEN}/sendMessage", json={"chat_id": chat, **body}) as answer:
                    await answer.json()

        began, spent = time.perf_counter(), time.process_time()
        await asyncio.gather(*(one() for _ in range(IN_FLIGHT)))
        return number / (time.perf_counter() - began), number / (time.process_time() - spent)
