"""Who sells has a hand in no money of his own sale, whatever other role he has: receipts and stray money too."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.errors import YourOwn
from core.orders.intake import MoneyFact, money_came
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.stray import book_stray
from core.orders.transfers import decide_receipt, submit_receipt
from core.payments.models import Refund
from core.permissions import Actor, Role
from tests.orders.market import Market, inr


def clerk(who: Actor) -> Actor:
    """The same person, of the co-op's staff too."""
    return Actor(who.member_id, who.roles | {Role.OPERATOR})


@pytest.mark.parametrize("accept", [True, False])
def test_who_sells_decides_on_no_receipt_of_the_sale(market: Market, accept: bool) -> None:
    buyer, sale = market.buyer(), market.sale()
    order = reserve(market.session, buyer, sale, Decimal(5), now=market.now)
    payment = start_payment(market.session, buyer, order, "transfer", now=market.now)
    submit_receipt(market.session, buyer, payment, media_id=None, reference="UTR 7", now=market.now)
    for own in (market.farmer, buyer):
        with pytest.raises(YourOwn):
            decide_receipt(market.session, clerk(own), payment, accept=accept, reason="None came.", now=market.now)
    assert (order.state, payment.state) == ("held", "submitted")
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=market.now)
    assert order.state == "reserved"


def test_who_sells_books_no_stray_money_to_the_sale(market: Market) -> None:
    buyer, sale = market.buyer(), market.sale()
    order = reserve(market.session, buyer, sale, Decimal(5), now=market.now)
    money_came(market.session, MoneyFact("messenger_invoice", "c1", "nobody", inr(120)), now=market.now)
    task = market.session.scalars(select(Refund).where(Refund.kind == "stray")).one()
    with pytest.raises(YourOwn), market.session.begin_nested():
        book_stray(market.session, clerk(market.farmer), task, order.number, now=market.now)
    book_stray(market.session, market.operator, task, order.number, now=market.now)
    assert order.state == "reserved"
