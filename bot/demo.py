"""The demo: a seeded market, the real bot and the local Bot API in one process, with a page of phones and a clock."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event

import handlers
from bot import demo_group, logs
from bot.app import App, make_database
from bot.demo_acts import Acts
from bot.demo_people import SHOWN, Messenger, budgets, phones, roles
from bot.market import Market
from bot.market_port import MarketPort
from bot.preflight import Trouble
from bot.seed import ZONE, seed
from bot.stopping import heed_signals, wait
from core import sealing
from core.clock import MovableClock, SystemClock, machine_now
from core.config import BotFacts, Config
from core.db import Database
from core.i18n import ENDONYMS, shipped_languages
from core.migrations import upgrade
from core.verify import broken
from simulator import server
from simulator.threaded import ThreadedHandle, run_in_thread

STOP_SECONDS = 0.7
PORT_MOST = 65_535
ROOM = 256 * 1024 * 1024


class Stopped(Exception):
    """The demo was told to end while it was still being prepared."""


@dataclass
class Demo:
    """One running market. `language` is everybody's; the data lie in a folder that each start makes anew."""

    folder: Path
    port: int = 0
    language: str = "en"
    rates: float = 1000.0
    tell: Callable[[str], None] = lambda _line: None
    people: dict[str, int] = field(default_factory=dict)
    group_id: int = 0
    url: str = ""
    ended: threading.Event = field(default_factory=threading.Event)
    app: App | None = None

    def start(self) -> None:
        """Open the page, seed, start the bot, and let everybody open the chat."""
        self.open()
        self.prepare()

    def open(self) -> None:
        """Start the messenger with its page and the market's port; the page says that the market is being prepared.

        Raises Trouble when the port is taken.
        """
        self.market = Market(MovableClock(morning()), self.wake, moved=self._show_time, budgets=budgets())
        self.acts = Acts(self)
        self.market.acts = self.acts.by_name()
        self._port = MarketPort(self.market)
        try:
            self._simulator = self._messenger(self._port.url)
        except Trouble:
            self._port.stop()
            raise
        self.url = self._simulator.url
        self.messenger = Messenger(self.url)
        self.config = self._config(self.url)

    def prepare(self) -> None:
        """Seed once, keep a copy for resets, and begin."""
        handlers.load_all()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._live.mkdir(parents=True)
        self._began = self.clock.now()
        upgrade(self.config.url)
        self._seed()
        shutil.copytree(self._live, self._pristine)
        self._begin()

    def reset(self) -> None:
        """Everything as at the beginning: the seeded market again, empty phones, the first morning."""
        self.acts.end_tour()
        self.market.close("Everything is put back ...")
        self._end_app()
        self.messenger.forget()
        shutil.rmtree(self._live)
        shutil.copytree(self._pristine, self._live)
        self.market.clock = MovableClock(self._began)
        self._begin()

    def stop(self) -> None:
        """Stop everything that was started."""
        self.ended.set()
        self.acts.end_tour()
        self._end_app()
        self._port.stop()
        self._simulator.stop()

    def verify(self) -> list[str]:
        """Sentences for broken invariants."""
        with self.database.reading() as session:
            return broken(session)

    @property
    def clock(self) -> MovableClock:
        """The market's clock; a reset hangs up a new one."""
        return self.market.clock

    @property
    def _live(self) -> Path:
        return self.folder / "live"

    @property
    def _pristine(self) -> Path:
        return self.folder / "pristine"

    def _config(self, api: str) -> Config:
        """Settings of the demo alone: neither `.env` nor the environment may point it at somebody's real shop."""
        return Config.model_construct(
            bot_token=server.TOKEN, bot_api_url=api, data_dir=self._live, default_language=self.language,
            payment_provider_token=server.PROVIDER_TOKEN, chat_per_second=self.rates, bulk_per_second=self.rates,
            group_per_minute=self.rates * 60,
        )  # fmt: skip

    def _seed(self) -> None:
        sealing.use(self.config.keys)
        seeding = Database(self.config.url)
        event.listen(seeding.engine, "connect", _hasty)  # a crash now loses what nobody has seen
        try:
            self.people = seed(seeding, self.config, self._began, language=self.language, told=self._told).users
        finally:
            seeding.dispose()

    def _told(self, line: str) -> None:
        if self.ended.is_set():
            raise Stopped
        self.market.preparing = line
        self.tell(line)

    def _messenger(self, market_url: str) -> ThreadedHandle:
        try:
            if not 0 <= self.port <= PORT_MOST:
                raise OSError(f"they go from 0 to {PORT_MOST}")
            with socket.create_server(("127.0.0.1", self.port)):
                pass  # free; asked before a server half stands
            return run_in_thread(port=self.port, market_url=market_url)
        except OSError as error:
            raise Trouble(f"Port {self.port} cannot be used ({_reason(error)}); choose another with --port.") from None

    def _begin(self) -> None:
        """The bot begins to serve; everybody opens the chat."""
        self._show_time(self.clock.now())
        self.database = make_database(self.config)
        facts = BotFacts(
            self.config.bot_id, "farmgate_bot", self.config.media_dir, default_language=self.language, is_demo=True,
            has_invoices=True, has_inline=True,
        )  # fmt: skip
        self.app = App(self.config, self.clock, facts, self.database)
        early = demo_group.MEMBERS | {demo_group.SELLER, *(name for name, _role in SHOWN)}
        self.messenger.arrive({name: self.people[name] for name in self.people if name in early}, self.language)
        self.app.start()
        threading.Thread(target=self._watch, args=(self.app,), name="watch", daemon=True).start()
        self.group_id = self.messenger.found_group(self.people, demo_group.MEMBERS, self.config.bot_id, self.language)
        self.market.people = phones(self.people, self.group_id, self.language)
        self.market.roles = roles(self.people)
        self.market.open(self.database)
        demo_group.first_sale(self.database, self.config, self.people, self.clock.now())
        self.wake()
        self.messenger.arrive({name: self.people[name] for name in self.people if name not in early}, self.language)

    def _watch(self, app: App) -> None:
        """A part of the bot that ends by itself ends the demo."""
        app.ended.wait()
        if app.failure is not None:
            self.ended.set()

    def _end_app(self) -> None:
        if self.app is not None:
            self.app.stop()

    def wake(self) -> None:
        """The sender looks at once."""
        if self.app is not None:
            self.app.sender_bell.ring()

    def _show_time(self, now: datetime) -> None:
        self.messenger.set_clock((now - machine_now()).total_seconds())


def morning() -> datetime:
    """Ten o'clock today where the sample market is: nobody wants a demo that begins in the quiet hours."""
    local = SystemClock().now().astimezone(ZoneInfo(ZONE))
    return local.replace(hour=10, minute=0, second=0, microsecond=0).astimezone(UTC)


def serve(port: int, language: str, say: Callable[[str], None]) -> int:
    """Run the demo until stopped. Raises Trouble for a port or language that cannot be had."""
    check_language(language)
    _hush()
    ended = threading.Event()
    heed_signals(ended)  # from now on, and not only when the page is open
    folder = Path(tempfile.mkdtemp(prefix="farmgate-demo-", dir=_memory()))
    try:
        demo = Demo(folder, port, language, tell=say, ended=ended)
        demo.open()
        say(f"Open {demo.url}/ in a browser. Stop with Ctrl-C.")
        failures: list[BaseException] = []
        threading.Thread(target=_prepare, args=(demo, say, failures), name="prepare", daemon=True).start()
        wait(demo.ended)
        ending = threading.Thread(target=demo.stop, name="stop", daemon=True)
        ending.start()
        ending.join(STOP_SECONDS)
        code = 1 if failures or (demo.app is not None and demo.app.failure is not None) else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not failures:
        sys.stdout.flush()
        os._exit(code)  # nothing is left to keep, and taking a large interpreter down in good order takes seconds
    return code


def check_language(language: str) -> None:
    """Raises Trouble for a language without a catalogue."""
    shipped = shipped_languages()
    if language not in shipped:
        known = ", ".join(f"{code} ({ENDONYMS[code]})" for code in shipped)
        raise Trouble(f"--language {language}: there is no such catalogue; there are {known}.")


def _prepare(demo: Demo, say: Callable[[str], None], failures: list[BaseException]) -> None:
    try:
        demo.prepare()
        say("The market is open.")
    except Stopped:
        return
    except Exception as error:  # shown, and it ends the demo: a thread's own traceback would be all there is
        if demo.ended.is_set():
            return  # told to end meanwhile: the messenger it still spoke to is gone
        failures.append(error)
        demo.ended.set()
        raise


def _memory() -> Path | None:
    """Where files live in memory, if there is room: what is thrown away at the end need not wait for a disk."""
    shared = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of its own there
    is_roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM
    return shared if is_roomy else None


def _hush() -> None:
    """The terminal shows the address; what a visitor breaks on purpose is seen on the page."""
    logs.configure(logging.ERROR)
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


def _hasty(connection: Any, _record: object) -> None:  # the driver's own connection type
    connection.execute("PRAGMA synchronous=OFF")


def _reason(error: OSError) -> str:
    return "it is taken" if error.errno == errno.EADDRINUSE else str(error)
