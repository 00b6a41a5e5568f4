"""Paying: every way, and money that comes too little, too much, twice, late, or from nowhere."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.money import Money
from core.orders.allocation import Sharing
from core.orders.cancel import cancel, hold_ends
from core.orders.errors import (
    CreditTooLow,
    HoldEnded,
    MethodNotOffered,
    NoSuchOrder,
    NothingDue,
    NothingToSend,
    PriceChanged,
    WrongPayer,
)
from core.orders.harvest import enter_harvest
from core.orders.intake import Came, MoneyFact, Outcome
from core.orders.models import Order, id_of, number_of
from core.orders.payouts import ask_payout
from core.orders.purse import paid
from core.orders.reserve import reserve
from core.orders.settle import (
    agree_cash,
    book_suspense,
    due_now,
    methods_for,
    money_came,
    pay_from_wallet,
    precheck,
    start_payment,
)
from core.orders.stray import book_stray
from core.orders.wallet import decide_payout, wallet_balance
from core.payments import books
from core.payments.models import Payment, Refund
from core.permissions import Actor
from tests.orders.market import NOW, Market, inr


def held(market: Market, quantity: int = 5, **sale: object) -> tuple[Actor, Order]:
    """Somebody's fresh reservation: ₹120 deposit of ₹600."""
    asha = market.buyer()
    return asha, reserve(market.session, asha, market.sale(**sale), Decimal(quantity), now=market.now)


def invoice(market: Market, asha: Actor, order: Order) -> Payment:
    return start_payment(market.session, asha, order, "messenger_invoice", now=market.now)


def pays(market: Market, payment: Payment, amount: Money, charge: str = "ch1") -> Outcome:
    fact = MoneyFact(payment.provider, charge, payment.payload, amount)
    return money_came(market.session, fact, now=market.now)


def balance_due(market: Market) -> tuple[Actor, Order]:
    """An order with ₹480 to pay after the harvest."""
    asha, order = held(market)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    enter_harvest(
        market.session, market.farmer, _sale_of(market, order), Decimal(200), sharing=Sharing.FULL, now=market.now
    )
    assert order.state == "balance_due"
    return asha, order


def _sale_of(market: Market, order: Order) -> Campaign:
    return market.session.get_one(Campaign, order.campaign_id)


def credit(market: Market, who: Actor) -> Money:
    return wallet_balance(market.session, who.member_id)


def tasks(market: Market) -> list[Refund]:
    return list(market.session.scalars(select(Refund).where(Refund.state == "asked").order_by(Refund.id)))


def test_the_deposit_makes_it_reserved(market: Market) -> None:
    asha, order = held(market)
    outcome = pays(market, invoice(market, asha, order), inr(120))
    assert (outcome.came, outcome.to_order, outcome.owed) == (Came.DEPOSIT_PAID, inr(120), inr(0))
    assert (order.state, paid(market.session, order)) == ("reserved", inr(120))


def test_the_same_charge_a_hundred_times_is_one_payment(market: Market) -> None:
    asha, order = held(market)
    payment = invoice(market, asha, order)
    came = [pays(market, payment, inr(120)).came for _ in range(100)]
    assert came == [Came.DEPOSIT_PAID] + [Came.REPEATED] * 99
    assert paid(market.session, order) == inr(120)
    assert credit(market, asha) == inr(0)


def test_the_receivers_booking_and_the_workers_are_one(market: Market) -> None:
    asha, order = held(market)
    payment = invoice(market, asha, order)
    for _ in range(2):
        book_suspense(market.session, provider="messenger_invoice", charge_id="ch1", amount=inr(120), now=NOW)
    pays(market, payment, inr(120))
    assert paid(market.session, order) == inr(120)


def test_too_little_is_kept_and_the_exact_rest_stays_due(market: Market) -> None:
    asha, order = held(market)
    outcome = pays(market, invoice(market, asha, order), inr("119.99"))
    assert (outcome.came, outcome.owed) == (Came.PART_PAID, inr("0.01"))
    assert order.state == "held"
    pays(market, start_payment(market.session, asha, order, "transfer", now=NOW), inr("0.01"), "ch2")
    assert order.state == "reserved"


def test_too_much_goes_to_the_wallet_with_a_task(market: Market) -> None:
    asha, order = held(market)
    outcome = pays(market, invoice(market, asha, order), inr(150))
    assert (outcome.came, outcome.to_credit) == (Came.DEPOSIT_PAID, inr(30))
    assert credit(market, asha) == inr(30)
    assert [(task.amount, task.why) for task in tasks(market)] == [(inr(30), "excess")]


def test_paid_twice_with_two_charges_the_second_is_credit(market: Market) -> None:
    asha, order = held(market)
    payment = invoice(market, asha, order)
    pays(market, payment, inr(120), "ch1")
    outcome = pays(market, payment, inr(120), "ch2")
    assert (outcome.came, outcome.to_credit) == (Came.TO_CREDIT, inr(120))
    assert (order.state, credit(market, asha)) == ("reserved", inr(120))
    assert len(tasks(market)) == 1


def test_a_late_deposit_takes_the_reservation_up_again_while_there_is_some(market: Market) -> None:
    asha, order = held(market)
    payment = invoice(market, asha, order)
    hold_ends(market.session, order.id, market.later(minutes=31))
    assert order.state == "expired"
    assert pays(market, payment, inr(120)).came is Came.DEPOSIT_PAID
    assert order.state == "reserved"


def test_a_late_deposit_for_what_is_gone_is_credit(market: Market) -> None:
    asha, order = held(market, capacity=Decimal(5))
    payment = invoice(market, asha, order)
    hold_ends(market.session, order.id, market.later(minutes=31))
    reserve(market.session, market.buyer("Bina"), _sale_of(market, order), Decimal(1), now=market.now)
    assert pays(market, payment, inr(120)).came is Came.TO_CREDIT
    assert (order.state, credit(market, asha)) == ("expired", inr(120))
    assert [task.why for task in tasks(market)] == ["late"]


def test_money_for_a_cancelled_order_is_credit(market: Market) -> None:
    asha, order = held(market)
    payment = invoice(market, asha, order)
    cancel(market.session, asha, order, now=NOW)
    assert pays(market, payment, inr(120)).came is Came.TO_CREDIT
    assert (credit(market, asha), [task.why for task in tasks(market)]) == (inr(120), ["cancelled"])


def test_another_currency_stays_in_suspense_until_it_was_sent_back(market: Market) -> None:
    asha, order = held(market)
    payment = invoice(market, asha, order)
    charge = books.Charge("messenger_invoice", "ch1")
    with market.session.begin_nested() as kept_apart:
        assert pays(market, payment, Money(500, "USD")).came is Came.STRAY
        assert order.state == "held"
        assert books.suspense_holds(market.session, charge, "USD") == Money(500, "USD")
        (task,) = tasks(market)
        decide_payout(market.session, market.operator, task, paid=True, reference="R1", now=NOW)
        assert not books.suspense_holds(market.session, charge, "USD")
        kept_apart.rollback()  # a shop has one currency: the ledger's check would name this money


def test_money_with_an_unknown_payload_is_kept_for_an_operator(market: Market) -> None:
    outcome = money_came(market.session, MoneyFact("messenger_invoice", "ch9", "forged", inr(5)), now=NOW)
    assert (outcome.came, outcome.order_id) == (Came.STRAY, None)
    assert market.session.get_one(Payment, outcome.payment_id).state == "stray"
    (task,) = tasks(market)
    assert (task.kind, task.member_id, task.why) == ("stray", None, "nobody")


def test_nobodys_money_is_booked_to_the_order_that_staff_names_and_the_rest_is_its_buyers(market: Market) -> None:
    asha, order = held(market)
    money_came(market.session, MoneyFact("messenger_invoice", "ch9", "forged", inr(150)), now=NOW)
    (task,) = tasks(market)
    with pytest.raises(Changed):
        decide_payout(market.session, market.operator, task, paid=False, reference="no", now=NOW)
    with pytest.raises(NoSuchOrder), market.session.begin_nested():
        book_stray(market.session, market.operator, task, "12 mangoes", now=NOW)
    outcome = book_stray(market.session, market.operator, task, f" #{order.number.lower()}", now=NOW)
    assert outcome is not None
    assert (outcome.to_order, outcome.to_credit) == (inr(120), inr(30))
    assert (order.state, credit(market, asha)) == ("reserved", inr(30))
    assert (task.state, task.member_id, task.reference) == ("booked", asha.member_id, order.number)


@pytest.mark.parametrize("order_id", [1, 999, 1000, 25_999, 26_000, 702_001])
def test_the_number_people_say_leads_back_to_the_order(order_id: int) -> None:
    assert id_of(number_of(order_id)) == order_id


def test_money_with_an_unknown_payload_from_a_known_payer_is_in_his_wallet(market: Market) -> None:
    asha = market.buyer()
    fact = MoneyFact("messenger_invoice", "ch9", "forged", inr(5), payer_id=asha.member_id)
    assert money_came(market.session, fact, now=NOW).came is Came.TO_CREDIT
    assert money_came(market.session, fact, now=NOW).came is Came.REPEATED
    assert (credit(market, asha), [task.why for task in tasks(market)]) == (inr(5), ["unknown"])


def test_the_balance_makes_it_ready(market: Market) -> None:
    asha, order = balance_due(market)
    assert due_now(market.session, order) == inr(480)
    assert pays(market, invoice(market, asha, order), inr(480)).came is Came.BALANCE_PAID
    assert order.state == "ready"


def test_a_double_tap_opens_one_payment(market: Market) -> None:
    asha, order = held(market)
    assert invoice(market, asha, order) is invoice(market, asha, order)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"payload": "another"}, NotFound), ({"member_id": 999}, WrongPayer), ({"amount_minor": 11999}, PriceChanged),
        ({"currency": "USD"}, PriceChanged),
    ],
)  # fmt: skip
def test_the_precheck_refuses_what_does_not_fit(market: Market, change: dict[str, object], refusal: type) -> None:
    asha, order = held(market)
    facts: dict[str, object] = {
        "payload": invoice(market, asha, order).payload, "currency": "INR", "amount_minor": 12000,
        "member_id": asha.member_id,
    }  # fmt: skip
    precheck(market.session, **facts, now=NOW)  # type: ignore[arg-type] # the same names
    with pytest.raises(refusal):
        precheck(market.session, **{**facts, **change}, now=NOW)  # type: ignore[arg-type] # the same names


def test_the_precheck_refuses_an_ended_hold_and_a_paid_order(market: Market) -> None:
    asha, order = held(market)
    facts = {"payload": invoice(market, asha, order).payload, "currency": "INR", "amount_minor": 12000}
    with pytest.raises(HoldEnded):
        precheck(market.session, **facts, member_id=asha.member_id, now=market.later(minutes=30))  # type: ignore[arg-type] # the same names
    market.now = NOW
    start_payment(market.session, asha, order, "sandbox", now=NOW)
    with pytest.raises(NothingDue):
        precheck(market.session, **facts, member_id=asha.member_id, now=NOW)  # type: ignore[arg-type] # the same names


def test_only_the_ways_that_fit_are_offered(market: Market) -> None:
    asha, order = held(market)
    offered = [method.provider for method in methods_for(market.session, order)]
    assert offered == ["messenger_invoice", "transfer", "sandbox"]
    with pytest.raises(MethodNotOffered):
        start_payment(market.session, asha, order, "cash", now=NOW)
    with pytest.raises(CreditTooLow):
        pay_from_wallet(market.session, asha, order, now=NOW)
    _, small = held(market, quantity=1)  # ₹24: below what the messenger takes
    assert "messenger_invoice" not in [method.provider for method in methods_for(market.session, small)]


def test_the_wallet_is_offered_and_pays_when_it_suffices(market: Market) -> None:
    asha, order = held(market)
    start_payment(market.session, asha, order, "sandbox", now=NOW)
    cancel(market.session, asha, order, now=NOW)
    assert credit(market, asha) == inr(120)
    again = reserve(market.session, asha, _sale_of(market, order), Decimal(5), now=NOW)
    assert "wallet" in [method.provider for method in methods_for(market.session, again)]
    payment = start_payment(market.session, asha, again, "wallet", now=NOW)
    assert (payment.state, again.state, credit(market, asha)) == ("confirmed", "reserved", inr(0))


def test_cash_is_for_the_balance_and_makes_the_order_ready(market: Market) -> None:
    asha, order = balance_due(market)
    assert "cash" in [method.provider for method in methods_for(market.session, order)]
    agree_cash(market.session, asha, order, now=NOW)
    assert (order.state, order.cash_agreed, due_now(market.session, order)) == ("ready", True, inr(0))


def test_a_stranger_cannot_pay_and_learns_nothing(market: Market) -> None:
    _, order = held(market)
    with pytest.raises(NotFound):
        start_payment(market.session, market.buyer("Bina"), order, "sandbox", now=NOW)


def test_nothing_is_paid_when_nothing_is_due(market: Market) -> None:
    asha, order = held(market)
    start_payment(market.session, asha, order, "sandbox", now=NOW)
    with pytest.raises(NothingDue):
        start_payment(market.session, asha, order, "sandbox", now=NOW)


def test_a_payout_is_set_aside_sent_or_returned(market: Market) -> None:
    asha, order = held(market)
    pays(market, invoice(market, asha, order), inr(220))
    with pytest.raises(CreditTooLow):
        ask_payout(market.session, asha, inr(101), "coop@upi", now=NOW)
    first = ask_payout(market.session, asha, inr(60), "coop@upi", now=NOW)
    second = ask_payout(market.session, asha, inr(40), "coop@upi", now=NOW)
    assert credit(market, asha) == inr(0)
    decide_payout(market.session, market.operator, first, paid=True, reference="UTR7", now=NOW)
    decide_payout(market.session, market.operator, second, paid=False, reference="no such account", now=NOW)
    assert (first.state, first.reference, second.state) == ("done", "UTR7", "refused")
    assert credit(market, asha) == inr(40)


def test_a_task_that_was_sent_leaves_the_wallet_but_never_below_nothing(market: Market) -> None:
    asha, order = held(market)
    pays(market, invoice(market, asha, order), inr(220))
    (task,) = tasks(market)
    ask_payout(market.session, asha, inr(50), "coop@upi", now=NOW)
    with pytest.raises(NothingToSend), market.session.begin_nested():
        decide_payout(market.session, market.operator, task, paid=True, reference="R", now=NOW)
    assert credit(market, asha) == inr(50)
