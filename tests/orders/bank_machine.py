"""Providers that take money back, in the state machine of money: entered, won or lost, before and after every end."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.money import Money
from core.orders import case_ruling
from core.orders.case_models import AfterSaleCase
from core.orders.contested import NO_CHARGE
from core.orders.payouts import ask_payout, take_back
from core.payments.ledger import AccountKind, holds
from core.payments.ledger_sql import transfer_table
from core.payments.models import Payment, Refund
from tests.orders.ends_machine import EndsMachine
from tests.orders.machine import MINOR, PICK
from tests.orders.model import Bank


class BankMachine(EndsMachine):
    """What the co-op stands in for, and what a farm then owes it."""

    def __init__(self) -> None:
        super().__init__()
        self.charged: set[int] = set()
        self.asked: list[int] = []

    @precondition(lambda self: self.deals)
    @rule(pick=PICK, part=st.integers(1, 100))
    def a_provider_takes_a_charge_back(self, pick: int, part: int) -> None:
        with self.database.reading() as session:
            mine = (Payment.state == "confirmed", Payment.order_id.is_not(None), Payment.provider.not_in(NO_CHARGE))
            columns = select(Payment.id, Payment.order_id, Payment.amount_minor).where(*mine)
            found = [one for one in session.execute(columns.order_by(Payment.id)) if one.id not in self.charged]
        if not found:
            return
        payment, order, minor = found[pick % len(found)]
        amount = max(minor * part // 100, 1)
        self.charged.add(payment)
        with self.database.writing() as session:
            row = session.get_one(Payment, payment)
            sum_ = Money(amount, "INR")
            case = case_ruling.enter_chargeback(session, self.market.operator, row, sum_, now=self.now).id
            moved = transfer_table.c
            paid = select(func.sum(moved.amount)).where(moved.payment_id == payment, moved.why == "paid")
            reached = int(session.execute(paid).scalar_one() or 0)
        self.book.charge_back(self._of(order), Bank(case, amount, reached))

    @precondition(lambda self: any(deal.banks for deal in self.deals))
    @rule(pick=PICK, won=st.booleans())
    def a_chargeback_ends(self, pick: int, won: bool) -> None:
        some = [(deal, bank) for deal in self.deals for bank in deal.banks]
        deal, bank = some[pick % len(some)]
        self._must(lambda s: case_ruling.end_chargeback(
            s, self.market.operator, s.get_one(AfterSaleCase, bank.id), won=won, now=self.now
        ))  # fmt: skip
        self.book.end_bank(deal, bank, self.now, won=won)

    @precondition(lambda self: self.book.farm)
    @rule(amount=MINOR)
    def the_farm_takes_money_out(self, amount: int) -> None:
        farm, farmer = self.market.farm.id, self.market.farmer
        asked = self._try(
            lambda s: ask_payout(s, farmer, Money(amount, "INR"), "farm@upi", farm_id=farm, now=self.now).id
        )
        assert (asked is not None) == (amount <= self.book.farm)
        if asked is not None:
            self.asked.append(asked)
            self.book.farm -= amount
            self.book.pending += amount

    @precondition(lambda self: self.asked)
    @rule(pick=PICK)
    def the_farm_thinks_better_of_it(self, pick: int) -> None:
        asked = self.asked[pick % len(self.asked)]
        amount = self._try(lambda s: self._takes_back(s, s.get_one(Refund, asked)))
        if amount is not None:
            self.book.pending -= amount
            self.book.free_again(amount)

    def _takes_back(self, session: Session, asked: Refund) -> int:
        take_back(session, self.market.farmer, asked, now=self.now)
        return asked.amount_minor

    def _what_the_farm_owes(self) -> int:
        with self.database.reading() as session:
            return sum(case.debt.minor for case in session.scalars(select(AfterSaleCase)))

    def both_sides_agree_on_debts(self) -> None:
        assert self._what_the_farm_owes() == self.book.debt

    def teardown(self) -> None:
        self.both_sides_agree_on_debts()
        with self.database.reading() as session:
            farm = holds(session, AccountKind.FARMER_PAYABLE, "INR", owner=("farm", self.market.farm.id))
        assert farm.minor == self.book.farm >= 0
        super().teardown()
