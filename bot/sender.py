"""Works the outbox off through python-telegram-bot: leases, sends up to 64 at a time, marks what ended."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.aftermath import learn, teaches
from bot.delivering import Ended, deliver
from bot.failpoints import failpoint
from bot.limiter import Limiter, Pace, Rates
from bot.preparing import Desk, prepare
from bot.requests import AiohttpRequest, TokenRefused
from bot.wake import Beat, Wake, pause
from core.clock import Clock, machine_now
from core.config import Config
from core.db import Database
from core.messaging import outbox, tally
from core.messaging.outbox import Due

log = structlog.get_logger()
IN_FLIGHT = 64
BULK_IN_FLIGHT = 8
IDLE_SECONDS = 0.5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between tries to reach the messenger at the start


def make_bot(config: Config) -> ExtBot[Pace]:
    """The speaking bot, with our request class and limiter."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # pauses as timedelta: the library's number is deprecated
    return ExtBot(
        config.bot_token or "",
        base_url=f"{config.bot_api_url}/bot",
        base_file_url=f"{config.bot_api_url}/file/bot",
        request=AiohttpRequest(config.send_seconds),
        get_updates_request=AiohttpRequest(config.send_seconds),
        rate_limiter=Limiter(Rates(config.bulk_per_second, config.chat_per_second, 3, config.group_per_minute)),
    )


async def met(bot: ExtBot[Pace], stop: asyncio.Event) -> bool:
    """Open the connection and ask the messenger who we are, as often as it takes; False when told to stop before.

    Raises InvalidToken and TokenRefused; while the messenger is away letters wait in the outbox.
    """
    seconds = FIRST_PAUSE
    while not stop.is_set():
        try:
            await bot.initialize()
        except (InvalidToken, TokenRefused):
            raise
        except TelegramError as error:
            log.warning("messenger_away", error=type(error).__name__, pause=seconds)
            await pause(seconds, stop)
            seconds = min(2 * seconds, LONGEST_PAUSE)
        else:
            return True
    return False


class Sender:
    """Keeps up to 64 sends under way; what ended and what comes next share one commit."""

    def __init__(self, database: Database, clock: Clock, bot: ExtBot[Pace], bell: Wake, config: Config) -> None:
        self._database, self._clock, self._bot, self._bell, self._config = database, clock, bot, bell, config
        self._running: dict[asyncio.Task[Ended], Due] = {}
        self._ended: list[Ended] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then what is under way is finished and marked."""
        pace = Beat()
        while not stop.is_set():
            await pace.next()
            try:
                started = self._turn()
            except OperationalError as error:
                log.error("database_unreachable", error=str(error.orig).splitlines()[0] if error.orig else "")
                await pause(1, stop)
                continue
            if not started:
                await self._rest(stop)
        if self._running:
            await asyncio.wait(self._running, timeout=10)
        self._collect()
        with self._database.writing() as session:
            self._mark(session)

    def _turn(self) -> int:
        """Mark what ended and lease what comes next, in one transaction; start the sends."""
        self._collect()
        room = 0 if self._is_halted() else IN_FLIGHT - len(self._running)
        bulk = BULK_IN_FLIGHT - sum(row.priority == outbox.BULK for row in self._running.values())
        desk = Desk(self._config, self._bot.username, self._clock.now())
        with self._database.writing() as session:
            self._mark(session)
            rows = self._claim(session, desk.now, room, max(bulk, 0)) if room else []
            posts = [ready for row in rows if (ready := prepare(session, row, desk)) is not None]
        if self._ended:
            failpoint("sender_marked")
        self._ended = []
        if posts:
            failpoint("sender_claimed")
        loop = asyncio.get_running_loop()
        for item in posts:
            self._running[loop.create_task(deliver(self._bot, item))] = item.row
        return len(posts)

    def _claim(self, session: Session, now: datetime, room: int, bulk: int) -> list[Due]:
        mine = [row.id for row in self._running.values()]
        return outbox.claim(session, now, machine_now(), room, bulk=bulk, mine=mine)

    def _is_halted(self) -> bool:
        """After a 429 nothing is leased until its pause is over: what waits keeps its place and its count."""
        limiter = self._bot.rate_limiter
        return isinstance(limiter, Limiter) and limiter.halted_for > 0

    async def _rest(self, stop: asyncio.Event) -> None:
        """Wait for a ring of the bell, half a second, a send to end, or the stop."""
        bell = asyncio.ensure_future(self._bell.wait(IDLE_SECONDS, stop))
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
        self._count()
        for item in self._ended:
            if teaches(item):
                self._learn(session, item)

    def _count(self) -> None:
        counting = tally.of(self._database)
        for item in self._ended:
            counting.add(tally.SENDS, "retried" if item.mark.state == "pending" else item.mark.state)
            if item.mark.error == "429":
                counting.add(tally.FLOODS)

    def _learn(self, session: Session, item: Ended) -> None:
        try:
            with session.begin_nested():
                learn(session, item, self._clock.now())
        except OperationalError:
            raise
        except Exception as error:  # what it taught is lost, what was sent is not sent again for that
            log.error("aftermath_failed", outbox=item.post.row.id, exc_info=error)
