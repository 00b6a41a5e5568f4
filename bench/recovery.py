"""How long the shop takes to go on after kills and outages, leases as in service: `python -m bench.recovery`.

The leader of two schedulers is killed (R8), a part with work in hand is killed (R5), and the database goes away (R6).
"""

from __future__ import annotations

import argparse
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from core.messaging.models import Lease
from core.migrations import upgrade
from tests.crash.arranged import BOT
from tests.crash.parts import Part, farmgate
from tests.crash.road import Road
from tests.kit.databases import PostgresServer

SECRET = "bench_of_recovery"  # noqa: S105 - of this measurement
IN_SERVICE = 60.0  # seconds that a lease lasts; crash tests shorten it
PATIENCE = 120.0


def seconds_until(what: Callable[[], bool], patience: float = PATIENCE) -> float:
    """How long it takes until this is so."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > patience:
            raise RuntimeError("it never came")
        time.sleep(0.02)
    return time.monotonic() - began


@contextmanager
def opened(url: str, folder: Path, *, hooked: bool = False) -> Iterator[Road]:
    """The whole road on this database, its parts up."""
    folder.mkdir()
    upgrade(url)
    road = Road(url, folder, hooked=hooked, lease=IN_SERVICE)
    if hooked:
        road.environment["FARMGATE_WEBHOOK_SECRET"] = SECRET
    try:
        road.starts()
        road.settles()
        yield road
    finally:
        road.close()


def takeover(road: Road) -> list[str]:
    """Two schedulers: the leader is killed, then the next one stops in good order."""
    parts = [farmgate(road.folder, road.environment, "scheduler") for _ in range(2)]
    for part in parts:
        part.says("(is served)")
    try:
        killed = _replaced(road, parts, Part.kills)
        parts.append(farmgate(road.folder, road.environment, "scheduler"))
        parts[-1].says("(is served)")
        stopped = _replaced(road, parts, lambda part: part.stops(20))
    finally:
        for part in parts:
            part.ends()
    return [f"R8 a leader that was killed was replaced after {killed:.1f} s, one that stopped after {stopped:.1f} s"]


def _replaced(road: Road, parts: list[Part], how: Callable[[Part], object]) -> float:
    seconds_until(lambda: _leader(road) in {part.pid for part in parts if part.is_running})
    leader = _leader(road)
    how(next(part for part in parts if part.pid == leader))
    return seconds_until(lambda: _leader(road) not in (leader, 0))


def _leader(road: Road) -> int:
    with road.database.reading() as session:
        lease = session.get(Lease, "scheduler")
        return int(lease.holder.split(":")[1]) if lease else 0


def resumed(road: Road) -> list[str]:
    """A part is killed with an update in hand, and started again at once: when its sender is answered."""
    told = []
    for name, role in (("receiver_stored", "receiver"), ("worker_claimed", "worker"), ("sender_claimed", "sender")):
        part = role if role in road.parts else "run"
        asha = road.phone("Asha")
        asha.window.deadline = PATIENCE
        armed = road.starts_again(part, f"{name}:1")
        asha.start(reacts=False)
        armed.dies(30)
        began = time.monotonic()
        road.starts_again(part)
        asha.sees("Language?", anywhere=True)
        told.append(f"{part} at {name} {time.monotonic() - began:.1f} s")
    return [f"R5 killed with work in hand and started again, its sender was answered after: {', '.join(told)}"]


def refused(road: Road, server: PostgresServer) -> list[str]:
    """The webhook's answer while the database hangs, and while it is gone."""
    url = f"{road.environment['FARMGATE_PUBLIC_URL']}/telegram/webhook/{BOT}"
    with road.database.writing() as session:
        session.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        hung = _asked(url)
    server.stop()
    gone = _asked(url)
    server.start()
    back = seconds_until(lambda: _asked(url)[0] == 200)
    return [f"R6 while the database hung: {hung[0]} after {hung[1]:.1f} s; while it was gone: {gone[0]} after "
            f"{gone[1]:.1f} s; 200 again {back:.1f} s after it was back"]  # fmt: skip


def _asked(url: str) -> tuple[int, float]:
    body = b'{"update_id": 900000001, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}}}'
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    began = time.monotonic()
    try:
        asked = urllib.request.Request(url, body, headers)  # noqa: S310 - our own address
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - our own address
            return answer.status, time.monotonic() - began
    except urllib.error.HTTPError as error:
        return error.code, time.monotonic() - began


def main(chosen: argparse.Namespace) -> None:
    """Everything in turn; a line each."""
    with tempfile.TemporaryDirectory(prefix="farmgate-recovery-") as name:
        folder, server = Path(name), PostgresServer(durable=True)
        try:
            server.execute("CREATE DATABASE polled", "CREATE DATABASE hooked")
            if chosen.only in (None, "kills"):
                with opened(server.url("polled"), folder / "polled") as road:
                    tell("PostgreSQL", takeover(road) + resumed(road))
                with opened(f"sqlite:///{folder / 'shop.db'}", folder / "sqlite") as road:
                    tell("SQLite", resumed(road))
            if chosen.only in (None, "outage"):
                with opened(server.url("hooked"), folder / "hooked", hooked=True) as road:
                    tell("PostgreSQL", refused(road, server))
        finally:
            server.remove()


def tell(database: str, lines: list[str]) -> None:
    """Print at once: all of it takes minutes, since leases of 60 seconds run out."""
    for line in lines:
        print(f"{database}: {line}", flush=True)


def options() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser("bench.recovery", description=__doc__)
    parser.add_argument("--only", choices=("kills", "outage"))
    return parser.parse_args()


if __name__ == "__main__":
    main(options())
