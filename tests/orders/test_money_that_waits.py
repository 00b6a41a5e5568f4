"""Money that is still on its way to somebody keeps him from being forgotten; and cash comes in any number of parts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.errors import Refusal
from core.members.models import Member
from core.orders import aftersale
from core.orders.case_states import Problem, Wish
from core.orders.errors import CaseTooLate
from core.orders.fulfil import CourierStatus, HandOver, collect_cash, hand_over, receive, report
from core.orders.late import cancel_late
from core.orders.reserve import reserve
from core.orders.settle import agree_cash, start_payment
from core.orders.waiting import join, take
from core.payments.models import Payment
from core.permissions import Actor
from core.personal.erase import DecisionsWait, check_erasable
from tests.orders.market import Market, inr
from tests.orders.test_cases import complaint, delivered
from tests.orders.test_fulfil import buyer_of


def refused(market: Market, who: Actor) -> str:
    try:
        check_erasable(market.session, who, market.session.get_one(Member, who.member_id))
    except Refusal as refusal:
        return type(refusal).__name__
    return "forgotten"


def test_neither_side_of_an_open_case_is_forgotten_before_its_money_went(market: Market) -> None:
    order = delivered(market)
    buyer = buyer_of(market, order)
    receive(market.session, buyer, order, now=market.now)
    case = complaint(market, order)
    assert refused(market, buyer) == DecisionsWait.__name__
    assert refused(market, market.farmer) == DecisionsWait.__name__
    aftersale.answer(market.session, buyer, case, "withdraw", now=market.now)
    assert refused(market, buyer) == "forgotten"


def test_who_waits_for_a_deposit_given_up_late_is_not_forgotten(market: Market) -> None:
    asha, bela = market.buyer(), market.buyer("Bela")
    sale = market.sale(capacity=Decimal(5), closes_at=market.now + timedelta(days=19))
    order = reserve(market.session, asha, sale, Decimal(5), now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    place = join(market.session, bela, sale, Decimal(5), now=market.now)
    market.later(days=17)
    cancel_late(market.session, asha, order, now=market.now)
    assert refused(market, asha) == DecisionsWait.__name__
    taken = take(market.session, bela, place, now=market.now)
    start_payment(market.session, bela, taken, "sandbox", now=market.now)
    assert refused(market, asha) == "MoneyWaits", "it is in the wallet now"


def test_a_draft_does_not_stop_the_time_to_complain(market: Market) -> None:
    order = delivered(market)
    buyer = buyer_of(market, order)
    case = aftersale.start_case(market.session, buyer, order, Problem.SPOILED, now=market.now)
    with pytest.raises(CaseTooLate):
        aftersale.ask(market.session, buyer, case, Wish.ALL, now=market.later(days=60))
    assert case.state == "draft"


def test_cash_is_taken_in_parts_although_a_case_gave_some_back_between(market: Market) -> None:
    buyer, sale = market.buyer(), market.sale(pickup_place=None, delivers=True)
    order = reserve(market.session, buyer, sale, Decimal(5), now=market.now)
    start_payment(market.session, buyer, order, "sandbox", now=market.now)
    order.state, order.allocated, order.delivery = "balance_due", order.quantity, "deliver"
    market.session.flush()
    agree_cash(market.session, buyer, order, now=market.now)
    order.state = "packed"
    sale.state, sale.harvested = "allocated", Decimal(200)
    market.session.flush()
    hand_over(market.session, market.farmer, order, how=HandOver(self_delivered=True), now=market.now)
    collect_cash(market.session, market.farmer, order, inr(50), now=market.now)
    collect_cash(market.session, market.farmer, order, inr(10), now=market.now)
    report(market.session, market.farmer, order, CourierStatus.DELIVERED, now=market.now)
    case = complaint(market, order, Wish.PART)
    aftersale.offer(market.session, market.farmer, case, inr(10), now=market.now)
    aftersale.take_offer(market.session, buyer, case, now=market.now)
    collect_cash(
        market.session, market.farmer, order, inr(10), now=market.now
    )  # as much is paid as before the last part
    charges = select(Payment.charge_id).where(Payment.order_id == order.id, Payment.provider == "cash")
    assert len(set(market.session.scalars(charges))) == 3
