"""Who sells has a hand in no money of his own sale, whatever other role he has: receipts and stray money too."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.errors import YourOwn
from core.members.decisions import OneMoreConfirms
from core.orders.changing import change_quantity
from core.orders.handing import give, take_over
from core.orders.intake import MoneyFact, money_came
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.stray import book_stray
from core.orders.transfers import decide_receipt, submit_receipt
from core.orders.wallet import decide_payout
from core.payments.models import Refund
from core.permissions import Actor, Role
from core.settings import service as settings
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


def test_who_took_an_order_over_decides_on_no_receipt_of_the_giver(market: Market) -> None:
    asha, binu, sale = market.buyer(), market.buyer("Binu"), market.sale()
    order = reserve(market.session, asha, sale, Decimal(5), now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    change_quantity(market.session, asha, order, Decimal(10), now=market.now)
    payment = start_payment(market.session, asha, order, "transfer", now=market.now)
    submit_receipt(market.session, asha, payment, media_id=None, reference="UTR 7", now=market.now)
    take_over(market.session, binu, give(market.session, asha, order, now=market.now), now=market.now)
    with pytest.raises(YourOwn):
        decide_receipt(market.session, clerk(binu), payment, accept=True, reason=None, now=market.now)


def stray(market: Market) -> Refund:
    """Much money from nobody that we know, in a shop where two people decide on that."""
    settings.put(market.session, "two_people_above", "10000", by=None, now=market.now)
    money_came(market.session, MoneyFact("messenger_invoice", "c1", "nobody", inr(12_000)), now=market.now)
    return market.session.scalars(select(Refund).where(Refund.kind == "stray")).one()


def test_two_people_name_the_same_order_before_much_stray_money_is_booked(market: Market) -> None:
    task, sale = stray(market), market.sale()
    first, second = (reserve(market.session, market.buyer(), sale, Decimal(5), now=market.now) for _each in range(2))
    ravi, mina = market.operator, market.other_operator
    assert book_stray(market.session, ravi, task, first.number.lower(), now=market.now) is None
    with pytest.raises(OneMoreConfirms, match="Mina"), market.session.begin_nested():
        book_stray(market.session, ravi, task, first.number, now=market.now)
    assert book_stray(market.session, mina, task, second.number, now=market.now) is None, "another order"
    assert (task.state, first.state, second.state) == ("asked", "held", "held")
    assert book_stray(market.session, ravi, task, second.number, now=market.now) is not None
    assert (task.state, first.state, second.state) == ("booked", "held", "reserved")


def test_much_stray_money_is_not_sent_back_on_the_word_of_who_would_have_booked_it(market: Market) -> None:
    task, sale = stray(market), market.sale()
    order = reserve(market.session, market.buyer(), sale, Decimal(5), now=market.now)
    ravi, mina = market.operator, market.other_operator
    assert book_stray(market.session, ravi, task, order.number, now=market.now) is None
    assert not decide_payout(market.session, mina, task, paid=True, reference="UTR 9", now=market.now)
    assert task.state == "asked"
    assert book_stray(market.session, ravi, task, order.number, now=market.now) is None, "and the other way round"
    assert not decide_payout(market.session, mina, task, paid=True, reference=None, now=market.now)
    assert decide_payout(market.session, ravi, task, paid=True, reference="UTR 9", now=market.now)
    assert (task.state, order.state) == ("done", "held")
