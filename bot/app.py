"""The composition root: puts database, clock and roles together and runs each role in a thread with its own loop."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError

from bot.wake import Wake, listen
from core import notices, sealing
from core.clock import Clock
from core.config import BotFacts, Config
from core.db import Database
from core.messaging import inbox, lease, outbox, tally
from core.notices import post
from core.payments import service as payments

log = structlog.get_logger()
Run = Callable[[asyncio.Event], Awaitable[None]]
ALL_ROLES = ("receiver", "worker", "sender", "scheduler")
STOP_SECONDS = 20
TALLY_SECONDS = 10.0


@dataclass
class App:
    """The parts of one process. `bells` wake worker and sender; `failure` is what ended a role, if anything did.

    `place` is where the web role listens; only that role needs one.
    """

    config: Config
    clock: Clock
    facts: BotFacts
    database: Database
    place: socket.socket | None = None
    worker_bell: Wake = field(default_factory=Wake)
    sender_bell: Wake = field(default_factory=Wake)
    failure: BaseException | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[Role] = field(default_factory=list)
    _counting: threading.Thread | None = None

    def start(self, roles: Sequence[str] = ALL_ROLES) -> None:
        """Start the roles, each in a thread."""
        payments.allow(*self._payment_ways())
        lease.last(timedelta(seconds=self.config.lease_seconds))
        heard = {"worker": (inbox.CHANNEL, self.worker_bell.ring), "sender": (outbox.CHANNEL, self.sender_bell.ring)}
        bells = dict(heard[role] for role in roles if role in heard)  # each hears only what it acts on
        if bells and not self.database.is_sqlite:
            listen(self.config.url, bells, self.ended)
        self._counting = threading.Thread(target=self._write_counts, name="tally", daemon=True)
        self._counting.start()
        for role in roles:
            thread = Role(role, partial(_RUNS[role], self), self._failed)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End the roles one after another in the order of a message's way; each finishes what it has under way."""
        self.ended.set()
        for thread in self._threads:
            thread.stop()
            thread.join(STOP_SECONDS)
        if self._counting is not None:
            self._counting.join(STOP_SECONDS)
        self.database.dispose()

    def _write_counts(self) -> None:
        """Every few seconds, and a last time when everything else has ended."""
        while True:
            is_over = self.ended.wait(TALLY_SECONDS)
            if is_over:
                for thread in self._threads:
                    thread.join(STOP_SECONDS)
            try:
                tally.flush(self.database)
            except DBAPIError:
                log.info("counts_kept")  # in memory, until the database is back
            if is_over:
                return

    def _payment_ways(self) -> list[str]:
        """Of the ways to pay that need the composition root's word, those that this installation may offer."""
        offered = {"messenger_invoice": self.facts.has_invoices, "sandbox": self.facts.is_demo}
        return [name for name, may in offered.items() if may]

    def _failed(self, name: str, error: BaseException) -> None:
        log.error("role_ended", role=name, error=type(error).__name__, exc_info=error)
        self.failure = error
        self.ended.set()


class Role(threading.Thread):
    """A role on a loop of its own."""

    def __init__(self, name: str, run: Run, failed: Callable[[str, BaseException], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._run_role, self._failed = run, failed
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._halt: asyncio.Event | None = None

    def run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._main())
        except BaseException as error:  # whatever ends a role ends the process in good order
            self._failed(self.name, error)
        finally:
            self._ready.set()

    def stop(self) -> None:
        """Ask the role to finish; a role that never started has nothing to finish."""
        self._ready.wait(STOP_SECONDS)
        if self._loop is not None and self._halt is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._halt.set)

    async def _main(self) -> None:
        self._loop, self._halt = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._run_role(self._halt)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, which takes a third off the processor time of a press; asyncio's own where it does not exist."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def make_database(config: Config) -> Database:
    """The database with its notices queued before each commit."""
    notices.load_all()
    sealing.use(config.keys)
    return Database(config.url, before_commit=post.announce)


async def _receive(app: App, stop: asyncio.Event) -> None:
    from bot.answers import Answers
    from bot.desk import Desk
    from bot.receiver import Receiver

    answers = Answers(app.config)
    try:
        await Receiver(Desk(app.config, app.database, app.clock, answers, app.worker_bell.ring)).run(stop)
    finally:
        await answers.close()


async def _web(app: App, stop: asyncio.Event) -> None:
    from bot.answers import Answers
    from bot.desk import Desk
    from bot.hooked import Hooked

    if app.place is None:
        raise RuntimeError("the web role has nowhere to listen")
    answers = Answers(app.config)
    try:
        desk = Desk(app.config, app.database, app.clock, answers, app.worker_bell.ring)
        await Hooked(desk, app.place).run(stop)
    finally:
        app.place.close()
        await answers.close()


async def _work(app: App, stop: asyncio.Event) -> None:
    from bot.answers import Answers
    from bot.dispatcher import build, listening_bot
    from bot.worker import Bench, Worker

    bot = listening_bot(app.config)
    answers = Answers(app.config)
    bench = Bench(
        app.database, app.clock, bot, build(app.facts), answers, app.worker_bell, app.sender_bell.ring
    )  # fmt: skip
    gc.freeze()  # what is loaded stays: looking through it for garbage again and again took a tenth of the time
    try:
        await Worker(bench).run(stop)
    finally:
        await answers.close()


async def _send(app: App, stop: asyncio.Event) -> None:
    from bot import menu
    from bot.sender import Sender, make_bot, met

    bot = make_bot(app.config)
    if not await met(bot, stop):
        return
    gc.freeze()  # as for the worker
    menus = asyncio.create_task(menu.show(bot, app.database, app.config.default_language))
    try:
        await Sender(app.database, app.clock, bot, app.sender_bell, app.config).run(stop)
    finally:
        menus.cancel()
        await asyncio.gather(menus, return_exceptions=True)
        await bot.shutdown()


async def _schedule(app: App, stop: asyncio.Event) -> None:
    from scheduler.app import run
    from scheduler.leader import lasting

    lease = lasting(timedelta(seconds=app.config.lease_seconds))
    await run(app.database, app.clock, app.sender_bell.ring, stop, lease)


_RUNS = {"receiver": _receive, "web": _web, "worker": _work, "sender": _send, "scheduler": _schedule}
