"""Transfers: what really came, a timer that stops once, nobody's own money, and two people above the limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.errors import Changed, NotAllowed, YourOwn
from core.events import Event, EventKind
from core.members.decisions import (
    AlreadyDecided,
    AskAnother,
    NobodyConfirms,
    NobodyElse,
    OneMoreConfirms,
    check_open,
    confirmed_once,
    decide,
)
from core.members.models import Farm, MemberRole
from core.messaging.models import Due
from core.orders.cancel import cancel, hold_ends
from core.orders.errors import AmountNotPositive
from core.orders.intake import Came
from core.orders.models import Order
from core.orders.payouts import ask_payout
from core.orders.queries import order_card
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.transfers import decide_receipt, goes_on_until, submit_receipt
from core.orders.wallet import decide_payout, wallet_balance
from core.payments.models import Payment, Refund
from core.permissions import Actor, Role
from core.settings import service as settings
from tests.orders.market import NOW, Market, inr, member

HALF_AN_HOUR = timedelta(minutes=30)


def waiting(market: Market, who: Actor | None = None) -> tuple[Actor, Order, Payment]:
    """Somebody's deposit of ₹120, whose receipt waits."""
    buyer = who or market.buyer()
    order = reserve(market.session, buyer, market.sale(), Decimal(5), now=NOW)
    payment = start_payment(market.session, buyer, order, "transfer", now=NOW)
    shown(market, buyer, payment)
    return buyer, order, payment


def shown(market: Market, who: Actor, payment: Payment, at: datetime = NOW) -> datetime | None:
    submit_receipt(market.session, who, payment, media_id=None, reference="UTR 42", now=at)
    return goes_on_until(market.session, payment)


def limit(market: Market, rupees: int) -> None:
    settings.put(market.session, "two_people_above", str(rupees * 100), by=None, now=NOW)


# ---- the amount that came


def test_less_than_was_asked_is_a_part_payment_and_the_exact_rest_is_owed(market: Market) -> None:
    buyer, order, payment = waiting(market)
    outcome = decide_receipt(
        market.session, market.operator, payment, accept=True, reason=None, amount=inr(90), now=NOW
    )
    assert outcome is not None
    assert (outcome.came, outcome.to_order, outcome.owed) == (Came.PART_PAID, inr(90), inr(30))
    assert (order.state, order.hold_until) == ("held", NOW + HALF_AN_HOUR)
    assert (payment.state, payment.amount) == ("confirmed", inr(90))
    rest = start_payment(market.session, buyer, order, "transfer", now=NOW)
    assert (rest.id != payment.id, rest.amount) == (True, inr(30))
    assert shown(market, buyer, rest) is None, "real money came: the timer stops for the rest"
    decide_receipt(market.session, market.operator, rest, accept=True, reason=None, now=NOW)
    assert order.state == "reserved"


def test_more_than_was_asked_pays_the_order_and_the_rest_is_the_buyers_credit(market: Market) -> None:
    buyer, order, payment = waiting(market)
    outcome = decide_receipt(
        market.session, market.operator, payment, accept=True, reason=None, amount=inr(150), now=NOW
    )
    assert outcome is not None
    assert (outcome.came, outcome.to_order, outcome.to_credit) == (Came.DEPOSIT_PAID, inr(120), inr(30))
    assert (order.state, wallet_balance(market.session, buyer.member_id)) == ("reserved", inr(30))
    told = select(Event.data).where(Event.kind == EventKind.MONEY_TO_CREDIT.value)
    assert [data["why"] for data in market.session.scalars(told)] == ["excess"]


@pytest.mark.parametrize("rupees", [0, -5, 1201])
def test_an_amount_that_cannot_be_meant_is_refused(market: Market, rupees: int) -> None:
    _buyer, order, payment = waiting(market)
    with pytest.raises(AmountNotPositive):
        decide_receipt(
            market.session, market.operator, payment, accept=True, reason=None, amount=inr(rupees), now=NOW
        )  # fmt: skip
    assert (payment.state, order.state) == ("submitted", "held")


# ---- the timer stops once


def test_after_a_rejection_the_hold_runs_out_whatever_is_handed_in(market: Market) -> None:
    buyer, order, payment = waiting(market)
    assert order.hold_until is None
    decide_receipt(market.session, market.operator, payment, accept=False, reason="no money", now=NOW)
    until = NOW + HALF_AN_HOUR
    assert order.hold_until == until
    assert shown(market, buyer, payment, NOW + timedelta(minutes=5)) == until, "and the buyer is told so"
    decide_receipt(
        market.session, market.operator, payment, accept=False, reason="no money", now=NOW + timedelta(minutes=20)
    )
    assert order.hold_until == until, "the second rejection gives no more time"
    shown(market, buyer, payment, NOW + timedelta(minutes=25))
    another = start_payment(market.session, buyer, order, "transfer", now=NOW + timedelta(minutes=26))
    assert shown(market, buyer, another, NOW + timedelta(minutes=27)) == until, "nor does another payment"
    hold_ends(market.session, order.id, until)
    assert order.state == "expired"


def test_money_that_is_found_after_all_takes_the_share_again(market: Market) -> None:
    buyer, order, payment = waiting(market)
    decide_receipt(market.session, market.operator, payment, accept=False, reason="no money", now=NOW)
    shown(market, buyer, payment)
    hold_ends(market.session, order.id, NOW + HALF_AN_HOUR)
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW + timedelta(hours=3))
    assert order.state == "reserved"


def test_the_balance_has_a_stop_of_its_own(market: Market) -> None:
    buyer, order, payment = waiting(market)
    decide_receipt(market.session, market.operator, payment, accept=False, reason="no money", now=NOW)
    start_payment(market.session, buyer, order, "sandbox", now=NOW)
    order.state, order.allocated, order.balance_due_at = "balance_due", order.quantity, NOW + timedelta(hours=1)
    balance = start_payment(market.session, buyer, order, "transfer", now=NOW)
    assert shown(market, buyer, balance) is None
    decide_receipt(market.session, market.operator, balance, accept=False, reason="no money", now=NOW)
    assert order.balance_due_at == NOW + timedelta(hours=4)
    assert shown(market, buyer, balance, NOW + timedelta(hours=3)) == NOW + timedelta(hours=4)
    decide_receipt(
        market.session, market.operator, balance, accept=False, reason="no money", now=NOW + timedelta(hours=3)
    )
    assert order.balance_due_at == NOW + timedelta(hours=4)
    planned = select(Due.due_at).where(Due.task == "order.balance_late", Due.done_at.is_(None))
    assert list(market.session.scalars(planned)) == [NOW + timedelta(hours=4)]
    order.state = "reserved"


# ---- nobody decides on his own


def test_nobody_confirms_his_own_receipt_and_hears_whom_to_ask(market: Market) -> None:
    _ravi, order, payment = waiting(market, market.operator)
    for accept in (True, False):
        with pytest.raises(AskAnother) as refused:
            decide_receipt(market.session, market.operator, payment, accept=accept, reason="mine", now=NOW)
        assert refused.value.text() == "This is yours: another person decides on it. Ask Mina."
    with pytest.raises(YourOwn):
        check_open(market.session, market.operator, payment)
    assert (payment.state, order.state) == ("submitted", "held")
    decide_receipt(market.session, market.other_operator, payment, accept=True, reason=None, now=NOW)
    assert order.state == "reserved"


def test_who_decides_alone_is_told_how_somebody_else_comes_to(market: Market) -> None:
    market.session.execute(MemberRole.__table__.delete().where(MemberRole.member_id == market.other_operator.member_id))
    _ravi, _order, payment = waiting(market, market.operator)
    with pytest.raises(NobodyElse) as refused:
        decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    assert "👥 Members, ➕ Operator" in refused.value.text()
    member(market.session, "Meera", Role.OWNER)
    with pytest.raises(AskAnother) as told:
        decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    assert "Meera" in told.value.text()


def test_nobody_sends_his_own_payout_nor_approves_his_own_farm(market: Market) -> None:
    payout = credited(market, market.operator)
    with pytest.raises(YourOwn):
        decide_payout(market.session, market.operator, payout, paid=True, reference="R", now=NOW)
    farm = Farm(member_id=market.operator.member_id, store_name="Ravi's", state="pending", created_at=NOW)
    market.session.add(farm)
    market.session.flush()
    with pytest.raises(YourOwn):
        decide(market.session, market.operator, farm, "approve", now=NOW)
    with pytest.raises(NotAllowed):
        decide(market.session, market.farmer, farm, "approve", now=NOW)
    decide(market.session, market.other_operator, farm, "approve", now=NOW)


def credited(market: Market, who: Actor) -> Refund:
    """Somebody's payout of ₹120, which waits."""
    order = reserve(market.session, who, market.sale(), Decimal(5), now=NOW)
    start_payment(market.session, who, order, "sandbox", now=NOW)
    cancel(market.session, who, order, now=NOW)
    return ask_payout(market.session, who, inr(120), "coop@upi", now=NOW)


# ---- two people above the limit


def test_one_person_is_enough_up_to_the_limit_and_while_there_is_none(market: Market) -> None:
    assert settings.get_int(market.session, "two_people_above") == 0
    _buyer, first, payment = waiting(market)
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    limit(market, 120)
    _buyer, second, payment = waiting(market)
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    assert [first.state, second.state] == ["reserved", "reserved"]


def test_above_the_limit_a_receipt_is_booked_when_a_second_person_confirms(market: Market) -> None:
    limit(market, 100)
    _buyer, order, payment = waiting(market)
    rev = payment.rev
    assert decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW) is None
    assert (payment.state, order.state, order.hold_until, payment.rev) == ("submitted", "held", None, rev + 1)
    assert order_card(market.session, order.id).paid == inr(0)
    with pytest.raises(OneMoreConfirms) as refused:
        decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    assert "Mina" in refused.value.text()
    outcome = decide_receipt(market.session, market.other_operator, payment, accept=True, reason=None, now=NOW)
    assert outcome is not None
    assert order.state == "reserved"
    with pytest.raises(AlreadyDecided) as late:
        decide_receipt(market.session, market.operator, payment, accept=False, reason="no", now=NOW)
    assert late.value.params == {"by": "Mina", "at": NOW}
    asked = select(Event.data).where(Event.kind == EventKind.CONFIRMED_ONCE.value)
    assert list(market.session.scalars(asked)) == [{"amount": 12000}]


def test_two_people_must_see_the_same_amount(market: Market) -> None:
    limit(market, 80)
    _buyer, order, payment = waiting(market)
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    again = decide_receipt(
        market.session, market.other_operator, payment, accept=True, reason=None, amount=inr(90), now=NOW
    )
    assert again is None
    seen = confirmed_once(market.session, payment)
    assert seen is not None
    assert (seen.member_id, seen.amount_minor) == (market.other_operator.member_id, 9000)
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, amount=inr(90), now=NOW)
    assert order_card(market.session, order.id).paid == inr(90)


def test_one_person_may_reject_and_a_new_receipt_begins_anew(market: Market) -> None:
    limit(market, 100)
    buyer, order, payment = waiting(market)
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    decide_receipt(market.session, market.other_operator, payment, accept=False, reason="not there", now=NOW)
    assert payment.state == "rejected"
    shown(market, buyer, payment)
    assert decide_receipt(market.session, market.other_operator, payment, accept=True, reason=None, now=NOW) is None
    assert order.state == "held"


def test_a_payout_above_the_limit_goes_out_when_two_agree(market: Market) -> None:
    limit(market, 100)
    payout = credited(market, market.buyer())
    assert not decide_payout(market.session, market.operator, payout, paid=True, reference=None, now=NOW)
    assert (payout.state, payout.reference) == ("asked", None)
    with pytest.raises(OneMoreConfirms):
        decide_payout(market.session, market.operator, payout, paid=True, reference="UTR 1", now=NOW)
    assert decide_payout(market.session, market.other_operator, payout, paid=True, reference="UTR 1", now=NOW)
    assert (payout.state, payout.reference) == ("done", "UTR 1")
    with pytest.raises(Changed):
        decide_payout(market.session, market.operator, payout, paid=True, reference="UTR 2", now=NOW)


def test_who_confirms_alone_is_told_how_somebody_else_comes_to(market: Market) -> None:
    limit(market, 100)
    market.session.execute(MemberRole.__table__.delete().where(MemberRole.member_id == market.other_operator.member_id))
    _buyer, _order, payment = waiting(market)
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    with pytest.raises(NobodyConfirms):
        decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
