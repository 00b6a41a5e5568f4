"""A case about goods that are paid in cash: with all that was paid goes what is still owed, whoever bears it."""

from __future__ import annotations

import pytest

from core.notices.case_cards import case_card
from core.orders import aftersale, case_ruling
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import Bearer, Wish
from core.orders.errors import AmountNotPositive
from core.orders.fulfil import CourierStatus, HandOver, collect_cash, hand_over, receive, report
from core.orders.models import Order
from core.orders.queries import order_card
from core.payments import books
from core.payments.ledger import AccountKind
from core.verify import broken
from tests.orders.market import Market, inr
from tests.orders.test_cases import complaint, free, wallet
from tests.orders.test_fulfil import buyer_of, packed


@pytest.fixture
def order(market: Market) -> Order:
    """5 kg at ₹120 and ₹40 for the delivery: ₹120 deposit paid, ₹520 agreed in cash and not taken yet."""
    order = packed(market, cash=True)
    hand_over(market.session, market.farmer, order, how=HandOver(self_delivered=True), now=market.now)
    report(market.session, market.farmer, order, CourierStatus.DELIVERED, now=market.now)
    return order


def sums(market: Market, order: Order) -> tuple[object, ...]:
    """(paid, still owed, given back, in the buyer's wallet)."""
    card = order_card(market.session, order.id)
    return card.paid, card.rest, card.back, wallet(market, order)


def ruled(market: Market, order: Order, percent: int, bearer: Bearer) -> AfterSaleCase:
    """Decided by the co-op, and carried out."""
    case = complaint(market, order)
    aftersale.disagree(market.session, market.farmer, case, now=market.now)
    case_ruling.rule(market.session, market.operator, case, percent, bearer, now=market.now)
    case_ruling.carry_out(market.session, case.id, market.later(days=3))
    return case


def test_whoever_has_all_back_owes_no_cash(market: Market, order: Order) -> None:
    case = complaint(market, order)
    told = case_card(market.session, case, market.farmer).text
    assert "💵 Then ₹520 need not be paid in cash." in told
    aftersale.accept(market.session, market.farmer, case, now=market.now)
    assert sums(market, order) == (inr(0), inr(0), inr(120), inr(120))
    with pytest.raises(AmountNotPositive):
        collect_cash(market.session, market.farmer, order, inr(1), now=market.now)
    receive(market.session, buyer_of(market, order), order, now=market.now)
    assert (order.state, free(market), broken(market.session)) == ("completed", inr(0), [])


@pytest.mark.parametrize("is_received", [False, True])
def test_what_the_co_op_bears_the_farm_has_in_full(market: Market, order: Order, is_received: bool) -> None:
    if is_received:
        receive(market.session, buyer_of(market, order), order, now=market.now)
    ruled(market, order, 100, Bearer.COOP)
    assert sums(market, order) == (inr(0), inr(0), inr(640), inr(120))
    if not is_received:
        receive(market.session, buyer_of(market, order), order, now=market.now)
    assert (free(market), books.held_in(market.session, AccountKind.PLATFORM_FEE, "INR")) == (inr(640), inr(-640))
    assert broken(market.session) == []


def test_with_a_part_back_the_cash_is_owed_as_before(market: Market, order: Order) -> None:
    case = complaint(market, order, Wish.PART)
    assert "💵" not in case_card(market.session, case, market.farmer).text
    aftersale.accept(market.session, market.farmer, case, now=market.now)
    assert sums(market, order) == (inr(72), inr(520), inr(48), inr(48))
    collect_cash(market.session, market.farmer, order, inr(520), now=market.now)
    assert broken(market.session) == []


def test_a_ruling_that_gives_nothing_back_spares_nothing(market: Market, order: Order) -> None:
    ruled(market, order, 0, Bearer.FARMER)
    assert sums(market, order) == (inr(120), inr(520), inr(0), inr(0))


def test_cash_that_was_taken_goes_back_to_the_wallet(market: Market, order: Order) -> None:
    collect_cash(market.session, market.farmer, order, inr(520), now=market.now)
    aftersale.accept(market.session, market.farmer, complaint(market, order), now=market.now)
    assert sums(market, order) == (inr(0), inr(0), inr(640), inr(640))
    assert broken(market.session) == []
