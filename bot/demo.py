"""The demo: a seeded market, the real bot and the local Bot API in one process, with a page of phones and a clock."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import handlers
from bot import seed_data as sample
from bot.app import App, make_database
from bot.market import Market
from bot.preflight import Trouble
from bot.seed import ZONE, seed
from core.clock import MovableClock, SystemClock
from core.config import BotFacts, Config
from core.db import Database
from core.migrations import upgrade
from core.verify import broken
from simulator import server
from simulator.threaded import ThreadedHandle, run_in_thread

Json = dict[str, Any]
GROUP = "Pune kitchen circle"
SHOWN = ((sample.FARMS[0].farmer, "farmer"), (sample.BUYERS[0], "buyer"), (sample.COURIER, "courier"),
         (sample.OPERATOR, "operator"))  # fmt: skip
BUDGETS = (
    ("Farmer joins", 6), ("Publish (first time)", 6), ("Publish", 5), ("Publish again", 3), ("Harvest: ready", 3),
    ("Harvest: short", 4), ("Harvest: lost", 3), ("Pick list", 1), ("Reserve from a group", 3), ("Pay deposit", 1),
    ("Pay balance", 1), ("Track", 1), ("Received", 1), ("Review", 1), ("Group", 5), ("Courier, each status", 1),
    ("Approve", 1), ("Reject", 2), ("Language", 2),
)  # fmt: skip


@dataclass
class Demo:
    """One running market. `language` is everybody's; the data lie in a folder that each start makes anew."""

    folder: Path
    port: int = 0
    language: str = "en"
    rates: float = 1000.0
    clock: MovableClock = field(default_factory=lambda: MovableClock(morning()))
    people: dict[str, int] = field(default_factory=dict)
    group_id: int = 0
    url: str = ""

    def start(self) -> None:
        """Seed, then start the market's port, the messenger and the bot, and let everybody open the chat."""
        handlers.load_all()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.config = self._config("http://127.0.0.1:1")
        upgrade(self.config.url)
        self.database = make_database(self.config)
        self._seed()
        self._market_port = MarketPort(self._market())
        self._simulator = self._messenger(self._market_port.url)
        self.url = self._simulator.url
        self._bot()

    def stop(self) -> None:
        """Stop everything that `start` began."""
        self.app.stop()
        self._market_port.stop()
        self._simulator.stop()

    def verify(self) -> list[str]:
        """Sentences for broken invariants."""
        with self.database.reading() as session:
            return broken(session)

    def act(self, acts: Sequence[Json]) -> list[Json]:
        """Acts of people, over HTTP, as the page does them."""
        answer: list[Json] = post(f"{self.url}/control/bulk", list(acts))
        return answer

    def _config(self, api: str) -> Config:
        return Config(
            _env_file=None, bot_token=server.TOKEN, bot_api_url=api, data_dir=self.folder,
            payment_provider_token=server.PROVIDER_TOKEN, chat_per_second=self.rates, bulk_per_second=self.rates,
            group_per_minute=self.rates * 60,
        )  # type: ignore[call-arg] # _env_file is pydantic-settings' own argument # fmt: skip

    def _seed(self) -> None:
        seeding = Database(self.config.url)
        self.people = seed(seeding, self.config, self.clock.now()).users
        seeding.dispose()

    def _market(self) -> Market:
        market = Market(self.database, self.clock, lambda: self.app.sender_bell.ring())
        market.budgets = [{"journey": name, "name": name, "taps": taps} for name, taps in BUDGETS]
        market.acts = {"crop_fails": self._crop_fails, "payment_fails": self._payment_fails, "tour": self._tour}
        self.market = market
        return market

    def _messenger(self, market_url: str) -> ThreadedHandle:
        try:
            return run_in_thread(port=self.port, market_url=market_url)
        except OSError as error:
            raise Trouble(f"Port {self.port} is taken ({error.strerror}); choose another with --port.") from None

    def _bot(self) -> None:
        self.config = self._config(self.url)
        facts = BotFacts(self.config.bot_id, "farmgate_bot", self.config.media_dir, is_demo=True, has_invoices=True)
        self.app = App(self.config, self.clock, facts, self.database)
        self._people_arrive()
        self.app.start()

    def _people_arrive(self) -> None:
        for name, user_id in self.people.items():
            post(f"{self.url}/control/users", {"id": user_id, "first_name": name, "language_code": self.language})
        self.act([{"as": user_id, "do": "start"} for user_id in self.people.values()])
        owner = self.people[sample.BUYERS[0]]
        members = [self.people[name] for name in sample.BUYERS[1:6]] + [self.people[sample.FARMS[0].farmer]]
        made = self.act([{"as": owner, "do": "create_group", "title": GROUP, "members": members}])
        self.group_id = made[0].get("chat_id", 0)
        self.market.people = [
            *({"role": role, "user_id": self.people[name], "chat_id": self.people[name], "name": name,
               "language": self.language} for name, role in SHOWN),
            {"role": "group", "user_id": owner, "chat_id": self.group_id, "name": GROUP, "language": self.language},
        ]  # fmt: skip

    async def _crop_fails(self) -> str:
        from bot.mishaps import crop_fails

        said = await asyncio.to_thread(crop_fails, self.database, self.clock.now())
        self.app.sender_bell.ring()
        return said

    async def _payment_fails(self) -> str:
        fault = {"kind": "server_error", "status": 502, "method": "sendInvoice", "count": 3}
        await asyncio.to_thread(post, f"{self.url}/control/faults", fault)
        return "The next three invoices fail; the outbox tries again."

    async def _tour(self) -> str:
        from bot.tour import Tour

        threading.Thread(target=partial(Tour(self, say=lambda _line: None).play), name="tour", daemon=True).start()
        return "The tour plays; look at the phones."


def morning() -> datetime:
    """Ten o'clock today where the sample market is: nobody wants a demo that begins in the quiet hours."""
    local = SystemClock().now().astimezone(ZoneInfo(ZONE))
    return local.replace(hour=10, minute=0, second=0, microsecond=0).astimezone(UTC)


class MarketPort:
    """The market's control port on a thread and loop of its own."""

    def __init__(self, market: Market) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="market", daemon=True)
        self._thread.start()
        self._runner, self.url = asyncio.run_coroutine_threadsafe(market.start(), self._loop).result(10)

    def stop(self) -> None:
        """End the port and its thread."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


def post(url: str, body: Any) -> Any:
    """POST JSON to a port of this demo."""
    request = urllib.request.Request(  # noqa: S310 - a loopback address of this process
        url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        return json.load(answer)


def serve(port: int, language: str, wait: Callable[[threading.Event], None], say: Callable[[str], None]) -> int:
    """Run the demo until stopped."""
    folder = Config().data_dir / "demo"
    say("Seeding a market of 5 farms and 40 people ...")
    demo = Demo(folder, port, language)
    demo.start()
    say(f"Open {demo.url}/ in a browser. Stop with Ctrl-C.")
    wait(demo.app.ended)
    demo.stop()
    return 0
