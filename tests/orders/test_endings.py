"""Orders that end without the goods: cancelled, expired, lost, failed, overdue; the money goes back at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog.models import Campaign
from core.errors import Changed, NotAllowed, NotFound
from core.events import Event
from core.messaging import due
from core.orders import due as tasks
from core.orders.cancel import call_off, cancel, crop_lost, loss_plan
from core.orders.errors import TooLateToCancel
from core.orders.flow import advance
from core.orders.models import Order
from core.orders.queries import call_list, order_card
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.transfers import submit_receipt
from core.orders.wallet import wallet_balance
from core.payments.models import Refund
from core.permissions import Actor
from tests.orders.market import HARVEST, NOW, Market, inr
from tests.orders.test_harvest import harvest, reserved
from tests.orders.test_settle import pays

assert tasks  # registers what falls due


def held(market: Market, **sale: object) -> tuple[Actor, Order]:
    asha = market.buyer()
    return asha, reserve(market.session, asha, market.sale(**sale), Decimal(5), now=market.now)


def sale_of(market: Market, order: Order) -> Campaign:
    return market.session.get_one(Campaign, order.campaign_id)


def tick(market: Market, **span: float) -> None:
    """Time passes and what fell due is done."""
    now = market.later(**span)
    while (row := due.claim(market.session, now)) is not None:
        due.task_named(row.task)(market.session, row.subject, now)
        due.finish(market.session, row, now)


def kinds(market: Market, kind: str) -> list[dict[str, object]]:
    market.session.flush()
    return list(market.session.scalars(select(Event.data).where(Event.kind == kind).order_by(Event.id)))


def test_a_hold_is_cancelled_freely(market: Market) -> None:
    asha, order = held(market)
    assert cancel(market.session, asha, order, now=NOW) == inr(0)
    assert (order.state, order.reason, sale_of(market, order).reserved) == ("cancelled", "buyer", 0)


def test_before_the_cutoff_all_that_was_paid_goes_to_the_wallet_at_once(market: Market) -> None:
    asha, order = held(market)
    start_payment(market.session, asha, order, "sandbox", now=NOW)
    last_day = NOW.replace(day=17, hour=23, minute=59)
    assert cancel(market.session, asha, order, now=last_day) == inr(120)
    assert wallet_balance(market.session, asha.member_id) == inr(120)
    (refund,) = market.session.scalars(select(Refund))
    assert (refund.kind, refund.state, refund.why, refund.amount) == ("order", "done", "buyer", inr(120))
    assert kinds(market, "refunded") == [{"amount": 12000, "order_id": order.id, "why": "buyer"}]
    card = order_card(market.session, order.id, asha)
    assert (card.paid, card.rest, card.back, card.back_by) == (inr(120), inr(0), inr(120), last_day.date())


def test_after_the_cutoff_the_refusal_names_the_day(market: Market) -> None:
    asha, order = held(market)
    start_payment(market.session, asha, order, "sandbox", now=NOW)
    with pytest.raises(TooLateToCancel) as refused:
        cancel(market.session, asha, order, now=NOW.replace(day=18, hour=0))
    assert refused.value.params == {"until": date(2026, 5, 17), "deposit": inr(120)}
    assert "Sun May 17" in refused.value.text()
    assert order.state == "reserved"


def test_when_the_date_was_moved_cancelling_is_free_to_the_end(market: Market) -> None:
    asha, order = held(market)
    start_payment(market.session, asha, order, "sandbox", now=NOW)
    sale_of(market, order).harvest_on = HARVEST + timedelta(days=4)
    assert cancel(market.session, asha, order, now=NOW.replace(day=19)) == inr(120)
    assert order.reason == "date_moved"


def test_a_weighed_order_cannot_be_cancelled_and_a_strangers_is_not_found(market: Market) -> None:
    campaign = market.sale()
    (order,) = reserved(market, campaign, 5)
    with pytest.raises(NotFound):
        cancel(market.session, market.buyer("Bina"), order, now=NOW)
    harvest(market, campaign, 200)
    with pytest.raises(Changed):
        cancel(market.session, market.buyers[0], order, now=market.now)


def test_cancelling_twice_moves_money_once(market: Market) -> None:
    asha, order = held(market)
    start_payment(market.session, asha, order, "sandbox", now=NOW)
    cancel(market.session, asha, order, now=NOW)
    with pytest.raises(Changed):
        cancel(market.session, asha, order, now=NOW)
    assert wallet_balance(market.session, asha.member_id) == inr(120)


def test_of_two_who_move_an_order_one_wins(market: Market) -> None:
    _, order = held(market)
    order.rev  # noqa: B018 - the rev this racer saw
    market.session.execute(Order.__table__.update().values(rev=7))
    with pytest.raises(Changed):
        advance(market.session, order, "expire", now=NOW)
    market.session.expire_all()


def test_a_hold_is_reminded_and_ends(market: Market) -> None:
    _, order = held(market)
    tick(market, minutes=20)
    assert kinds(market, "deposit_due") == [{"deposit": 12000, "hold_until": "2026-05-01T09:30:00+00:00"}]
    tick(market, minutes=9)
    assert order.state == "held"
    tick(market, minutes=1)
    assert (order.state, sale_of(market, order).reserved) == ("expired", 0)


def test_a_part_payment_of_an_expired_hold_is_in_the_wallet(market: Market) -> None:
    asha, order = held(market)
    pays(market, start_payment(market.session, asha, order, "transfer", now=NOW), inr(50))
    tick(market, minutes=31)
    assert (order.state, wallet_balance(market.session, asha.member_id)) == ("expired", inr(50))


def test_a_receipt_stops_the_hold(market: Market) -> None:
    asha, order = held(market)
    payment = start_payment(market.session, asha, order, "transfer", now=NOW)
    submit_receipt(market.session, asha, payment, media_id=None, reference="UTR1", now=NOW)
    tick(market, days=2)
    assert order.state == "held"


def test_an_unpaid_balance_is_reminded_then_late_then_on_the_call_list(market: Market) -> None:
    campaign = market.sale()
    (order,) = reserved(market, campaign, 5)
    harvest(market, campaign, 200)
    tick(market, hours=24)
    tick(market, hours=21)
    assert [data["owed"] for data in kinds(market, "balance_reminder")] == [48000, 48000]
    tick(market, hours=3)
    assert order.state == "overdue"
    assert call_list(market.session, now=market.now) == []
    assert [line.id for line in call_list(market.session, now=market.later(hours=24))] == [order.id]
    start_payment(market.session, market.buyers[0], order, "sandbox", now=market.now)
    assert order.state == "ready"


def test_a_lost_crop_pays_everybody_back_in_full(market: Market) -> None:
    campaign = market.sale()
    orders = reserved(market, campaign, 5, 10)
    unpaid = reserve(market.session, market.buyer(), campaign, Decimal(1), now=market.now)
    plan = loss_plan(market.session, campaign)
    assert (plan.orders, plan.buyers, plan.total_back) == (3, 3, inr(360))
    assert crop_lost(market.session, market.farmer, campaign, "rain", now=market.now) == plan
    assert {order.state for order in [*orders, unpaid]} == {"cancelled"}
    assert [wallet_balance(market.session, order.buyer_id) for order in orders] == [inr(120), inr(240)]
    assert (campaign.state, campaign.lost_why, campaign.reserved) == ("crop_failed", "rain", 0)
    assert kinds(market, "crop_lost") == [{"why": "rain", "orders": 3, "buyers": 3, "back": 36000}]


def test_a_crop_lost_after_the_balance_was_paid_goes_back_too(market: Market) -> None:
    campaign = market.sale()
    (order,) = reserved(market, campaign, 5)
    harvest(market, campaign, 200)
    start_payment(market.session, market.buyers[0], order, "sandbox", now=market.now)
    crop_lost(market.session, market.farmer, campaign, "pest", now=market.now)
    assert wallet_balance(market.session, order.buyer_id) == inr(600)
    with pytest.raises(Changed):
        crop_lost(market.session, market.farmer, campaign, "pest", now=market.now)


def test_only_staff_call_a_sale_off(market: Market) -> None:
    campaign = market.sale()
    (order,) = reserved(market, campaign, 5)
    with pytest.raises(NotAllowed):
        call_off(market.session, market.farmer, campaign, why="illegal", now=NOW)
    call_off(market.session, market.operator, campaign, why="illegal", now=NOW)
    assert (order.state, order.reason, campaign.state) == ("cancelled", "called_off", "cancelled")
    assert wallet_balance(market.session, order.buyer_id) == inr(120)


def closing(market: Market, minimum: int | None) -> Campaign:
    campaign = market.sale(minimum=minimum and Decimal(minimum), closes_at=NOW + timedelta(hours=1))
    due.plan(market.session, "campaign.closes", campaign.id, NOW + timedelta(hours=1))
    return campaign


def test_a_sale_that_reached_its_minimum_is_confirmed(market: Market) -> None:
    campaign = closing(market, 5)
    (order,) = reserved(market, campaign, 5)
    tick(market, hours=1)
    assert (campaign.state, order.state) == ("confirmed", "reserved")


def test_a_sale_that_missed_its_minimum_pays_everybody_back(market: Market) -> None:
    campaign = closing(market, 20)
    (order,) = reserved(market, campaign, 5)
    tick(market, hours=1)
    assert (campaign.state, order.state) == ("closed", "reserved")  # the farmer has a day to go on all the same
    tick(market, hours=24)
    assert (campaign.state, order.state, order.reason) == ("failed", "cancelled", "target_missed")
    assert wallet_balance(market.session, order.buyer_id) == inr(120)
    assert kinds(market, "target_missed") == [{"reserved": "5", "minimum": "20", "orders": 1, "back": 12000}]


def test_the_decision_waits_for_holds_that_could_reach_the_minimum(market: Market) -> None:
    campaign = closing(market, 10)
    reserved(market, campaign, 5)
    market.now = NOW + timedelta(minutes=50)
    asha = market.buyer("Late")
    order = reserve(market.session, asha, campaign, Decimal(5), now=market.now)
    tick(market, minutes=10)
    assert (campaign.state, order.state) == ("open", "held")
    start_payment(market.session, asha, order, "sandbox", now=market.later(minutes=5))
    tick(market, minutes=30)
    assert campaign.state == "confirmed"


def test_a_sale_whose_window_was_moved_on_stays_open(market: Market) -> None:
    campaign = closing(market, None)
    campaign.closes_at = NOW + timedelta(days=2)
    tick(market, hours=1)
    assert campaign.state == "open"
