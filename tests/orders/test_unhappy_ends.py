"""What the unhappy ends refuse, and what they wait for: receipts, repeated presses, strangers, one's own orders."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from core.catalog.models import Campaign
from core.errors import Changed, NotAllowed, NotFound, YourOwn
from core.orders import closing, consent
from core.orders.cancel import cancel_sale
from core.orders.errors import ExtendedBefore, MoreTimeGiven, NoTroubleSaid, NotShort, WeightOutside
from core.orders.forfeit import forfeit, more_time
from core.orders.models import Order
from core.orders.settle import start_payment
from core.orders.transfers import decide_receipt, submit_receipt
from core.orders.undelivered import Bearer, Cause, fail_delivery, settle_undelivered, try_again
from core.orders.wallet import wallet_balance
from core.permissions import Actor, Role
from tests.orders.market import NOW, Market, inr
from tests.orders.test_endings import closing as closing_sale
from tests.orders.test_endings import kinds, tick
from tests.orders.test_harvest import harvest, reserved


def due_order(market: Market, **sale: object) -> tuple[Actor, Order]:
    """5 kg of a harvested sale: ₹120 are paid, ₹480 are due."""
    campaign = market.sale(**sale)
    (order,) = reserved(market, campaign, 5)
    harvest(market, campaign, 200)
    return market.buyers[-1], order


def test_more_time_is_given_once_and_moves_the_reminders(market: Market) -> None:
    asha, order = due_order(market)
    before = order.balance_due_at
    assert before is not None
    assert more_time(market.session, asha, order, now=market.now) == before + timedelta(hours=24)
    with pytest.raises(MoreTimeGiven):
        more_time(market.session, asha, order, now=market.now)
    with pytest.raises(NotFound):
        more_time(market.session, market.buyer("Bina"), order, now=market.now)
    tick(market, hours=50)
    assert order.state == "balance_due"
    tick(market, hours=23)
    assert order.state == "overdue"
    assert len(kinds(market, "balance_reminder")) == 2


def test_a_sale_whose_terms_give_no_more_time_says_so(market: Market) -> None:
    asha, order = due_order(market)
    order.policy = {**order.policy, "more_time_hours": 0}
    with pytest.raises(MoreTimeGiven):
        more_time(market.session, asha, order, now=market.now)


def test_a_receipt_that_waits_keeps_an_order_from_being_given_up(market: Market) -> None:
    asha, order = due_order(market)
    tick(market, hours=49)
    payment = start_payment(market.session, asha, order, "transfer", now=market.now)
    submit_receipt(market.session, asha, payment, media_id=None, reference="UTR1", now=market.now)
    tick(market, days=5)
    assert order.state == "overdue"
    with pytest.raises(Changed):
        forfeit(market.session, market.operator, order, now=market.now)
    decide_receipt(market.session, market.operator, payment, accept=False, reason="not there", now=market.now)
    tick(market, hours=3)
    assert order.state == "overdue"
    tick(market, hours=2)
    assert (order.state, order.reason) == ("forfeited", "unpaid")
    assert wallet_balance(market.session, asha.member_id) == inr(0)


def test_orders_made_before_the_rule_are_given_up_only_by_staff(market: Market) -> None:
    _asha, order = due_order(market)
    order.policy = {name: value for name, value in order.policy.items() if name != "forfeit_hours"}
    tick(market, days=2)
    with pytest.raises(Changed):  # within the grace
        forfeit(market.session, market.operator, order, now=market.now)
    tick(market, days=40)
    assert order.state == "overdue"
    with pytest.raises(NotAllowed):
        forfeit(market.session, market.farmer, order, now=market.now)
    assert forfeit(market.session, market.operator, order, now=market.now).kept == inr(120)
    with pytest.raises(Changed):
        forfeit(market.session, market.operator, order, now=market.now)


def test_nobody_settles_or_gives_up_an_order_of_his_own(market: Market) -> None:
    asha, order = due_order(market)
    tick(market, days=4)
    asha = Actor(asha.member_id, frozenset({Role.OPERATOR}))
    if order.state == "overdue":
        with pytest.raises(YourOwn):
            forfeit(market.session, asha, order, now=market.now)
    with pytest.raises(YourOwn):
        settle_undelivered(market.session, asha, order, Bearer.FARM, now=market.now)


def test_only_a_short_share_can_be_refused_and_only_until_it_is_paid_for(market: Market) -> None:
    asha, order = due_order(market)
    with pytest.raises(NotShort):
        consent.decline_share(market.session, asha, order, now=market.now)
    campaign = market.sale(closes_at=market.now + timedelta(days=9))
    (short,) = reserved(market, campaign, 10)
    buyer = market.buyers[-1]
    harvest(market, campaign, 5)
    start_payment(market.session, buyer, short, "sandbox", now=market.now)
    with pytest.raises(Changed):
        consent.decline_share(market.session, buyer, short, now=market.now)


def test_a_share_that_the_deposit_covers_can_be_refused_until_it_was_accepted(market: Market) -> None:
    campaign = market.sale(deposit_percent=100)
    first, second = reserved(market, campaign, 10, 10)
    harvest(market, campaign, 10)
    assert (first.state, second.state) == ("ready", "ready")
    one, other = market.buyers[-2:]
    assert consent.decline_share(market.session, one, first, now=market.now) == inr(600)
    assert wallet_balance(market.session, one.member_id) == inr(1200)
    consent.accept_share(market.session, other, second, now=market.now)
    consent.accept_share(market.session, other, second, now=market.now)
    with pytest.raises(Changed):
        consent.decline_share(market.session, other, second, now=market.now)


def test_a_weight_is_entered_once_within_reason_and_only_where_it_is_sold_by_weight(market: Market) -> None:
    campaign = market.sale(by_weight=True)
    (order,) = reserved(market, campaign, 2)
    harvest(market, campaign, 200)
    assert order.state == "allocated"
    for weight in ("0", "20.001", "0.0001", "NaN"):
        with pytest.raises(WeightOutside):
            consent.weigh(market.session, market.farmer, order, Decimal(weight), now=market.now)
    with pytest.raises(NotFound):
        consent.weigh(market.session, market.buyers[-1], order, Decimal(2), now=market.now)
    assert not consent.weigh(market.session, market.farmer, order, Decimal("2.2"), now=market.now).asked
    assert (order.state, order.total) == ("balance_due", inr(264))
    with pytest.raises(Changed):
        consent.weigh(market.session, market.farmer, order, Decimal(2), now=market.now)


def test_a_whole_sale_is_cancelled_by_its_farmer_alone(market: Market) -> None:
    asha, order = due_order(market)
    campaign = market.session.get_one(Campaign, order.campaign_id)
    with pytest.raises(NotFound):
        cancel_sale(market.session, asha, campaign, "other", now=market.now)
    done = cancel_sale(market.session, market.farmer, campaign, "other", now=market.now)
    assert (done.orders, done.total_back, campaign.state) == (1, inr(120), "cancelled")
    with pytest.raises(Changed):
        cancel_sale(market.session, market.farmer, campaign, "other", now=market.now)


def test_the_farmer_decides_a_small_sale_once_and_extends_it_once(market: Market) -> None:
    campaign = closing_sale(market, 20)
    reserved(market, campaign, 5)
    closing.extend(market.session, market.farmer, campaign, now=NOW)
    assert campaign.harvest_on is not None
    assert campaign.harvest_on.day == 23
    with pytest.raises(ExtendedBefore):
        closing.extend(market.session, market.farmer, campaign, now=NOW)
    closing.go_anyway(market.session, market.farmer, campaign, now=NOW)
    with pytest.raises(Changed):
        closing.go_anyway(market.session, market.farmer, campaign, now=NOW)


def test_money_that_comes_while_the_farmer_thinks_saves_the_sale(market: Market) -> None:
    campaign = closing_sale(market, 10)
    reserved(market, campaign, 5)
    tick(market, hours=1)
    assert campaign.state == "closed"
    campaign.minimum = Decimal(5)  # as if the rest had been paid for late
    tick(market, hours=24)
    assert campaign.state == "confirmed"


def test_a_failed_delivery_needs_a_reason_and_somebody_who_carries_it(market: Market) -> None:
    asha, order = due_order(market)
    with pytest.raises(Changed):
        fail_delivery(market.session, market.farmer, order, Cause.ABSENT, now=market.now)
    with pytest.raises(NoTroubleSaid):
        fail_delivery(market.session, market.farmer, order, "bored", now=market.now)
    with pytest.raises(NotFound):
        fail_delivery(market.session, asha, order, Cause.ABSENT, now=market.now)
    with pytest.raises(NotFound):
        try_again(market.session, asha, order, now=market.now)
    with pytest.raises(NotFound):
        settle_undelivered(market.session, market.operator, order, "nobody", now=market.now)
