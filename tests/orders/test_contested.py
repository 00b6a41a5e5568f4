"""A provider took money back: no refund pays the same money once more, whatever came first, and a win gives it back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog.models import Campaign
from core.events import Event
from core.members.models import Member
from core.orders import aftersale, case_ruling, contested
from core.orders.allocation import Sharing
from core.orders.cancel import balance_late, cancel, crop_lost
from core.orders.case_models import AfterSaleCase
from core.orders.case_money import refundable
from core.orders.case_states import Bearer
from core.orders.forfeit import forfeit
from core.orders.fulfil import HandOver, hand_over, receive
from core.orders.harvest import enter_harvest
from core.orders.late import cancel_late, keep_deposits
from core.orders.models import Order
from core.orders.payouts import ask_payout
from core.orders.queries import order_card
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.undelivered import Bearer as Bears
from core.orders.undelivered import Cause, fail_delivery, settle_undelivered
from core.payments import books
from core.payments.ledger import AccountKind
from core.payments.models import Payment
from core.personal.erase import DecisionsWait, check_erasable
from core.verify import broken
from tests.orders.market import Market, inr
from tests.orders.test_cases import complaint, delivered, disputed, free, wallet
from tests.orders.test_fulfil import buyer_of, packed


def reserved(market: Market) -> Order:
    """10 kg at ₹120 whose deposit of ₹240 is paid."""
    buyer, sale = market.buyer(), market.sale(closes_at=market.now + timedelta(days=14))
    order = reserve(market.session, buyer, sale, Decimal(10), now=market.now)
    start_payment(market.session, buyer, order, "sandbox", now=market.now)
    return order


def sale_of(market: Market, order: Order) -> Campaign:
    return market.session.get_one(Campaign, order.campaign_id)


def charged_back(market: Market, order: Order, rupees: int) -> AfterSaleCase:
    """So much of the order's newest charge."""
    mine = select(Payment).where(Payment.order_id == order.id, Payment.state == "confirmed")
    charge = market.session.scalars(mine.order_by(Payment.id.desc())).first()
    assert charge is not None
    return case_ruling.enter_chargeback(market.session, market.operator, charge, inr(rupees), now=market.now)


def ends(market: Market, case: AfterSaleCase, *, won: bool) -> None:
    case_ruling.end_chargeback(market.session, market.operator, case, won=won, now=market.now)
    assert broken(market.session) == []


def coop(market: Market) -> object:
    return books.held_in(market.session, AccountKind.PLATFORM_FEE, "INR")


def aside(market: Market) -> object:
    return books.held_in(market.session, AccountKind.SUSPENSE, "INR")


@pytest.mark.parametrize("won", [True, False])
def test_what_is_contested_of_a_cancelled_order_waits_and_follows_the_providers_last_word(
    market: Market, won: bool
) -> None:
    order = reserved(market)
    case = charged_back(market, order, 200)
    assert cancel(market.session, buyer_of(market, order), order, now=market.now) == inr(40)
    assert (wallet(market, order), aside(market), coop(market)) == (inr(40), inr(200), inr(-200))
    card = order_card(market.session, order.id)
    assert (card.paid, card.back) == (inr(40), inr(40))
    told = market.session.scalars(select(Event).where(Event.kind == "refund_waits")).one()
    assert (told.subject_id, told.data["amount"]) == (case.id, 200_00)
    ends(market, case, won=won)
    assert (wallet(market, order), aside(market), coop(market)) == (inr(240 if won else 40), inr(0), inr(0))
    assert order_card(market.session, order.id).back == inr(240 if won else 40)


@pytest.mark.parametrize("won", [True, False])
def test_what_went_back_before_the_chargeback_is_set_aside_out_of_the_wallet(market: Market, won: bool) -> None:
    order = reserved(market)
    cancel(market.session, buyer_of(market, order), order, now=market.now)
    case = charged_back(market, order, 240)
    assert (wallet(market, order), contested.waiting(market.session, case)) == (inr(0), inr(240))
    ends(market, case, won=won)
    assert (wallet(market, order), coop(market)) == (inr(240 if won else 0), inr(0))
    assert contested.returned(market.session, case) == inr(240 if won else 0)


def test_what_the_buyer_took_out_meanwhile_is_the_co_ops_loss_and_no_farms(market: Market) -> None:
    order = reserved(market)
    buyer = buyer_of(market, order)
    cancel(market.session, buyer, order, now=market.now)
    other = delivered(market)
    receive(market.session, buyer_of(market, other), other, now=market.now)
    ask_payout(market.session, buyer, inr(200), "asha@upi", now=market.now)
    case = charged_back(market, order, 240)
    assert contested.waiting(market.session, case) == inr(40)
    ends(market, case, won=False)
    assert (wallet(market, order), free(market), case.coop, coop(market)) == (inr(0), inr(640), inr(0), inr(-200))


def test_a_lost_crop_pays_back_what_is_not_contested(market: Market) -> None:
    order, other = reserved(market), reserved(market)
    case = charged_back(market, order, 240)
    for each in (order, other):
        crop_lost(market.session, market.farmer, sale_of(market, each), "rain", now=market.now)
    assert (wallet(market, order), wallet(market, other)) == (inr(0), inr(240))
    ends(market, case, won=False)
    assert (wallet(market, order), coop(market)) == (inr(0), inr(0))


@pytest.mark.parametrize(("won", "farm", "back"), [(True, 240, 0), (False, 40, 0)])
def test_a_forfeited_deposit_waits_for_the_provider_and_then_reaches_the_farm(
    market: Market, won: bool, farm: int, back: int
) -> None:
    order = overdue(market)
    case = charged_back(market, order, 200)
    forfeit(market.session, market.operator, order, now=market.later(days=3))
    assert (free(market), wallet(market, order)) == (inr(0), inr(0))
    ends(market, case, won=won)
    assert (free(market), wallet(market, order), coop(market)) == (inr(farm), inr(back), inr(0))


def overdue(market: Market) -> Order:
    order = reserved(market)
    sale = sale_of(market, order)
    enter_harvest(market.session, market.farmer, sale, Decimal(200), sharing=Sharing.FAIR, now=market.now)
    balance_late(market.session, order.id, market.later(days=3))
    assert order.state == "overdue"
    return order


def test_a_deposit_kept_of_a_late_cancellation_waits_for_the_provider(market: Market) -> None:
    order = reserved(market)
    case = charged_back(market, order, 100)
    cancel_late(market.session, buyer_of(market, order), order, now=market.later(days=18))
    keep_deposits(market.session, sale_of(market, order), now=market.now)
    assert (free(market), wallet(market, order)) == (inr(0), inr(0))
    ends(market, case, won=False)
    assert (free(market), wallet(market, order), coop(market)) == (inr(140), inr(0), inr(0))


def test_a_settled_delivery_that_never_arrived_waits_for_the_provider(market: Market) -> None:
    order = delivered_not(market)
    case = charged_back(market, order, 512)
    settle_undelivered(market.session, market.operator, order, Bears.BUYER, now=market.now)
    assert (wallet(market, order), free(market)) == (inr(0), inr(0))  # ₹480 of it would go back
    ends(market, case, won=False)
    assert (wallet(market, order), free(market), coop(market)) == (inr(0), inr(128), inr(0))


def delivered_not(market: Market) -> Order:
    order = packed(market)
    hand_over(market.session, market.farmer, order, how=HandOver(self_delivered=True), now=market.now)
    fail_delivery(market.session, market.farmer, order, Cause.REFUSED, now=market.now)
    return order


@pytest.mark.parametrize("won", [True, False])
def test_a_ruling_for_the_buyer_is_smaller_by_what_the_provider_took(market: Market, won: bool) -> None:
    order, case = disputed(market)
    taken = charged_back(market, order, 100)
    case_ruling.rule(market.session, market.operator, case, 50, Bearer.FARMER, now=market.now)
    case_ruling.carry_out(market.session, case.id, market.later(days=1))
    assert (wallet(market, order), aside(market)) == (inr(220), inr(100))
    ends(market, taken, won=won)
    assert (wallet(market, order), coop(market)) == (inr(320 if won else 220), inr(0))


def test_after_a_lost_chargeback_only_the_rest_can_go_back(market: Market) -> None:
    order = delivered(market)
    receive(market.session, buyer_of(market, order), order, now=market.now)
    ends(market, charged_back(market, order, 500), won=False)
    assert (free(market), refundable(market.session, order)) == (inr(140), inr(140))
    case = complaint(market, order)
    aftersale.accept(market.session, market.farmer, case, now=market.now)
    assert (wallet(market, order), free(market), case.coop) == (inr(140), inr(0), inr(0))
    assert broken(market.session) == []


def test_nobody_is_forgotten_while_a_chargeback_may_give_money_back(market: Market) -> None:
    order = reserved(market)
    buyer = buyer_of(market, order)
    cancel(market.session, buyer, order, now=market.now)
    case = charged_back(market, order, 240)
    row = market.session.get_one(Member, buyer.member_id)
    with pytest.raises(DecisionsWait):
        check_erasable(market.session, buyer, row)
    ends(market, case, won=False)
    check_erasable(market.session, buyer, row)
