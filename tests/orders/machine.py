"""What buyers and operators do with money, on the real verbs and on the model: the first half of the state machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from core.catalog.models import Campaign
from core.db import Database
from core.errors import Refusal
from core.messaging import due
from core.money import Money
from core.orders import due as _tasks  # noqa: F401 - registers the tasks of orders
from core.orders.cancel import cancel
from core.orders.delivery_choice import choose_delivery
from core.orders.intake import Came, MoneyFact, money_came
from core.orders.models import Order
from core.orders.payouts import ask_payout
from core.orders.purse import paid_by
from core.orders.reserve import reserve
from core.orders.settle import agree_cash, pay_from_wallet, start_payment
from core.orders.transfers import decide_receipt, submit_receipt
from core.orders.wallet import decide_payout
from core.payments.ledger import AccountKind, all_balances
from core.payments.models import Payment, Refund
from core.permissions import Actor
from core.verify import broken
from tests.orders import model
from tests.orders.market import NOW, Market, open_market
from tests.orders.model import Book, Deal, Sale

PICK = st.integers(0, 10**6)
# asked after each step: made once, and without making an object of every order
ORDERS = select(Order.id, Order.state, Order.currency).order_by(Order.id)
QUOTA = select(Campaign.reserved).order_by(Campaign.id)
MINOR = st.one_of(st.integers(1, 60_000), st.just(24_00), st.just(1))


@dataclass(frozen=True)
class Begun:
    """What stands in the database before the first step: the market, three buyers and the ids of three sales."""

    market: Market
    buyers: list[Actor]
    ids: list[int]


def sales() -> list[Sale]:
    """The sales as the model knows them before the first step."""
    return [
        Sale(12_000, 60, 20, 4_000, 0, NOW + timedelta(days=14)),
        Sale(333, 30, 30, 55, 12, NOW + timedelta(hours=30)),
        Sale(100, 40, 100, 500, 0, NOW + timedelta(days=14), by_weight=True),
    ]


def begin(database: Database) -> Begun:
    """Write what every example begins with: once, each example then has a copy."""
    with database.writing() as session:
        market = open_market(session, platform_fee_percent=3, unpaid_holds_most=3, payout_days=0)
        buyers = [market.buyer(name) for name in ("Asha", "Bina", "Chen")]
        return Begun(market, buyers, [_publish(market, sale) for sale in sales()])


def _publish(market: Market, sale: Sale) -> int:
    campaign = market.sale(
        price_minor=sale.price, capacity=Decimal(sale.capacity), deposit_percent=sale.percent,
        delivery_fee_minor=sale.fee, minimum=Decimal(sale.minimum) if sale.minimum else None,
        closes_at=sale.closes, by_weight=sale.by_weight,
    )  # fmt: skip
    due.plan(market.session, "campaign.closes", campaign.id, sale.closes)
    return campaign.id


class BuyersMachine(RuleBasedStateMachine):
    """The real verbs on the left, the model on the right; each rule does one thing to both."""

    begun: ClassVar[Begun]
    opened: ClassVar[Callable[[], tuple[Database, Callable[[], None]]]]

    def __init__(self) -> None:
        super().__init__()
        self.database, self.drop = type(self).opened()
        self.book = Book()
        self.deals: list[Deal] = []
        self.payments: list[tuple[int, int]] = []
        self.charges: list[tuple[int, int, int]] = []
        begun = type(self).begun
        self.market, self.buyers, self.ids = begun.market, begun.buyers, begun.ids
        self.sales = sales()
        self.now = NOW

    def teardown(self) -> None:
        with self.database.reading() as session:
            assert broken(session) == []
        self.drop()

    # the buyer

    @rule(buyer=PICK, sale=PICK, quantity=st.integers(1, 25))
    def reserves(self, buyer: int, sale: int, quantity: int) -> None:
        who, sold = self.buyers[buyer % 3], self.sales[sale % 3]
        mine = [deal for deal in self.deals if deal.buyer == who.member_id and deal.state == "held"]
        fits = sold.state == "open" and self.now < sold.closes and sold.reserved + quantity <= sold.capacity
        made = self._try(lambda s: reserve(
            s, who, s.get_one(Campaign, self.ids[sale % 3]), Decimal(quantity), now=self.now,
        ).id)  # fmt: skip
        assert (made is not None) == (fits and len(mine) < 3)
        if made is not None:
            sold.reserved += quantity
            self.deals.append(Deal(made, sold, who.member_id, quantity, self.now + model.HOLD, sold.harvest_on))

    @precondition(lambda self: self.deals)
    @rule(pick=PICK)
    def pays_at_once(self, pick: int) -> None:
        deal, order = self._deal(pick)
        done = self._try(
            lambda s: start_payment(s, self._buyer(deal), s.get_one(Order, order), "sandbox", now=self.now).id
        )
        assert (done is not None) == self._may_pay(deal)
        if done is not None:
            self.book.receive(deal, deal.due)

    @precondition(lambda self: self.deals)
    @rule(pick=PICK)
    def opens_a_transfer(self, pick: int) -> None:
        deal, order = self._deal(pick)
        opened = self._try(
            lambda s: start_payment(s, self._buyer(deal), s.get_one(Order, order), "transfer", now=self.now).id
        )
        assert (opened is not None) == self._may_pay(deal)
        if opened is not None and opened not in [payment for payment, _ in self.payments]:
            self.payments.append((opened, order))

    @precondition(lambda self: self.payments)
    @rule(pick=PICK, amount=MINOR, charge=st.integers(0, 5))
    def money_comes(self, pick: int, amount: int, charge: int) -> None:
        """Any amount for any payment ever opened: too little, too much, twice, late; charges repeat."""
        payment, order = self.payments[pick % len(self.payments)]
        known = (payment, charge) in [(one, other) for one, other, _ in self.charges]
        if known:  # a provider repeats itself word for word
            amount = next(sum_ for one, other, sum_ in self.charges if (one, other) == (payment, charge))
        with self.database.writing() as session:
            payload = session.get_one(Payment, payment).payload
            fact = MoneyFact("transfer", f"{payment}/{charge}", payload, Money(amount, "INR"))
            outcome = money_came(session, fact, now=self.now)
        assert (outcome.came is Came.REPEATED) == known
        if not known:
            self.charges.append((payment, charge, amount))
            self.book.receive(self._of(order), amount)

    @precondition(lambda self: self.payments)
    @rule(pick=PICK, is_there=st.booleans())
    def shows_a_receipt_and_it_is_decided(self, pick: int, is_there: bool) -> None:
        payment, order = self.payments[pick % len(self.payments)]
        deal = self._of(order)
        sent = self._try(lambda s: submit_receipt(
            s, self._buyer(deal), s.get_one(Payment, payment), media_id=None, reference=f"UTR{payment}", now=self.now,
        ).payment.amount_minor)  # fmt: skip
        if sent is None:
            return
        with self.database.writing() as session:
            row = session.get_one(Payment, payment)
            purpose = row.purpose
            decide_receipt(session, self.market.operator, row, accept=is_there, reason="not there", now=self.now)
        if is_there:
            self.book.receive(deal, sent)
        self._time_again(deal, purpose, is_there)

    def _time_again(self, deal: model.Deal, purpose: str, is_there: bool) -> None:
        """The first receipt of a purpose stops the timer; after one was rejected none does."""
        if purpose not in deal.rejected:
            if deal.state == "held":
                deal.hold_until = self.now + timedelta(minutes=30)
            elif deal.state == "balance_due" and deal.late_at is not None:
                deal.late_at = max(deal.late_at, self.now + timedelta(hours=4))
            elif deal.state == "overdue":
                deal.plan_end(self.now)
        if not is_there:
            deal.rejected.add(purpose)

    @precondition(lambda self: self.deals)
    @rule(pick=PICK)
    def pays_from_the_wallet(self, pick: int) -> None:
        deal, order = self._deal(pick)
        enough = self.book.wallets.get(deal.buyer, 0) >= deal.due
        done = self._try(lambda s: pay_from_wallet(s, self._buyer(deal), s.get_one(Order, order), now=self.now).id)
        assert (done is not None) == (self._may_pay(deal) and enough)
        if done is not None:
            self.book.credit(deal.buyer, -deal.due)
            deal.from_wallet += deal.due
            self.book.pay(deal, deal.due)

    @precondition(lambda self: self.deals)
    @rule(pick=PICK)
    def agrees_on_cash(self, pick: int) -> None:
        deal, order = self._deal(pick)
        done = self._try(lambda s: agree_cash(s, self._buyer(deal), s.get_one(Order, order), now=self.now).id)
        assert (done is not None) == (deal.state in {"balance_due", "overdue"})
        if done is not None:
            deal.has_cash, deal.state = True, "ready"

    @precondition(lambda self: self.deals)
    @rule(pick=PICK, way=st.sampled_from(["deliver", "pickup"]))
    def chooses_delivery(self, pick: int, way: str) -> None:
        deal, order = self._deal(pick)
        done = self._try(lambda s: choose_delivery(
            s, self._buyer(deal), s.get_one(Order, order), way, address="4 Sea Road", now=self.now,
        ) or True)  # fmt: skip
        assert bool(done) == (deal.state in {"reserved", "allocated", "balance_due", "overdue", "ready"})
        if done:
            deal.fee = deal.sale.fee if way == "deliver" else 0
            self.book.square(deal, self.now)

    @precondition(lambda self: self.deals)
    @rule(pick=PICK)
    def cancels(self, pick: int) -> None:
        deal, order = self._deal(pick)
        moved, last = deal.promised != deal.sale.harvest_on, deal.promised - timedelta(days=3)
        in_time = deal.state == "held" or (deal.state == "reserved" and (moved or self.now.date() <= last))
        back = self._try(lambda s: cancel(s, self._buyer(deal), s.get_one(Order, order), now=self.now))
        assert (back is not None) == in_time
        if back is not None:
            assert back.minor == deal.paid - min(deal.paid, deal.contested)
            self.book.end(deal, "cancelled")

    @rule(buyer=PICK, amount=MINOR)
    def asks_for_a_payout(self, buyer: int, amount: int) -> None:
        who = self.buyers[buyer % 3]
        asked = self._try(lambda s: ask_payout(s, who, Money(amount, "INR"), "coop@upi", now=self.now).id)
        assert (asked is not None) == (self.book.wallets.get(who.member_id, 0) >= amount)
        if asked is not None:
            self.book.credit(who.member_id, -amount)
            self.book.pending += amount

    @rule(pick=PICK, paid=st.booleans())
    def an_operator_decides_a_refund(self, pick: int, paid: bool) -> None:
        with self.database.reading() as session:
            columns = select(Refund.id, Refund.kind, Refund.member_id, Refund.amount_minor, Refund.farm_id)
            waiting = session.execute(columns.where(Refund.state == "asked").order_by(Refund.id)).all()
        if not waiting:
            return
        one = waiting[pick % len(waiting)]
        done = self._try(lambda s: decide_payout(
            s, self.market.operator, s.get_one(Refund, one.id), paid=paid, reference="UTR1", now=self.now,
        ) or True)  # fmt: skip
        enough = one.kind == "payout" or self.book.wallets.get(one.member_id, 0) >= one.amount_minor
        assert bool(done) == (enough or not paid)
        if not done:
            return
        if one.kind == "payout":
            self.book.pending -= one.amount_minor
            if not paid and one.farm_id is not None:
                self.book.free_again(one.amount_minor)
            elif not paid:
                self.book.credit(one.member_id, one.amount_minor)
        elif paid:
            self.book.credit(one.member_id, -one.amount_minor)
        self.book.gone += one.amount_minor if paid else 0

    # both sides

    @invariant()
    def both_sides_agree(self) -> None:
        with self.database.reading() as session:
            orders: list[Any] = list(session.execute(ORDERS))
            paid = paid_by(session, orders)
            seen = [(one.state, paid[one.id].minor) for one in orders]
            held, wallets = Counter[AccountKind](), Counter[int]()
            for account, money in all_balances(session):
                held[account.kind] += money.minor
                if account.kind is AccountKind.CUSTOMER_CREDIT:
                    wallets[account.owner[1]] += money.minor
            quota = list(session.scalars(QUOTA))
        assert seen == [(deal.state, deal.paid) for deal in self.deals]
        book = self.book
        assert +wallets == +Counter(book.wallets)
        assert quota == [sale.reserved for sale in self.sales]
        assert held[AccountKind.ORDER_ESCROW] == sum(deal.kept for deal in self.deals)
        names = {AccountKind.FARMER_PAYABLE: book.farm, AccountKind.PLATFORM_FEE: book.platform,
                 AccountKind.SHIPPING: book.shipping, AccountKind.COURIER_CASH: book.cash,
                 AccountKind.SUSPENSE: book.aside,
                 AccountKind.WITHDRAWAL_PENDING: book.pending, AccountKind.PAYOUT_CLEARING: book.gone,
                 AccountKind.PROVIDER_CLEARING: book.came}  # fmt: skip
        assert {kind: held[kind] for kind in names} == names

    def _deal(self, pick: int) -> tuple[Deal, int]:
        deal = self.deals[pick % len(self.deals)]
        return deal, deal.id

    def _buyer(self, deal: Deal) -> Any:
        return next(who for who in self.buyers if who.member_id == deal.buyer)

    def _may_pay(self, deal: Deal) -> bool:
        return deal.due > 0

    def _of(self, order: int) -> Deal:
        return next(deal for deal in self.deals if deal.id == order)

    def _try(self, work: Callable[[Any], Any]) -> Any:
        """What the verb gave, or None when it refused; a refused transaction is rolled back whole, as the edge does."""
        try:
            with self.database.writing() as session:
                return work(session)
        except Refusal:
            return None

    def _must(self, work: Callable[[Any], Any]) -> None:
        with self.database.writing() as session:
            work(session)


def without_syncing(connection: Any, _record: object) -> None:
    """A database that need not survive a crash."""
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=MEMORY")
