"""web, worker, sender and scheduler apart on PostgreSQL, two of each, serve a season; one leader sleeps meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from core.clock import machine_now
from core.events import Event, EventKind
from core.members.models import Identity
from core.members.queries import member
from core.members.service import hold_role
from core.messaging.models import Due, Lease
from core.orders.models import Order
from core.permissions import Role
from tests.crash.arranged import FARMER
from tests.crash.pairs import Pairs, goes_on, pauses
from tests.crash.road import PATIENCE
from tests.kit.phone import Phone

COURIER = 777_003
TAKEOVER = 3 + 1 + 8  # seconds: the lease of this test, a tick, and slack for a busy machine


@pytest.fixture
def pairs(postgresql_url: str, tmp_path: Path) -> Iterator[Pairs]:
    """Eight processes of this test's own."""
    made = Pairs(postgresql_url, tmp_path)
    try:
        made.starts()
        made.settles()
        yield made
    finally:
        made.close()


@pytest.mark.timeout(240)
def test_two_of_each_serve_a_season_and_every_notice_comes_once(pairs: Pairs) -> None:
    buyers = [pairs.phone(name) for name in ("Asha", "Bela", "Chitra", "Dev")]
    courier = _courier(pairs)
    with ThreadPoolExecutor(len(buyers)) as people:
        list(people.map(lambda buyer: _reserves(pairs, buyer), buyers))
        farmer = _phone_of(pairs, FARMER)
        farmer.taps("📦 Orders")
        farmer.taps("🥭 Alphonso")
        farmer.taps("✅ Ready")
        farmer.taps("Yes, early")
        farmer.taps("All ")
        farmer.taps("📣 Tell them")
        list(people.map(_pays_the_balance, buyers))
    pairs.settles()
    farmer.taps("📋 Pick list")
    for step in ("🧺 Picked", "🧼 Processed", "📐 Sorted", "🏬 Stocked", "✅ All packed"):
        farmer.taps(step)
    farmer.taps("🚚 Hand to courier")
    farmer.taps("Kiran")
    pairs.settles()
    for buyer in buyers:
        _delivers(courier, pairs.order_number(buyer))
        buyer.sees("delivered", anywhere=True)
        buyer.taps("✅ Received")
    pairs.settles()
    for buyer in buyers:
        states, charges = pairs.bought(buyer)
        assert states == ["completed"]
        assert sorted(charges) == sorted(pairs.charged(buyer))
        assert len(charges) == 2
    assert pairs.acknowledged() == pairs.stored("done")
    assert pairs.missing_and_repeated() == ([], [])
    assert pairs.broken() == []
    assert set(pairs.balancer.passed) == set(pairs.balancer.behind), "both web processes took updates in"


@pytest.mark.timeout(240)
def test_a_leader_that_sleeps_is_replaced_and_each_occurrence_happens_once(pairs: Pairs) -> None:
    holding = [pairs.phone(name) for name in ("Asha", "Bela")]
    for buyer in holding:
        _holds(pairs, buyer)
    sleeper = pairs.leading()
    fence = _fence(pairs)
    pauses(pairs.parts[sleeper])
    _holds_are_over(pairs)
    began = time.monotonic()
    while pairs.leading() == sleeper:
        assert time.monotonic() - began < TAKEOVER, "nobody took over"
        time.sleep(0.05)
    for buyer in holding:
        buyer.sees("the reservation ended. Nothing was charged", anywhere=True)
    goes_on(pairs.parts[sleeper])
    time.sleep(2.5)  # it ticks, and finds that another leads
    assert pairs.leading() != sleeper
    assert _fence(pairs) == fence + 1
    pairs.parts[pairs.leading()].stops(20)
    began = time.monotonic()
    while pairs.leading() != sleeper:  # who stops in good order makes room at once
        assert time.monotonic() - began < TAKEOVER
        time.sleep(0.05)
    pairs.settles()
    with pairs.database.reading() as session:
        expired = select(func.count()).select_from(Event).where(Event.kind == EventKind.ORDER_EXPIRED.value)
        assert session.execute(expired).scalar_one() == len(holding)
    assert pairs.missing_and_repeated() == ([], [])
    assert pairs.broken() == []


def _reserves(pairs: Pairs, buyer: Phone) -> None:
    _holds(pairs, buyer)
    buyer.taps("💳 Pay deposit")
    while buyer.pays()["state"] != "paid":  # nobody answered in time: nothing was charged
        continue
    buyer.sees("✅ Paid", anywhere=True)
    buyer.taps("🚚 Deliver")
    buyer.sees("street")
    buyer.types("12, Lake Road, Pune 411001")
    buyer.sees("🚚 To", anywhere=True)


def _holds(pairs: Pairs, buyer: Phone) -> None:
    buyer.start(f"s_{pairs.sale}")
    buyer.taps("5 kg")
    buyer.taps("✅ Reserve")
    buyer.sees("✅ Reserved", anywhere=True)


def _pays_the_balance(buyer: Phone) -> None:
    buyer.sees("is ready!", anywhere=True)
    buyer.taps("💳 Pay balance")
    while buyer.pays()["state"] != "paid":
        continue
    buyer.sees("owed ₹0", anywhere=True)


def _delivers(courier: Phone, number: str) -> None:
    courier.taps("🚚 My parcels")
    courier.taps(number)
    for status in ("📦 Picked up", "🚚 On the road", "🏠 Delivered"):
        courier.taps(status)


def _courier(pairs: Pairs) -> Phone:
    phone = pairs.phone("Kiran", user_id=COURIER)
    phone.start()
    phone.taps("English")
    with pairs.database.writing() as session:
        mine = session.scalars(select(Identity.member_id).where(Identity.user_id == COURIER)).one()
        hold_role(session, member(session, mine), Role.COURIER, now=machine_now())
    phone.types("/menu")
    return phone


def _phone_of(pairs: Pairs, user_id: int) -> Phone:
    phone = pairs.phone("Gopal", user_id=user_id)
    phone.types("/menu")
    phone.window.deadline = PATIENCE
    return phone


def _holds_are_over(pairs: Pairs) -> None:
    """As if half an hour had passed."""
    past = machine_now() - timedelta(minutes=1)
    with pairs.database.writing() as session:
        session.execute(update(Order).values(hold_until=past))
        session.execute(update(Due).where(Due.task == "order.hold_ends").values(due_at=past))


def _fence(pairs: Pairs) -> int:
    with pairs.database.reading() as session:
        return session.get_one(Lease, "scheduler").fence
