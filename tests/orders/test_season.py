"""One season at core's level: reserve, pay, harvest, pay, pack, hand over, deliver, receive."""

from __future__ import annotations

from decimal import Decimal

from core.orders.allocation import Sharing
from core.orders.delivery_choice import choose_delivery
from core.orders.fulfil import CourierStatus, HandOver, hand_over, receive, report
from core.orders.harvest import enter_harvest
from core.orders.packing import pack_all
from core.orders.queries import order_card
from core.orders.reserve import reserve
from core.orders.settle import due_now, start_payment
from core.payments import books
from tests.orders.market import Market, inr


def test_a_season_from_reservation_to_the_farmers_share(market: Market) -> None:
    session, asha, campaign = market.session, market.buyer(), market.sale()
    order = reserve(session, asha, campaign, Decimal(5), now=market.now)
    assert due_now(session, order) == inr(120)
    start_payment(session, asha, order, "sandbox", now=market.later(minutes=5))
    assert order.state == "reserved"
    choose_delivery(session, asha, order, "deliver", address="4 Sea Road", now=market.now)
    plan = enter_harvest(
        session, market.farmer, campaign, Decimal(200), sharing=Sharing.FULL, now=market.later(days=18)
    )
    assert (plan.buyers, plan.total_asked) == (1, inr(520))
    assert order.state == "balance_due"
    start_payment(session, asha, order, "sandbox", now=market.later(hours=1))
    assert order.state == "ready"
    pack_all(session, market.farmer, campaign, now=market.now)
    hand_over(session, market.farmer, order, how=HandOver(courier_id=market.courier.member_id), now=market.now)
    for status in CourierStatus:
        report(session, market.courier, order, status, now=market.later(hours=1))
    assert order.state == "delivered"
    receive(session, asha, order, now=market.later(hours=1))
    assert order.state == "completed"
    assert campaign.state == "done"
    assert order_card(session, order.id, asha).paid == inr(640)
    payable = books.payable(session, market.farm.id, "INR", now=market.now)
    from core.payments.ledger import balance

    assert balance(session, payable) == inr(600)
    assert market.told(order) == [
        "order_held", "deposit_paid", "order_allocated", "balance_due", "balance_paid", "order_packed",
        "order_dispatched", "order_on_the_road", "order_delivered", "order_completed",
    ]  # fmt: skip
