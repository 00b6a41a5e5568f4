"""Every verb that moves money, in any order, against a plain model: states, wallets and accounts stay equal."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import event

from core.catalog.models import Campaign
from core.db import Database
from core.messaging import due
from core.money import Money
from core.orders.allocation import Ask, Sharing, share
from core.orders.cancel import call_off, crop_lost
from core.orders.fulfil import CourierStatus, HandOver, collect_cash, deliver, hand_over, receive, report
from core.orders.harvest import enter_harvest
from core.orders.models import Order
from core.orders.packing import pack
from tests.kit.databases import PostgresServer
from tests.orders import model
from tests.orders.bank_machine import BankMachine
from tests.orders.machine import MINOR, PICK, Begun, begin, without_syncing
from tests.orders.market import NOW
from tests.orders.model import Deal

# explaining repeats a failure many times; a shrunk example already says enough
PHASES = [Phase.generate, Phase.shrink]
AFTER_HARVEST = ("due", "paid", "cash", "carried", "carried in cash")
ORDERS = st.lists(st.tuples(PICK, PICK, st.integers(1, 12), st.sampled_from(["held", "reserved", *AFTER_HARVEST])),
                  min_size=2, max_size=5)  # fmt: skip
SPANS = [timedelta(minutes=9), timedelta(minutes=31), timedelta(hours=5), timedelta(hours=49)]


class MarketMachine(BankMachine):
    """The farmer, the courier and the clock join in."""

    @initialize(orders=ORDERS, part=st.integers(20, 100), sharing=st.sampled_from([Sharing.FAIR, Sharing.FIRST]))
    def a_season_has_begun(self, orders: list[tuple[int, int, int, str]], part: int, sharing: Sharing) -> None:
        """Random steps alone seldom come far: some orders are on their way already, each as far as it was drawn."""
        begun: list[tuple[int, int, str]] = []
        for buyer, sale, quantity, far in orders:
            self.reserves(buyer, sale, quantity)
            if len(self.deals) > len(begun):
                begun.append((len(self.deals) - 1, sale, far))
        for at, _sale, far in begun:
            if far != "held":
                self.pays_at_once(at)
        for sale in {sale % 3 for _at, sale, far in begun if far in AFTER_HARVEST}:
            self.harvests(sale, part, sharing)
        for at, _sale, far in begun:
            self._comes_as_far_as(at, far)

    def _comes_as_far_as(self, at: int, far: str) -> None:
        if self.deals[at].state == "balance_due" and far != "due":
            pays = self.agrees_on_cash if "cash" in far else self.pays_at_once
            pays(at)
        for _step in range(2 if far.startswith("carried") else 0):
            self.goes_on(at, "courier")

    @precondition(lambda self: self.deals)
    @rule(sale=PICK, part=st.integers(1, 100), sharing=st.sampled_from([Sharing.FAIR, Sharing.FIRST, Sharing.EQUAL]))
    def harvests(self, sale: int, part: int, sharing: Sharing) -> None:
        sold = self.sales[sale % 3]
        quantity = max(sold.capacity * part // 100, 1)
        asks = {
            deal.id: Ask(deal.id, Decimal(deal.asked), NOW + timedelta(seconds=deal.id))
            for deal in self.deals if deal.sale is sold and deal.state == "reserved"
        }  # fmt: skip
        done = self._try(lambda s: enter_harvest(
            s, self.market.farmer, s.get_one(Campaign, self.ids[sale % 3]), Decimal(quantity), sharing=sharing,
            now=self.now,
        ))  # fmt: skip
        assert (done is not None) == (sold.state in model.BEFORE_HARVEST)
        if done is None:
            return
        for deal in self.deals:
            if deal.sale is sold and deal.state == "held":
                self.book.end(deal, "expired")
        for line in share(list(asks.values()), Decimal(quantity), Decimal(1), sharing):
            self.book.harvest(self._of(line.order_id), int(line.given), self.now)
        sold.state = "allocated"
        owed = sum(self._of(i).rest for i in asks if self._of(i).state in {"balance_due", "allocated"})
        assert done.total_asked.minor == owed

    @precondition(lambda self: len(self.deals) > 4)
    @rule(sale=PICK, by_staff=st.booleans())
    def the_crop_is_lost(self, sale: int, by_staff: bool) -> None:
        sold, campaign = self.sales[sale % 3], self.ids[sale % 3]
        if by_staff:
            done = self._try(lambda s: call_off(
                s, self.market.operator, s.get_one(Campaign, campaign), why="illegal", now=self.now
            ))  # fmt: skip
        else:
            done = self._try(lambda s: crop_lost(
                s, self.market.farmer, s.get_one(Campaign, campaign), "rain", now=self.now
            ))  # fmt: skip
        assert (done is not None) == (sold.state in model.BEFORE_HARVEST | {"allocated"})
        if done is None:
            return
        lost = [deal for deal in self.deals if deal.sale is sold and deal.state in model.BEFORE_PACKED]
        assert (done.orders, done.total_back.minor) == (len(lost), sum(deal.paid for deal in lost))
        for deal in lost:
            self.book.end(deal, "cancelled")
        sold.state = "over"

    @precondition(lambda self: self.deals)
    @rule(pick=PICK, how=st.sampled_from(["farmer", "courier", "steps"]))
    def goes_on(self, pick: int, how: str) -> None:
        """The next step on its way: packed, handed over, delivered, received."""
        deal, order = self._deal(pick)
        step = {"ready": self._packs, "packed": self._hands_over, "dispatched": self._delivers,
                "at_pickup": self._hands_out, "delivered": self._receives}.get(deal.state)  # fmt: skip
        if step is not None:
            step(deal, order, how)

    def _packs(self, deal: Deal, order: int, how: str) -> None:
        self._must(lambda s: pack(s, self.market.farmer, s.get_one(Order, order), now=self.now))
        deal.state = "packed"

    def _hands_over(self, deal: Deal, order: int, how: str) -> None:
        hand = HandOver(self_delivered=True) if how == "farmer" else HandOver(courier_id=self.market.courier.member_id)
        self._must(lambda s: hand_over(s, self.market.farmer, s.get_one(Order, order), how=hand, now=self.now))
        if not deal.fee and not self._is_delivered(order):
            deal.state = "at_pickup"
            return
        deal.carrier, deal.state = ("farmer" if how == "farmer" else "courier"), "dispatched"
        if how != "farmer":
            self._reports(deal, order, CourierStatus.PICKED_UP)

    def _is_delivered(self, order: int) -> bool:
        with self.database.reading() as session:
            return session.get_one(Order, order).delivery == "deliver"

    def _delivers(self, deal: Deal, order: int, how: str) -> None:
        self._reports(deal, order, CourierStatus.DELIVERED)
        deal.state, deal.confirm_at = "delivered", self.now + model.RECEIPT

    def _reports(self, deal: Deal, order: int, status: CourierStatus) -> None:
        who = self.market.farmer if deal.carrier == "farmer" else self.market.courier
        self._must(lambda s: report(s, who, s.get_one(Order, order), status, now=self.now))

    def _hands_out(self, deal: Deal, order: int, how: str) -> None:
        self._must(lambda s: deliver(s, self.market.farmer, s.get_one(Order, order), now=self.now))
        deal.state, deal.confirm_at = "delivered", self.now + model.RECEIPT

    def _receives(self, deal: Deal, order: int, how: str) -> None:
        done = self._try(lambda s: receive(s, self._buyer(deal), s.get_one(Order, order), now=self.now) or True)
        assert bool(done) == (not deal.banks)
        if done:
            self.book.complete(deal, self.deals)

    @precondition(lambda self: any(deal.has_cash for deal in self.deals))
    @rule(pick=PICK, amount=MINOR, is_all=st.booleans())
    def takes_cash(self, pick: int, amount: int, is_all: bool) -> None:
        cash = [deal for deal in self.deals if deal.has_cash]
        deal = cash[pick % len(cash)]
        order = deal.id
        amount = (deal.rest or 1) if is_all else amount
        done = self._try(lambda s: collect_cash(
            s, self.market.farmer, s.get_one(Order, order), Money(amount, "INR"), now=self.now
        ) or True)  # fmt: skip
        assert bool(done) == (deal.state in model.CASH_STATES | {"completed"} and amount <= deal.rest)
        if done:
            self.book.cash += amount
            deal.paid += amount
            deal.kept += amount
            if deal.state == "completed":
                self.book.release(deal)

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.now += span
        self.book.pass_time(self.sales, self.deals, self.now)
        with self.database.writing() as session:
            while (row := due.claim(session, self.now)) is not None:
                due.task_named(row.task)(session, row.subject, self.now)
                due.finish(session, row, self.now)


def play(begun: Begun, opened: Callable[[], tuple[Database, Callable[[], None]]], examples: int, steps: int) -> None:
    """Run the machine, each example on a fresh copy of what has begun, which `opened` gives with a way to drop it."""
    machine = type("Machine", (MarketMachine,), {"begun": begun, "opened": staticmethod(opened)})
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=slow,
            database=None,
            phases=PHASES,
        ),
    )


@pytest.mark.timeout(900)
def test_money_agrees_with_the_model_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    database = Database(f"sqlite:///{path}")  # one for all examples: its statements are compiled once
    event.listen(database.engine, "connect", without_syncing)
    shutil.copyfile(sqlite_template, path)
    begun = begin(database)
    database.dispose()
    shutil.copyfile(path, tmp_path / "begun.db")

    def opened() -> tuple[Database, Callable[[], None]]:
        shutil.copyfile(tmp_path / "begun.db", path)
        return database, database.dispose

    play(begun, opened, examples=200, steps=50)


@pytest.mark.timeout(900)
def test_money_agrees_with_the_model_on_postgresql(postgres_server: PostgresServer, postgresql_template: str) -> None:
    """Fewer examples: the verbs are the same, only the database differs."""
    numbers = count(1)

    def copied(template: str, name: str) -> tuple[Database, Callable[[], None]]:
        # copying files takes a sixth of the time of the default, which writes the copy into the log
        postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        database = Database(postgres_server.url(name))
        return database, database.dispose

    first, close = copied(postgresql_template, "machine")
    begun = begin(first)
    close()

    def opened() -> tuple[Database, Callable[[], None]]:
        return copied("machine", f"machine_{next(numbers)}")

    play(begun, opened, examples=12, steps=40)
