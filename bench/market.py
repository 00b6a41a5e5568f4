"""The market of a measurement: the sample market, thousands of members more, and one sale too large to sell out."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select, update

from bench.crowd import Crowd
from bot.seed import seed
from bot.seed_data import FIRST_USER
from core import sealing
from core.catalog.models import Campaign
from core.config import Config
from core.db import Database
from core.members import service as members
from core.migrations import upgrade
from core.permissions import Role

FIRST = 5_000_000  # above every id that the sample market and the simulator give
SEEDED_PEOPLE = 100
AT_ONCE = 500


def make_market(url: str, folder: Path, token: str, people: int) -> tuple[int, int]:
    """Migrate, seed, add members; returns the great sale's id and revision."""
    upgrade(url)
    config = Config(_env_file=None, bot_token=token, database_url=url, data_dir=folder)  # type: ignore[call-arg] # pydantic-settings takes it
    sealing.use(config.keys)  # the key lies where the measured processes look for theirs
    database, now = Database(url), datetime.now(UTC)
    seed(database, config, now)
    for start in range(FIRST, FIRST + people, AT_ONCE):
        with database.writing() as session:
            for user in range(start, min(start + AT_ONCE, FIRST + people)):
                member = members.arrive(
                    session, bot_id=config.bot_id, user_id=user, chat_id=user, first_name=f"Buyer {user}",
                    language_tag="en", now=now,
                ).member  # fmt: skip
                members.choose_language(session, member, "en", now=now)
                members.agree(session, member, now=now)
                members.switch_home(session, member, Role.CONSUMER)
    with database.writing() as session:
        sale = session.scalars(select(Campaign).where(Campaign.state == "open").order_by(Campaign.id)).first()
        if sale is None:
            raise RuntimeError("the sample market has no open sale")
        session.execute(update(Campaign).where(Campaign.id == sale.id).values(capacity=Decimal(10_000_000)))
        found = sale.id, sale.rev
    database.dispose()
    return found


async def fill_phones(crowd: Crowd, token: str, people: int) -> dict[int, int]:
    """Give everybody a phone that knows the bot, with one message of it; returns message ids by user."""
    for user in (*range(FIRST_USER, FIRST_USER + SEEDED_PEOPLE), *range(FIRST, FIRST + people)):
        await crowd.post("/control/users", {"id": user, "first_name": f"Buyer {user}"})
    starts = [{"as": user, "bot": crowd.bot_id, "do": "start"} for user in range(FIRST, FIRST + people)]
    for start in range(0, people, AT_ONCE):
        await crowd.post("/control/bulk", starts[start : start + AT_ONCE])
    await _forget_updates(crowd, token)
    gate, first = asyncio.Semaphore(32), {}

    async def greet(user: int) -> None:
        rows = [[{"text": "Market", "callback_data": "bmarket:0:0"}]]
        wanted = {"chat_id": user, "text": "Welcome", "reply_markup": {"inline_keyboard": rows}}
        async with gate:
            first[user] = (await call(crowd, token, "sendMessage", wanted))["message_id"]

    await asyncio.gather(*(greet(user) for user in range(FIRST, FIRST + people)))
    return first


async def _forget_updates(crowd: Crowd, token: str) -> None:
    """The starts are not what is measured: confirm them unread."""
    last = await call(crowd, token, "getUpdates", {"offset": -1, "timeout": 0})
    if last:
        await call(crowd, token, "getUpdates", {"offset": last[-1]["update_id"] + 1, "timeout": 0})


async def call(crowd: Crowd, token: str, method: str, body: dict[str, Any]) -> Any:
    """One call of the Bot API, made in the bot's place."""
    async with crowd.http.post(f"{crowd.url}/bot{token}/{method}", json=body) as answer:
        said = await answer.json()
        if not said["ok"]:
            raise aiohttp.ClientError(f"{method}: {said['description']}")
        return said["result"]
