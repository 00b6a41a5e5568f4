"""Who changes a sale and its orders locks the sale first: nobody waits in a circle; the last one sees all others."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier, Event

import pytest
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.db import Database
from core.errors import Refusal
from core.orders import closing, fulfil
from core.orders.cancel import hold_ends
from core.orders.flow import locked, locked_campaign
from core.orders.intake import MoneyFact, money_came
from core.orders.models import Order
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.permissions import Actor
from core.verify import broken
from tests.orders.market import NOW, Market, inr, open_market

LATER = NOW + timedelta(hours=1)
AWHILE = 0.3  # seconds in which the other side comes to wait


def at_once(database: Database, *works: Callable[[Session], object]) -> list[str]:
    """Each in a transaction of its own, begun together and tried once: a deadlock would be raised."""
    barrier = Barrier(len(works))

    def act(work: Callable[[Session], object]) -> str:
        barrier.wait()
        try:
            with database.writing() as session:
                work(session)
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(act, works))


def late(database: Database) -> tuple[Market, int, int, str]:
    """An order whose hold ran out, and the payment its buyer had opened."""
    with database.writing() as session:
        market = open_market(session)
        buyer, sale = market.buyer(), market.sale()
        order = reserve(session, buyer, sale, Decimal(5), now=NOW)
        payment = start_payment(session, buyer, order, "messenger_invoice", now=NOW)
        return market, sale.id, order.id, payment.payload


def ended_well(database: Database, order_id: int, state: str) -> None:
    with database.reading() as session:
        assert broken(session) == []
        assert session.get_one(Order, order_id).state == state


def pays(payload: str) -> Callable[[Session], object]:
    return lambda session: money_came(session, MoneyFact("messenger_invoice", "c1", payload, inr(120)), now=LATER)


def test_a_late_deposit_waits_for_whoever_holds_the_sale_and_not_in_a_circle(database: Database) -> None:
    _market, sale_id, order_id, payload = late(database)
    with database.writing() as session:
        hold_ends(session, order_id, LATER)
    held = Event()

    def goes_through_the_sale(session: Session) -> None:
        locked_campaign(session, sale_id)
        held.set()
        time.sleep(AWHILE)
        locked(session, order_id)

    def comes_late(session: Session) -> None:
        assert database.is_sqlite or held.wait(5)
        pays(payload)(session)

    assert at_once(database, goes_through_the_sale, comes_late) == ["done", "done"]
    ended_well(database, order_id, "reserved")


def test_a_deposit_that_waited_for_the_end_of_its_hold_takes_the_quota_again(database: Database) -> None:
    _market, _sale_id, order_id, payload = late(database)
    ended = Event()

    def ends(session: Session) -> None:
        hold_ends(session, order_id, LATER)
        ended.set()
        time.sleep(AWHILE)

    def comes(session: Session) -> None:
        assert database.is_sqlite or ended.wait(5)
        pays(payload)(session)

    assert at_once(database, ends, comes) == ["done", "done"]
    ended_well(database, order_id, "reserved")


@pytest.mark.parametrize("turn", range(3))
def test_late_deposits_and_expiries_of_one_sale_all_end_well(database: Database, turn: int) -> None:
    with database.writing() as session:
        market = open_market(session, unpaid_holds_most=100)
        buyer, sale = market.buyer(), market.sale(capacity=Decimal(20 + turn))
        orders = [reserve(session, buyer, sale, Decimal(5), now=NOW) for _number in range(4)]
        bills = [start_payment(session, buyer, order, "messenger_invoice", now=NOW).payload for order in orders]
        ids = [order.id for order in orders]
    facts = [MoneyFact("messenger_invoice", f"c{payload}", payload, inr(120)) for payload in bills]
    comings: list[Callable[[Session], object]] = [partial(money_came, fact=fact, now=LATER) for fact in facts]
    works = comings + [partial(hold_ends, order_id=order_id, now=LATER) for order_id in ids]
    assert at_once(database, *works) == ["done"] * 8
    for order_id in ids:
        ended_well(database, order_id, "reserved")


def delivered(database: Database, count: int) -> tuple[Actor, int, list[int]]:
    """A harvested sale whose orders were all delivered and not yet received."""
    with database.writing() as session:
        market = open_market(session)
        buyer, sale = market.buyer(), market.sale(state="allocated")
        sale.state = "open"
        orders = [reserve(session, buyer, sale, Decimal(5), now=NOW) for _number in range(count)]
        for order in orders:
            start_payment(session, buyer, order, "sandbox", now=NOW)
            order.state, order.allocated = "delivered", order.quantity
        sale.state, sale.harvested = "allocated", Decimal(200)
        return buyer, sale.id, [order.id for order in orders]


def test_the_sale_is_done_when_its_last_two_orders_are_received_at_once(database: Database) -> None:
    buyer, sale_id, ids = delivered(database, 2)

    def receives(order_id: int) -> Callable[[Session], object]:
        def work(session: Session) -> None:
            fulfil.receive(session, buyer, session.get_one(Order, order_id), now=LATER)
            time.sleep(AWHILE)

        return work

    assert at_once(database, *(receives(order_id) for order_id in ids)) == ["done", "done"]
    with database.reading() as session:
        assert session.get_one(Campaign, sale_id).state == "done"
        assert broken(session) == []


def test_a_receipt_racing_the_clock_that_takes_it_as_received_completes_once(database: Database) -> None:
    buyer, sale_id, (order_id,) = delivered(database, 1)
    answers = at_once(
        database, lambda session: fulfil.receive(session, buyer, session.get_one(Order, order_id), now=LATER),
        lambda session: fulfil.auto_confirm(session, order_id, LATER),
    )  # fmt: skip
    assert answers in (["done", "done"], ["Changed", "done"])
    ended_well(database, order_id, "completed")
    with database.reading() as session:
        assert session.get_one(Campaign, sale_id).state == "done"


@pytest.mark.parametrize("least", [None, Decimal(8)])
def test_a_reservation_racing_the_end_of_its_sale_is_in_it_or_not(database: Database, least: Decimal | None) -> None:
    with database.writing() as session:
        market = open_market(session)
        buyer, sale = market.buyer(), market.sale(minimum=least, closes_at=LATER)
        first = reserve(session, buyer, sale, Decimal(5), now=NOW)
        start_payment(session, buyer, first, "sandbox", now=NOW)
        sale_id = sale.id

    def reserves(session: Session) -> object:
        return reserve(session, buyer, session.get_one(Campaign, sale_id), Decimal(5), now=LATER - timedelta(seconds=1))

    both = [lambda session: closing.closes(session, sale_id, LATER)] * 2
    ends = at_once(database, reserves, *both)
    assert ends[1:] == ["done", "done"]
    with database.reading() as session:
        closed = session.get_one(Campaign, sale_id)
        assert broken(session) == []
        assert closed.reserved == (10 if ends[0] == "done" else 5)
        assert closed.state == ("confirmed" if not least else "open" if ends[0] == "done" else "closed")
