"""Fifty people and one freed share; links, offers and changes at the same moment: one winner, nothing oversold."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.db import Database
from core.errors import Refusal
from core.members.models import MemberRole
from core.members.queries import farm_of_member
from core.orders import due as _tasks  # noqa: F401 - registers the tasks of orders
from core.orders.allocation import Sharing
from core.orders.cancel import cancel
from core.orders.changing import change_quantity
from core.orders.handing import give, take_over
from core.orders.harvest import enter_harvest
from core.orders.late import cancel_late
from core.orders.models import Order
from core.orders.places import Place
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.waiting import join, leave, offer_ends, sweep, take
from core.payments.ledger import AccountKind, holds
from core.permissions import Actor, Role
from core.verify import broken
from tests.orders.market import HARVEST, NOW
from tests.orders.test_crowd import at_once, crowd

PEOPLE = 50


def attempt(database: Database, work: object) -> str:
    """What one person is told."""
    try:
        database.run(work)  # type: ignore[arg-type] # a function of the session
    except Refusal as refusal:
        return type(refusal).__name__
    return "done"


class Queue:
    """5 kg that one buyer has, and fifty who wait for them."""

    def __init__(self, database: Database, *, at_late: bool = False) -> None:
        self.database = database
        self.sale, (self.first, *self.people) = crowd(database, 5, PEOPLE + 1)
        self.now = NOW
        with database.writing() as session:
            order = reserve(session, self.first, self.campaign(session), Decimal(5), now=NOW)
            start_payment(session, self.first, order, "sandbox", now=NOW)
            self.order = order.id
            self.campaign(session).closes_at = NOW + timedelta(days=19)
            session.flush()
            self.places = [join(session, who, self.campaign(session), Decimal(5), now=NOW).id for who in self.people]
        if at_late:
            self.now = NOW.replace(day=HARVEST.day - 2)

    def campaign(self, session: Session) -> Campaign:
        return session.get_one(Campaign, self.sale)

    def cancels(self, session: Session) -> None:
        cancel(session, self.first, session.get_one(Order, self.order), now=self.now)

    def states(self) -> Counter[str]:
        with self.database.reading() as session:
            assert broken(session) == []
            return Counter(session.scalars(select(Place.state)))


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database)


def test_fifty_newcomers_and_fifty_who_wait_race_for_one_freed_share(queue: Queue) -> None:
    def work(i: int) -> str:
        if i == 25:
            return attempt(queue.database, queue.cancels)
        who = queue.people[i - 1]
        return attempt(
            queue.database, lambda s: reserve(s, who, queue.campaign(s), Decimal(5), now=NOW)
        )  # fmt: skip

    answers = at_once(work, PEOPLE, threads=8)
    assert answers == {"done": 1, "SoldOut": PEOPLE - 1}
    assert queue.states() == {"offered": 1, "waiting": PEOPLE - 1}
    with queue.database.reading() as session:
        assert session.get_one(Place, queue.places[0]).state == "offered", "the first in the queue"


def test_fifty_press_take_at_once_and_one_has_it(queue: Queue) -> None:
    attempt(queue.database, queue.cancels)

    def work(i: int) -> str:
        return attempt(
            queue.database, lambda s: take(s, queue.people[i], s.get_one(Place, queue.places[i]), now=NOW)
        )  # fmt: skip

    assert at_once(work, PEOPLE, threads=8) == {"done": 1, "OfferEnded": PEOPLE - 1}
    assert queue.states() == {"taken": 1, "waiting": PEOPLE - 1}


def test_the_same_take_from_eight_sides_is_one_order(queue: Queue) -> None:
    attempt(queue.database, queue.cancels)

    def work(_i: int) -> str:
        return attempt(
            queue.database, lambda s: take(s, queue.people[0], s.get_one(Place, queue.places[0]), now=NOW)
        )  # fmt: skip

    assert at_once(work, 8, threads=8) == {"done": 8}
    with queue.database.reading() as session:
        assert len(list(session.scalars(select(Order.id)))) == 2
        assert broken(session) == []


def test_an_offer_that_ends_races_its_take_and_two_schedulers(queue: Queue) -> None:
    attempt(queue.database, queue.cancels)
    late = NOW + timedelta(minutes=60)
    works = [
        lambda s: take(s, queue.people[0], s.get_one(Place, queue.places[0]), now=late - timedelta(seconds=1)),
        lambda s: offer_ends(s, queue.places[0], late),
        lambda s: offer_ends(s, queue.places[0], late),
        lambda s: sweep(s, now=late),
    ]
    answers = at_once(lambda i: attempt(queue.database, works[i]), 4, threads=4)
    assert answers["done"] >= 3
    states = queue.states()
    assert states in ({"taken": 1, "waiting": PEOPLE - 1}, {"passed": 1, "offered": 1, "waiting": PEOPLE - 2})


def test_everybody_leaves_while_the_share_goes_from_hand_to_hand(queue: Queue) -> None:
    attempt(queue.database, queue.cancels)

    def work(i: int) -> str:
        return attempt(
            queue.database, lambda s: leave(s, queue.people[i], s.get_one(Place, queue.places[i]), now=NOW)
        )  # fmt: skip

    assert at_once(work, PEOPLE, threads=8) == {"done": PEOPLE}
    assert queue.states() == {"left": PEOPLE}
    with queue.database.reading() as session:
        assert queue.campaign(session).reserved == 0


def test_one_link_opened_by_many_has_one_taker(queue: Queue) -> None:
    with queue.database.writing() as session:
        token = give(session, queue.first, session.get_one(Order, queue.order), now=NOW)
    answers = at_once(
        lambda i: attempt(queue.database, lambda s: take_over(s, queue.people[i], token, now=NOW)), 8, threads=8
    )
    assert answers == {"done": 1, "LinkEnded": 7}
    with queue.database.reading() as session:
        assert session.get_one(Order, queue.order).buyer_id != queue.first.member_id
        assert broken(session) == []


def test_more_for_an_order_races_those_who_reserve(database: Database) -> None:
    sale, (asha, *people) = crowd(database, 10, 21)
    with database.writing() as session:
        order = reserve(session, asha, session.get_one(Campaign, sale), Decimal(2), now=NOW)
        start_payment(session, asha, order, "sandbox", now=NOW)
        order_id = order.id

    def work(i: int) -> str:
        if i % 4 == 0:
            return attempt(
                database, lambda s: change_quantity(s, asha, s.get_one(Order, order_id), Decimal(6), now=NOW)
            )  # fmt: skip
        return attempt(
            database, lambda s: reserve(s, people[i], s.get_one(Campaign, sale), Decimal(1), now=NOW)
        )  # fmt: skip

    at_once(work, 20, threads=8)
    with database.reading() as session:
        assert session.get_one(Campaign, sale).reserved == 10
        assert broken(session) == []


def test_a_late_share_that_is_taken_races_the_harvest_and_is_settled_once(database: Database) -> None:
    queue = Queue(database, at_late=True)
    with database.writing() as session:
        cancel_late(session, queue.first, session.get_one(Order, queue.order), now=queue.now)
        taken = take(session, queue.people[0], session.get_one(Place, queue.places[0]), now=queue.now).id
        seller = session.scalars(select(MemberRole.member_id).where(MemberRole.role == Role.FARMER.value)).one()
        farm = farm_of_member(session, seller)
        assert farm is not None
        farm_id = farm.id
    farmer = Actor(seller, frozenset({Role.FARMER}))
    works = [
        lambda s: start_payment(s, queue.people[0], s.get_one(Order, taken), "sandbox", now=queue.now),
        lambda s: enter_harvest(s, farmer, queue.campaign(s), Decimal(5), sharing=Sharing.FULL, now=queue.now),
    ]
    at_once(lambda i: attempt(database, works[i]), 2, threads=2)
    with database.reading() as session:
        assert broken(session) == []
        paid_by_farm = holds(session, AccountKind.FARMER_PAYABLE, "INR", owner=("farm", farm_id)).minor
        returned = holds(session, AccountKind.CUSTOMER_CREDIT, "INR", owner=("member", queue.first.member_id)).minor
        state = session.get_one(Order, taken).state
    assert (paid_by_farm, returned) == ((0, 12000) if state == "balance_due" else (12000, 0))
