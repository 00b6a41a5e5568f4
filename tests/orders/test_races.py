"""Two who act at the same moment on real connections: one clean winner, and no money twice or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.db import Database
from core.errors import Refusal
from core.members.decisions import AlreadyDecided
from core.orders.allocation import Sharing
from core.orders.cancel import cancel, hold_ends
from core.orders.harvest import enter_harvest
from core.orders.intake import MoneyFact, money_came
from core.orders.models import Order
from core.orders.payouts import ask_payout
from core.orders.purse import paid
from core.orders.reserve import reserve
from core.orders.settle import pay_from_wallet, start_payment
from core.orders.transfers import decide_receipt, submit_receipt
from core.orders.wallet import wallet_balance
from core.payments.models import Payment
from core.permissions import Actor
from core.verify import broken
from tests.orders.market import NOW, Market, inr, open_market

Work = Callable[[Session], object]


class Stage:
    """An order with an open transfer payment, and people who act at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as session:
            self.market: Market = open_market(session)
            self.asha: Actor = self.market.buyer()
            self.sale = self.market.sale(capacity=Decimal(5)).id
            order = reserve(session, self.asha, session.get_one(Campaign, self.sale), Decimal(5), now=NOW)
            self.order = order.id
            payment = start_payment(session, self.asha, order, "transfer", now=NOW)
            self.payment, self.payload = payment.id, payment.payload

    def at_once(self, *works: Work) -> Counter[str]:
        barrier = Barrier(len(works))

        def act(work: Work) -> str:
            barrier.wait()
            try:
                self.database.run(work)
            except Refusal as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(len(works)) as pool:
            return Counter(pool.map(act, works))

    def comes(self, session: Session, charge: str = "ch1") -> object:
        fact = MoneyFact("transfer", charge, self.payload, inr(120))
        return money_came(session, fact, now=NOW)

    def end(self) -> tuple[str, int, int]:
        """State, paid and wallet, after every invariant was checked."""
        with self.database.reading() as session:
            assert broken(session) == []
            order = session.get_one(Order, self.order)
            return order.state, paid(session, order).minor, wallet_balance(session, self.asha.member_id).minor


@pytest.fixture
def stage(database: Database) -> Stage:
    return Stage(database)


def test_a_deposit_racing_its_expiry_is_never_lost(stage: Stage) -> None:
    late = NOW.replace(hour=12)
    stage.at_once(stage.comes, lambda session: hold_ends(session, stage.order, late))
    assert stage.end() == ("reserved", 12000, 0)  # before the expiry in time, after it because there is quota


def test_the_same_charge_from_eight_sides_is_one_payment(stage: Stage) -> None:
    assert stage.at_once(*[stage.comes] * 8) == {"done": 8}
    assert stage.end() == ("reserved", 12000, 0)


def test_eight_charges_at_once_pay_one_deposit_and_the_rest_is_credit(stage: Stage) -> None:
    works = [lambda session, i=i: stage.comes(session, f"ch{i}") for i in range(8)]
    assert stage.at_once(*works) == {"done": 8}
    assert stage.end() == ("reserved", 12000, 7 * 12000)


def test_a_payment_racing_a_cancellation_ends_in_the_wallet(stage: Stage) -> None:
    stage.at_once(stage.comes, lambda s: cancel(s, stage.asha, s.get_one(Order, stage.order), now=NOW))
    assert stage.end() == ("cancelled", 0, 12000)


def test_a_cancellation_racing_the_harvest_has_one_winner(stage: Stage) -> None:
    stage.at_once(stage.comes)
    answers = stage.at_once(
        lambda s: cancel(s, stage.asha, s.get_one(Order, stage.order), now=NOW),
        lambda s: enter_harvest(
            s, stage.market.farmer, s.get_one(Campaign, stage.sale), Decimal(5), sharing=Sharing.FAIR, now=NOW
        ),
    )
    state, held, credit = stage.end()
    assert answers["done"] == (2 if state == "cancelled" else 1)
    assert (held, credit) == ((0, 12000) if state == "cancelled" else (12000, 0))


def test_two_operators_decide_once(stage: Stage) -> None:
    with stage.database.writing() as session:
        payment = session.get_one(Payment, stage.payment)
        submit_receipt(session, stage.asha, payment, media_id=None, reference="UTR1", now=NOW)
    people = (stage.market.operator, stage.market.other_operator)
    works = [
        lambda s, who=who: decide_receipt(s, who, s.get_one(Payment, stage.payment), accept=True, reason=None, now=NOW)
        for who in people
    ]
    assert stage.at_once(*works) == {"done": 1, AlreadyDecided.__name__: 1}
    assert stage.end() == ("reserved", 12000, 0)


def test_a_payout_racing_a_purchase_never_spends_credit_twice(stage: Stage) -> None:
    stage.at_once(stage.comes)
    with stage.database.writing() as session:
        cancel(session, stage.asha, session.get_one(Order, stage.order), now=NOW)
        sold = session.get_one(Campaign, stage.sale)
        stage.order = reserve(session, stage.asha, sold, Decimal(5), now=NOW).id
    answers = stage.at_once(
        lambda s: pay_from_wallet(s, stage.asha, s.get_one(Order, stage.order), now=NOW),
        lambda s: ask_payout(s, stage.asha, inr(120), "coop@upi", now=NOW),
    )
    assert answers["done"] == 1
    state, held, credit = stage.end()
    assert (state, held, credit) in {("reserved", 12000, 0), ("held", 0, 0)}
