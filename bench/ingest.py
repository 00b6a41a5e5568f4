"""The webhook's updates made facts, beside a bare FastAPI echo: the same bodies, 64 at a time, served by uvicorn."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import aiohttp

from bench.draining import BOT, TOKEN, server
from bench.processes import Child, farmgate
from core.db import Database
from core.messaging import inbox

SECRET = "a-secret-for-the-bench"  # noqa: S105 - of a server on loopback
IN_FLIGHT = 64


@dataclass(frozen=True)
class Ingest:
    """What serves the webhook, and what echoes, each with its address."""

    hook: Child
    hook_url: str
    echo: Child
    echo_url: str
    numbers: count[int]

    def round(self, number: int) -> tuple[float, float]:
        """(updates a second into the inbox, requests a second of the echo)."""
        bodies = [_update(next(self.numbers)) for _ in range(number)]
        return asyncio.run(_posted(self.hook_url, bodies)), asyncio.run(_posted(self.echo_url, bodies))


def start(url: str, folder: Path, stack: ExitStack) -> Ingest:
    """Both servers, on free ports, until `stack` ends."""
    messenger, api = server(folder)
    stack.callback(messenger.stop)
    environment = {
        "FARMGATE_BOT_TOKEN": TOKEN, "FARMGATE_BOT_API_URL": api, "FARMGATE_DATABASE_URL": url,
        "FARMGATE_DATA_DIR": str(folder), "FARMGATE_OWNER_IDS": "1", "FARMGATE_WEBHOOK_SECRET": SECRET,
        "FARMGATE_PUBLIC_URL": "https://farm.example", "FARMGATE_WEB_PORT": "0",
    }  # fmt: skip
    hook = farmgate("web", folder, environment, words=r"http://127\.0\.0\.1:\d+")
    stack.callback(hook.stop)
    echo = Child(["bench.fastapi_echo"], folder / "fastapi-echo.log")
    stack.callback(echo.stop)
    hook_url = hook.says(r"(http://127\.0\.0\.1:\d+)").group(1)
    echo_url = echo.says(r"(http://127\.0\.0\.1:\d+)").group(1)
    return Ingest(hook, f"{hook_url}/telegram/webhook/{BOT}", echo, f"{echo_url}/echo", count(1))


def stored(database: Database) -> int:
    """Updates in the inbox."""
    with database.reading() as session:
        return inbox.waiting(session)


def _update(number: int) -> bytes:
    person = {"id": number % 5000 + 1, "is_bot": False, "first_name": "Buyer", "language_code": "en"}
    chat = {"id": person["id"], "type": "private", "first_name": "Buyer"}
    message = {"message_id": 5, "date": 1_700_000_000, "chat": chat, "text": "Market"}
    query = {"id": str(number), "from": person, "chat_instance": "1", "data": "bcats:0:0", "message": message}
    return json.dumps({"update_id": number, "callback_query": query}).encode()


async def _posted(url: str, bodies: Sequence[bytes]) -> float:
    """Requests a second; raises when one is not answered by 200."""
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    rest = iter(bodies)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT), headers=headers) as http:

        async def one() -> None:
            for body in rest:
                async with http.post(url, data=body) as answer:
                    answer.raise_for_status()

        began = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(IN_FLIGHT)))
        return len(bodies) / (time.perf_counter() - began)
