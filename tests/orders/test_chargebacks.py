"""What a provider took back goes back to nobody else meanwhile: not by cancelling nor by a case; nothing is stuck."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog.models import Campaign
from core.errors import YourOwn
from core.money import Money
from core.orders import aftersale, case_ruling, handing
from core.orders.allocation import Sharing
from core.orders.cancel import balance_late, cancel, crop_lost
from core.orders.case_models import AfterSaleCase
from core.orders.case_money import refundable
from core.orders.case_states import Problem, Wish
from core.orders.errors import NothingPaid
from core.orders.forfeit import forfeit
from core.orders.fulfil import receive
from core.orders.harvest import enter_harvest
from core.orders.late import cancel_late
from core.orders.models import Order
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.payments import books
from core.payments.ledger import AccountKind
from core.payments.models import Payment
from core.permissions import Actor, Role
from core.verify import broken
from tests.orders.market import Market, inr
from tests.orders.test_cases import delivered, free, wallet
from tests.orders.test_fulfil import buyer_of


def paid_deposit(market: Market) -> tuple[Actor, Order]:
    """5 kg at ₹120, ₹120 of it paid."""
    buyer, sale = market.buyer(), market.sale(closes_at=market.now + timedelta(days=19))
    order = reserve(market.session, buyer, sale, Decimal(5), now=market.now)
    start_payment(market.session, buyer, order, "sandbox", now=market.now)
    return buyer, order


def charged_back(market: Market, order: Order, amount: Money | None = None) -> list[AfterSaleCase]:
    """Every charge of the order, or so much of the first."""
    charges = list(market.session.scalars(select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)))
    some = charges if amount is None else charges[:1]
    return [
        case_ruling.enter_chargeback(market.session, market.operator, each, amount or each.amount, now=market.now)
        for each in some
    ]


def ends(market: Market, cases: list[AfterSaleCase], *, won: bool) -> None:
    for case in cases:
        case_ruling.end_chargeback(market.session, market.operator, case, won=won, now=market.now)
    assert broken(market.session) == []


def coop(market: Market) -> Money:
    return books.held_in(market.session, AccountKind.PLATFORM_FEE, "INR")


def held(market: Market, order: Order) -> Money:
    return books.order_paid(market.session, order.id, "INR")


@pytest.mark.parametrize("won", [True, False])
@pytest.mark.parametrize("lost_crop", [True, False])
def test_who_charged_back_and_leaves_is_not_paid_a_second_time(market: Market, lost_crop: bool, won: bool) -> None:
    buyer, order = paid_deposit(market)
    cases = charged_back(market, order)
    if lost_crop:
        sale = market.session.get_one(Campaign, order.campaign_id)
        crop_lost(market.session, market.farmer, sale, "hail", now=market.now)
    else:
        assert cancel(market.session, buyer, order, now=market.now) == inr(0)
    assert wallet(market, order) == inr(0)
    ends(market, cases, won=won)
    assert (wallet(market, order), held(market, order)) == ((inr(120) if won else inr(0)), inr(0))
    assert (coop(market), free(market)) == (inr(0), inr(0))


def test_what_was_not_charged_back_goes_at_once(market: Market) -> None:
    buyer, order = paid_deposit(market)
    cases = charged_back(market, order, inr(50))
    assert cancel(market.session, buyer, order, now=market.now) == inr(70)
    assert wallet(market, order) == inr(70)
    ends(market, cases, won=True)
    assert wallet(market, order) == inr(120)


def test_a_case_gives_nothing_that_the_provider_kept(market: Market) -> None:
    order = delivered(market)
    buyer = buyer_of(market, order)
    receive(market.session, buyer, order, now=market.now)
    ends(market, charged_back(market, order), won=False)
    assert (refundable(market.session, order), wallet(market, order), free(market)) == (inr(0), inr(0), inr(0))
    case = aftersale.start_case(market.session, buyer, order, Problem.SPOILED, now=market.now)
    with pytest.raises(NothingPaid):
        aftersale.ask(market.session, buyer, case, Wish.ALL, now=market.now)


def test_after_a_chargeback_was_won_all_of_it_can_be_asked_for_again(market: Market) -> None:
    order = delivered(market)
    ends(market, charged_back(market, order, inr(100)), won=True)
    assert refundable(market.session, order) == inr(640)


def test_what_a_lost_chargeback_took_off_the_order_is_counted_once(market: Market) -> None:
    order = delivered(market)
    ends(market, charged_back(market, order, inr(100)), won=False)
    assert refundable(market.session, order) == inr(540)


@pytest.mark.parametrize("won", [True, False])
def test_an_order_given_up_meanwhile_is_shared_out_when_it_ends(market: Market, won: bool) -> None:
    _buyer, order = paid_deposit(market)
    sale = market.session.get_one(Campaign, order.campaign_id)
    enter_harvest(market.session, market.farmer, sale, Decimal(5), sharing=Sharing.FULL, now=market.now)
    cases = charged_back(market, order)
    balance_late(market.session, order.id, market.later(days=3))
    forfeit(market.session, market.operator, order, now=market.later(days=3))
    assert (order.state, held(market, order)) == ("forfeited", inr(120))
    ends(market, cases, won=won)
    assert held(market, order) == inr(0)
    assert (free(market), wallet(market, order)) == ((inr(120) if won else inr(0)), inr(0))


def test_a_deposit_that_waits_for_the_waiting_list_waits_on(market: Market) -> None:
    buyer, order = paid_deposit(market)
    market.later(days=17)
    assert cancel_late(market.session, buyer, order, now=market.now) == inr(120)
    cases = charged_back(market, order)
    ends(market, cases, won=True)
    assert (wallet(market, order), held(market, order)) == (inr(0), inr(120))
    sale = market.session.get_one(Campaign, order.campaign_id)
    crop_lost(market.session, market.farmer, sale, "hail", now=market.now)
    assert (wallet(market, order), held(market, order)) == (inr(120), inr(0))


def test_whoever_paid_an_order_that_was_handed_over_enters_no_chargeback_of_it(market: Market) -> None:
    buyer, order = paid_deposit(market)
    token = handing.give(market.session, buyer, order, now=market.now)
    handing.take_over(market.session, market.buyer("Bela"), token, now=market.now)
    charge = market.session.scalars(select(Payment).where(Payment.order_id == order.id)).one()
    clerk = Actor(buyer.member_id, frozenset({Role.CONSUMER, Role.OPERATOR}))
    with pytest.raises(YourOwn):
        case_ruling.enter_chargeback(market.session, clerk, charge, inr(50), now=market.now)
