"""kill -9 at each failpoint of the road, while people buy: nothing acknowledged is lost, nothing counts twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from tests.crash.road import PATIENCE, Road
from tests.kit.databases import PostgresServer
from tests.kit.phone import Phone

FAILPOINTS = {
    "receiver_received:2": "receiver", "receiver_before_commit:3": "receiver", "receiver_stored:4": "receiver",
    "worker_claimed:3": "worker", "worker_before_commit:9": "worker", "worker_committed:6": "worker",
    "worker_refused:1": "worker",
    "sender_claimed:3": "sender", "sender_sent:7": "sender", "sender_before_mark:4": "sender",
    "sender_marked:5": "sender",
}  # fmt: skip
MAY_REPEAT = {"sender_sent", "sender_before_mark"}  # between the send and its mark
_names = count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def road(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """The simulator and our processes, which outlive the kills of this module."""
    yield from opened(request, tmp_path_factory.mktemp("road"))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_a_kill_loses_nothing_and_doubles_nothing(road: Road, failpoint: str) -> None:
    role = FAILPOINTS[failpoint] if FAILPOINTS[failpoint] in road.parts else "run"
    survives(road, role, failpoint, guests=("Chitra", "Dev"))


def survives(road: Road, role: str, failpoint: str, *, guests: Sequence[str]) -> None:
    """Two people buy and others look around while this part is killed and started again; nothing is lost by it."""
    armed = road.starts_again(role, failpoint)
    buyers = [road.phone(name) for name in ("Asha", "Bela")]
    with ThreadPoolExecutor(len(buyers) + len(guests)) as people:
        acting = [people.submit(buys, road, buyer) for buyer in buyers]
        acting += [people.submit(looks_around, road.phone(name)) for name in guests]
        assert armed.dies(PATIENCE) == -9
        assert road.acknowledged() <= road.stored()  # in this order: what comes later may be both
        road.starts_again(role)
        for each in acting:
            each.result(PATIENCE * 2)
    road.settles()
    nothing_is_lost(road, failpoint)
    for buyer in buyers:
        states, charges = road.bought(buyer)
        assert states == ["reserved"]
        assert charges == road.charged(buyer)
        assert len(charges) == 1


def nothing_is_lost(road: Road, failpoint: str) -> None:
    assert road.acknowledged() == road.stored("done")
    missing, repeated = road.missing_and_repeated()
    assert missing == []
    between = failpoint.partition(":")[0] in MAY_REPEAT
    assert len(repeated) >= between
    # at most one message of each person who waited: a sender has sends under way wherever it is killed, and `run`
    # takes its sender with it
    assert len(repeated) <= 4 * (failpoint.startswith("sender_") or road.database.is_sqlite)
    assert len({chat for chat, _ in repeated}) == len(repeated)
    assert road.differing() == []
    assert road.broken() == []


def buys(road: Road, buyer: Phone) -> None:
    """A newcomer by deep link reserves by a double tap, and pays until the money is taken."""
    buyer.start(f"s_{road.sale}")
    buyer.taps("5 kg")
    buyer.taps("✅ Reserve", reacts=False)
    pressed = buyer.control.get("/control/state")["callbacks"][buyer.last["callback_id"]]
    buyer.taps_stale(pressed["message_id"], pressed["data"])
    buyer.sees("✅ Reserved", anywhere=True)
    buyer.taps("💳 Pay deposit")
    while buyer.pays()["state"] != "paid":  # nobody answered in time: nothing was charged
        continue
    buyer.sees("✅ Paid", anywhere=True)


def looks_around(guest: Phone) -> None:
    """A newcomer walks through the tiles, and presses a button that is somebody else's."""
    guest.start()
    guest.taps("English")
    guest.taps("🧺 I buy")
    guest.taps_stale(guest.newest()["message_id"], "bpay:999999:1", reacts=False)
    for tile in ("🛍 Market", "🧺 My orders", "🛍 Market"):
        guest.taps(tile)


def opened(request: pytest.FixtureRequest, folder: Path, *, hooked: bool = False) -> Iterator[Road]:
    """A road on a database of the kind that the fixture's parameter names, its processes up."""
    url = file_copy(request, folder) if request.param == "sqlite" else server_copy(request)
    made = Road(url, folder, hooked=hooked)
    try:
        made.starts()
        made.settles()
        yield made
    finally:
        made.close()


def file_copy(request: pytest.FixtureRequest, folder: Path) -> str:
    shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "farmgate.db")
    return f"sqlite:///{folder / 'farmgate.db'}"


def server_copy(request: pytest.FixtureRequest) -> str:
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"crash_{next(_names)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgresql_template')}")
    return server.url(name)
