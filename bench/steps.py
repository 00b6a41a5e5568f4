"""The reserve step, a million members and the outbox, each beside its ceiling in one run: half of `make bench`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from bench import draining, ingest, report
from bench.load import invariants
from bench.market import FIRST, make_market
from bench.people import populate
from bench.reserving import Step, copy_of, recorded, replayed
from core.db import Database
from core.migrations import upgrade
from tests.kit.databases import PostgresServer

FEW, MANY = 1_000, 1_000_000
GOALS = {"driver": "≥ 30 % of the driver", "members": "≥ 90 % of 1,000", "drain": "≥ 1,000/s a core"}


@dataclass
class Place:
    """One database: its url, how it is copied where it stands, and its own folder."""

    name: str
    url: str
    folder: Path
    copy: Callable[[str], str]
    numbers: Iterator[int] = field(default_factory=count)


@dataclass
class Table:
    """Rates by what was measured; a line is the median of its rounds."""

    rates: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def note(self, place: str, what: str, rate: float) -> None:
        self.rates.setdefault((place, what), []).append(rate)
        print(f"  {place:10} {what:42} {rate:9.0f}/s", flush=True)

    def middle(self, place: str, what: str) -> float:
        return median(self.rates[place, what])


SPREAD, HOT = "reserve, over all sales", "reserve, one hot sale"
DRIVER = "the driver alone, its statements"
AT_MANY = "reserve among 1,000,000 members"
DRAIN, DRAIN_CORE = "outbox drained", "outbox drained, a core"
BARE, BARE_CORE = "bare aiohttp", "bare aiohttp, a core"
INGEST, FASTAPI = "updates by webhook, to the commit", "bare FastAPI echo"


def play(few: Place, many: Place, table: Table, options: argparse.Namespace) -> None:
    """Fill a database with few members and one with many, then measure everything in turn, round by round."""
    for place in (few, many):
        make_market(place.url, place.folder, "123456:TEST", FEW)
    populate(Database(many.url), FIRST + FEW, MANY - FEW)
    for _ in range(options.rounds):
        _reserve(few, table, options.presses)
        _reserve(many, table, options.presses, among_many=True)
        _against_driver(few, table, options.presses)


def _people(place: Place, number: int, most: int) -> list[int]:
    """People spread over all members, another lot each time."""
    step = max(most // number, 1)
    shift = next(place.numbers)
    return [FIRST + (at * step + shift) % most for at in range(number)]


def _reserve(place: Place, table: Table, number: int, *, among_many: bool = False) -> None:
    step = Step(place.url, place.folder)
    kinds = {AT_MANY: False} if among_many else {SPREAD: False, HOT: True}
    for what, hot in kinds.items():
        table.note(
            place.name, what, step.reserve(step.choose(_people(place, number, MANY if among_many else FEW), hot=hot))
        )
        _free(step)
    step.close()


def _against_driver(place: Place, table: Table, number: int) -> None:
    """The step recorded, then its statements by the driver alone on a copy made just before."""
    step = Step(place.url, place.folder)
    presses = step.choose(_people(place, number, FEW), hot=False)
    step.store(list(presses.items()))
    step.close()
    twin = place.copy(f"twin{next(place.numbers)}")
    with recorded(step) as said:
        handled = asyncio.run(step.drain())
    table.note(place.name, DRIVER, handled / replayed(said, twin))
    _free(step)
    step.close()


def _free(step: Step) -> None:
    """What was held would soon count as too much for one person: the deposits are taken as paid."""
    with step.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE orders SET state = 'reserved' WHERE state = 'held'")
        session.connection().exec_driver_sql("UPDATE outbox SET state = 'dropped' WHERE state = 'pending'")


def drain(place: Place, table: Table, options: argparse.Namespace) -> None:
    """Letters to as many chats, through the real sender and by aiohttp alone, in turn."""
    folder = place.folder / "drain"
    folder.mkdir()
    yes, address = draining.server(folder)
    database = Database(place.url)
    done = 0
    try:
        for at in range(options.rounds):
            draining.fill(database, range(1, options.letters + 1), name=str(at))
            done += options.letters
            rate, core = draining.drained(database, place.url, address, folder, done)
            table.note(place.name, DRAIN, rate)
            table.note(place.name, DRAIN_CORE, core)
            rate, core = asyncio.run(draining.bare(address, options.letters))
            table.note(place.name, BARE, rate)
            table.note(place.name, BARE_CORE, core)
    finally:
        yes.stop()
        database.dispose()


def take_in(place: Place, table: Table, options: argparse.Namespace) -> None:
    """Updates by webhook and the same bodies to an echo, in turn; all that were acknowledged must be stored."""
    folder = place.folder / "ingest"
    folder.mkdir()
    with ExitStack() as stack:
        both = ingest.start(place.url, folder, stack)
        both.round(200)  # warm
        for _ in range(options.rounds):
            taken, echoed = both.round(options.updates)
            table.note(place.name, INGEST, taken)
            table.note(place.name, FASTAPI, echoed)
    database = Database(place.url)
    if (stored := ingest.stored(database)) != 200 + options.rounds * options.updates:
        raise RuntimeError(f"{stored} updates were stored")
    database.dispose()


def lines(table: Table) -> list[str]:
    """The table: medians, and each beside its ceiling."""
    ceilings = {
        SPREAD: (DRIVER, GOALS["driver"]),
        AT_MANY: (SPREAD, GOALS["members"]),
        DRAIN_CORE: (BARE_CORE, GOALS["drain"]),
        INGEST: (FASTAPI, ""),
    }
    found = ["| database | what | rate | of its ceiling | goal |", "|---|---|---|---|---|"]
    for (place, what), rates in table.rates.items():
        ceiling, goal = ceilings.get(what, (None, ""))
        share = f"{100 * median(rates) / table.middle(place, ceiling):.0f} % of {ceiling}" if ceiling else ""
        found.append(f"| {place} | {what} | {median(rates):.0f}/s | {share} | {goal} |")
    return found


def main(options: argparse.Namespace) -> list[str]:
    """Measure both databases; the lines of the table, and what `farmgate verify` says of the drained one."""
    table = Table()
    gc.freeze()  # as the parts of a shop do once all is loaded
    with tempfile.TemporaryDirectory(prefix="farmgate-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        server = PostgresServer(durable=True)
        stack.callback(server.remove)
        for made in (_sqlite, partial(_postgresql, server)):
            few, many = (made(folder, name) for name in ("few", "many"))
            print(few.name, flush=True)
            play(few, many, table, options)
        place = _postgresql(server, folder, "letters")
        upgrade(place.url)
        take_in(place, table, options)
        drain(place, table, options)
        if found := invariants(place.url):
            raise RuntimeError("; ".join(found))
    return lines(table)


def _sqlite(folder: Path, name: str) -> Place:
    own = folder / f"sqlite-{name}"
    own.mkdir()
    url = f"sqlite:///{own / 'bench.db'}"

    return Place("SQLite", url, own, lambda twin: copy_of(url, own / f"{twin}.db"))


def _postgresql(server: PostgresServer, folder: Path, database: str) -> Place:
    own = folder / database
    own.mkdir()
    server.execute(f"CREATE DATABASE {database}")

    def copied(name: str) -> str:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {database}")
        return server.url(name)

    return Place("PostgreSQL", server.url(database), own, copied)


def options() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser("bench.steps", description=__doc__)
    parser.add_argument("--presses", type=int, default=400, help="reservations a round")
    parser.add_argument("--letters", type=int, default=6000, help="messages a round")
    parser.add_argument("--updates", type=int, default=4000, help="updates by webhook a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = options()
    made = main(chosen)
    print("\n".join(made))
    if chosen.write:
        report.write("steps", made)
