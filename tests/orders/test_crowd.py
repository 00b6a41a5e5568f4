"""Many people at once for few goods: exactly as many win as there is, everybody else gets a clear offer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.db import Database
from core.errors import Changed, Refusal
from core.members.models import Member
from core.orders.errors import QuotaExceeded, SaleClosed
from core.orders.models import Order
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.permissions import Actor, Role
from core.verify import broken
from tests.orders.market import NOW, open_market

CONSUMER = frozenset({Role.CONSUMER})


def crowd(database: Database, capacity: int, people: int) -> tuple[int, list[Actor]]:
    """A sale of so much, and so many buyers."""
    with database.writing() as session:
        campaign = open_market(session).sale(capacity=Decimal(capacity))
        rows = [Member(name=f"Buyer {i}", created_at=NOW) for i in range(people)]
        session.add_all(rows)
        session.flush()
        return campaign.id, [Actor(row.id, CONSUMER) for row in rows]


def at_once(work: Callable[[int], str], count: int, threads: int) -> Counter[str]:
    """Run `work(0..count-1)` on threads that start together; how often each answer came."""
    barrier = threading.Barrier(threads)

    def run(part: int) -> list[str]:
        barrier.wait()
        return [work(i) for i in range(part, count, threads)]

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(run, range(threads)))
    return Counter(answer for part in parts for answer in part)


def attempt(database: Database, campaign_id: int, buyer: Actor, quantity: int) -> str:
    def work(session: Session) -> str:
        reserve(session, buyer, session.get_one(Campaign, campaign_id), Decimal(quantity), now=NOW)
        return "won"

    try:
        return database.run(work)
    except QuotaExceeded as refusal:
        is_clear = refusal.params["campaign_id"] == campaign_id and refusal.params["left"] in range(quantity)
        return "offered" if is_clear else f"unclear: {refusal.params}"


@pytest.mark.parametrize(("capacity", "quantity", "people"), [(100, 1, 640), (10, 1, 50), (10, 3, 50)])
def test_exactly_as_many_win_as_there_is(database: Database, capacity: int, quantity: int, people: int) -> None:
    campaign_id, buyers = crowd(database, capacity, people)
    answers = at_once(lambda i: attempt(database, campaign_id, buyers[i], quantity), people, threads=16)
    winners = capacity // quantity
    assert answers == {"won": winners, "offered": people - winners}
    with database.reading() as session:
        assert session.get_one(Campaign, campaign_id).reserved == winners * quantity
        assert session.execute(select(func.count()).select_from(Order)).scalar_one() == winners
        assert broken(session) == []


def test_a_sale_that_closes_meanwhile_has_one_clean_outcome(database: Database) -> None:
    campaign_id, buyers = crowd(database, 100, 40)

    def work(i: int) -> str:
        if i == 20:
            with database.writing() as session:
                session.get_one(Campaign, campaign_id, with_for_update=True).state = "closed"
            return "closed"
        try:
            return attempt(database, campaign_id, buyers[i], 1)
        except SaleClosed:
            return "refused"

    answers = at_once(work, 40, threads=8)
    assert answers["won"] + answers["refused"] == 39
    with database.reading() as session:
        assert session.get_one(Campaign, campaign_id).reserved == answers["won"]


def test_paying_one_order_twice_at_once_has_one_winner(database: Database) -> None:
    campaign_id, (buyer,) = crowd(database, 10, 1)
    with database.writing() as session:
        order_id = reserve(session, buyer, session.get_one(Campaign, campaign_id), Decimal(1), now=NOW).id

    def work(_: int) -> str:
        try:
            with database.writing() as session:
                start_payment(session, buyer, session.get_one(Order, order_id), "sandbox", now=NOW)
        except Changed:
            return "changed"
        except Refusal:
            return "refused"
        return "paid"

    answers = at_once(work, 8, threads=8)
    assert answers["paid"] == 1
    with database.reading() as session:
        assert broken(session) == []
