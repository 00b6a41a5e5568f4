"""Works the outbox off through python-telegram-bot: leases, sends up to 64 at a time, marks what ended."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from telegram.ext import ExtBot

from bot.aftermath import learn
from bot.delivering import Ended, Post, deliver
from bot.failpoints import failpoint
from bot.limiter import Limiter, Pace, Rates
from bot.render import Picture, Setting, render
from bot.requests import AiohttpRequest
from bot.wake import Wake
from core.clock import Clock, machine_now
from core.config import Config
from core.db import Database
from core.messaging import media, outbox
from core.messaging.outbox import Due
from core.messaging.screen import Screen
from core.notices import post

log = structlog.get_logger()
IN_FLIGHT = 64
BULK_IN_FLIGHT = 8
IDLE_SECONDS = 0.5


def make_bot(config: Config) -> ExtBot[Pace]:
    """The speaking bot, with our request class and limiter."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # pauses as timedelta: the library's number is deprecated
    return ExtBot(
        config.bot_token or "",
        base_url=f"{config.bot_api_url}/bot",
        base_file_url=f"{config.bot_api_url}/file/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
        rate_limiter=Limiter(Rates(config.bulk_per_second, config.chat_per_second, 3, config.group_per_minute)),
    )


class Sender:
    """Keeps up to 64 sends under way; what ended and what comes next share one commit."""

    def __init__(self, database: Database, clock: Clock, bot: ExtBot[Pace], bell: Wake, config: Config) -> None:
        self._database, self._clock, self._bot, self._bell, self._config = database, clock, bot, bell, config
        self._running: dict[asyncio.Task[Ended], Due] = {}
        self._ended: list[Ended] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then what is under way is finished and marked."""
        while not stop.is_set():
            try:
                started = self._turn()
            except OperationalError as error:
                log.error("database_unreachable", error=str(error.orig).splitlines()[0] if error.orig else "")
                await asyncio.sleep(1)
                continue
            if not started:
                await self._rest()
        if self._running:
            await asyncio.wait(self._running, timeout=10)
        self._collect()
        with self._database.writing() as session:
            self._mark(session)

    def _turn(self) -> int:
        """Mark what ended and lease what comes next, in one transaction; start the sends."""
        self._collect()
        room = IN_FLIGHT - len(self._running)
        bulk = BULK_IN_FLIGHT - sum(row.priority == outbox.BULK for row in self._running.values())
        with self._database.writing() as session:
            self._mark(session)
            rows = outbox.claim(session, self._clock.now(), machine_now(), room, bulk=max(bulk, 0)) if room else []
            posts = [self._prepare(session, row) for row in rows]
        self._ended = []
        failpoint("sender_claimed")
        loop = asyncio.get_running_loop()
        for item in posts:
            self._running[loop.create_task(deliver(self._bot, item))] = item.row
        return len(posts)

    async def _rest(self) -> None:
        """Wait for a send to end, a ring of the bell, or half a second."""
        bell = asyncio.ensure_future(self._bell.wait(IDLE_SECONDS))
        await asyncio.wait([bell, *self._running], return_when=asyncio.FIRST_COMPLETED)
        bell.cancel()

    def _collect(self) -> None:
        for task in [task for task in self._running if task.done()]:
            del self._running[task]
            self._ended.append(task.result())

    def _mark(self, session: Session) -> None:
        if not self._ended:
            return
        failpoint("sender_before_mark")
        outbox.mark(session, [item.mark for item in self._ended], machine_now())
        for item in self._ended:
            learn(session, item, self._config.media_dir, self._clock.now())

    def _prepare(self, session: Session, row: Due) -> Post:
        if row.kind == "fetch_file":
            return Post(row, None, None)
        screen = self._screen(session, row)
        if screen is None:
            return Post(row, None, None)
        setting = Setting(
            row.chat_id, self._bot.username, self._config.payment_provider_token, self._origin(session, row, screen),
            self._picture(session, row, screen),
        )  # fmt: skip
        return Post(row, screen, render(screen, setting))

    def _screen(self, session: Session, row: Due) -> Screen | None:
        if row.kind != "notice":
            return Screen.from_json(row.payload["screen"])
        screen = post.prepare(session, row.payload, self._clock.now())
        return screen and replace(screen, silent=screen.silent or bool(row.payload.get("silent")))

    def _origin(self, session: Session, row: Due, screen: Screen) -> tuple[int, bool] | None:
        if screen.card and screen.edit:
            card = outbox.card_of(session, row.bot_id, row.chat_id, screen.card)
            if card is not None:
                return card.message_id, card.has_photo
        given = row.payload.get("origin")
        return (given[0], given[1]) if given else None

    def _picture(self, session: Session, row: Due, screen: Screen) -> Picture | None:
        if screen.photo is None:
            return None
        file_id = media.file_id_for(session, row.bot_id, screen.photo)
        if file_id:
            return Picture(screen.photo, file_id, None)
        path = media.path_of(session, screen.photo)
        data = _read(self._config.media_dir / path) if path else None
        return Picture(screen.photo, None, data) if data else None


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
