"""`make load`: 64 presses in flight through polling, on SQLite and on PostgreSQL, beside a bare aiogram echo."""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from bench import report
from bench.crowd import Crowd, Measured, Tap
from bench.market import FIRST, fill_phones, make_market
from bench.processes import Child, farmgate, simulator
from core.db import Database
from core.orders.models import Order
from core.verify import broken
from tests.kit.databases import PostgresServer

OURS, ECHO = "123456:TEST", "654321:ECHO"
WARM_UP, DOUBLE = 300, 32
MENU = ("bcats:0:0", "bpage:0:0:0")  # two screens of the market, each an edit of the other


@dataclass
class Bench:
    """One database's measurement under way."""

    ours: Crowd
    echo: Crowd
    sale: tuple[int, int]
    people: int
    presses: int
    messages: dict[Crowd, dict[int, int]]
    processes: dict[Crowd, list[Child]]
    rounds: dict[str, list[Measured]] = field(default_factory=dict)
    _turns: Iterator[int] = field(default_factory=count)
    _menus: dict[int, int] = field(default_factory=dict)

    def next_people(self, number: int) -> list[int]:
        """The next so many people, each once before anybody comes twice."""
        return [FIRST + next(self._turns) % self.people for _ in range(number)]

    async def play(self, rounds: int) -> None:
        """Warm both up, then measure them in turn."""
        await self._measure(self.echo, self._echo_taps(WARM_UP))
        await self._measure(self.ours, self._menu_taps(WARM_UP))
        await self._reserve(WARM_UP // 2)
        for _ in range(rounds):
            self._note("echo", await self._measure(self.echo, self._echo_taps(self.presses)))
            self._note("menu", await self._measure(self.ours, self._menu_taps(self.presses)))
            choose, reserve = await self._reserve(self.presses // 2)
            self._note("amount", choose)
            self._note("reserve", reserve)

    def _note(self, what: str, measured: Measured) -> None:
        self.rounds.setdefault(what, []).append(measured)
        times = f"p99 {measured.percentile(0.99):6.0f} ms  CPU {measured.cpu_ms:5.2f} ms a press"
        print(f"  {what:8} {measured.rate:7.0f}/s  {times}", flush=True)

    async def _measure(self, crowd: Crowd, taps: list[Tap]) -> Measured:
        """What the crowd saw, with the processor time that its bot took meanwhile."""
        before = sum(child.cpu_seconds for child in self.processes[crowd])
        seen = await crowd.measure(taps)
        return replace(seen, cpu=sum(child.cpu_seconds for child in self.processes[crowd]) - before)

    def _echo_taps(self, number: int) -> list[Tap]:
        known = self.messages[self.echo]
        return [Tap(user, known[user], "again") for user in self.next_people(number)]

    def _menu_taps(self, number: int) -> list[Tap]:
        known, taps = self.messages[self.ours], []
        for user in self.next_people(number):
            self._menus[user] = at = self._menus.get(user, -1) + 1
            taps.append(Tap(user, known[user], MENU[at % 2]))
        return taps

    async def _reserve(self, number: int) -> tuple[Measured, Measured]:
        """Everybody chooses an amount, then everybody presses [Reserve]."""
        known, (sale, rev) = self.messages[self.ours], self.sale
        buyers = self.next_people(number)
        chosen = [Tap(user, known[user], f"bqty:{sale}:{rev}:5") for user in buyers]
        choose = await self._measure(self.ours, chosen)
        return choose, await self._measure(self.ours, [self._confirm(user) for user in buyers])

    def _confirm(self, user: int) -> Tap:
        shown = self.ours.shown[f"{user}:{self.ours.bot_id}"]
        rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
        found = [button["callback_data"] for row in rows for button in row if "breserve" in button["callback_data"]]
        if not found:
            raise RuntimeError(f"no [Reserve] on the screen: {shown.get('text')!r}")
        return Tap(user, shown["message_id"], found[0])

    async def double_taps(self, url: str) -> tuple[int, int]:
        """(people who tapped [Reserve] twice at once, orders that came of it)."""
        known, (sale, rev) = self.messages[self.ours], self.sale
        buyers = self.next_people(DOUBLE)
        await self.ours.measure([Tap(user, known[user], f"bqty:{sale}:{rev}:5") for user in buyers])
        before = count_orders(url)
        await asyncio.gather(*(self.ours.tap(self._confirm(user), times=2) for user in buyers))
        await asyncio.sleep(2)
        return len(buyers), count_orders(url) - before


def count_orders(url: str) -> int:
    """Orders in the database."""
    database = Database(url)
    with database.reading() as session:
        found = session.execute(select(func.count()).select_from(Order)).scalar_one()
    database.dispose()
    return found


def invariants(url: str) -> list[str]:
    """What `farmgate verify` would complain about."""
    database = Database(url)
    with database.reading() as session:
        found = broken(session)
    database.dispose()
    return found


async def measure(url: str, roles: tuple[str, ...], folder: Path, options: argparse.Namespace) -> report.Result:
    """One database: fill it, start everything, play the rounds."""
    sale = make_market(url, folder, OURS, options.people)
    api, address = simulator(folder, OURS, ECHO)
    with ExitStack() as stack:
        stack.callback(api.stop)
        http = await connected()
        try:
            ours, echo = Crowd(http, address, 123456), Crowd(http, address, 654321)
            messages = {ours: await fill_phones(ours, OURS, options.people)}
            messages[echo] = await fill_phones(echo, ECHO, options.people)
            yardstick, children = _bots(stack, url, address, roles, folder)
            processes = {ours: children, echo: [yardstick]}
            await ours.open()
            await echo.open()
            bench = Bench(ours, echo, sale, options.people, options.presses, messages, processes)
            await bench.play(options.rounds)
            doubled = await bench.double_taps(url)
            await ours.close()
            await echo.close()
        finally:
            await http.close()
    return report.Result(bench.rounds, doubled, invariants(url))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def connected() -> aiohttp.ClientSession:
    """A session with room for everybody."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64))


def _bots(stack: ExitStack, url: str, address: str, roles: tuple[str, ...], folder: Path) -> tuple[Child, list[Child]]:
    echo = Child(["bench.echo"], folder / "echo.log", {"ECHO_URL": address, "ECHO_TOKEN": ECHO})
    stack.callback(echo.stop)
    echo.says("echo polls")
    environment = {
        "FARMGATE_BOT_TOKEN": OURS, "FARMGATE_BOT_API_URL": address, "FARMGATE_DATABASE_URL": url,
        "FARMGATE_DATA_DIR": str(folder), "FARMGATE_OWNER_IDS": "1",
    }  # fmt: skip
    children = []
    for role in roles:
        children.append(farmgate(role, folder, environment))
        stack.callback(children[-1].stop)
    return echo, children


async def main(options: argparse.Namespace) -> list[str]:
    """Measure both databases; returns the lines of the table."""
    results: dict[str, report.Result] = {}
    with tempfile.TemporaryDirectory(prefix="farmgate-load-") as name, ExitStack() as stack:
        folder = Path(name)
        if options.database != "postgresql":
            print("SQLite, one process", flush=True)
            url = f"sqlite:///{folder / 'load.db'}"
            results["SQLite"] = await measure(url, ("run",), _made(folder / "sqlite"), options)
        if options.database != "sqlite":
            print("PostgreSQL, receiver + worker + sender", flush=True)
            server = PostgresServer(durable=True)
            stack.callback(server.remove)
            server.execute("CREATE DATABASE load")
            roles = ("receiver", "worker", "sender")
            results["PostgreSQL"] = await measure(server.url("load"), roles, _made(folder / "postgresql"), options)
    return report.table(results)


def options() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser("bench.load", description=__doc__)
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--presses", type=int, default=2000, help="a round of the menu; half as many reserve")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=("both", "sqlite", "postgresql"), default="both")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    return parser.parse_args()


if __name__ == "__main__":
    random.seed(7)
    chosen = options()
    lines = asyncio.run(main(chosen))
    print("\n".join(lines))
    if chosen.write:
        report.write("load", lines)
