"""The harvest: full, short, late and refused; what each buyer gets, owes and gets back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog.models import Campaign
from core.errors import Changed, NotAllowed, NotFound
from core.events import Event
from core.messaging.models import Due
from core.orders.allocation import Sharing
from core.orders.errors import HarvestNothing, HarvestTooMuch
from core.orders.harvest import HarvestPlan, enter_harvest, harvest_plan
from core.orders.models import Order
from core.orders.purse import paid
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.wallet import wallet_balance
from core.permissions import Actor, Role
from core.tracing.models import Batch
from tests.orders.market import NOW, Market, inr


def reserved(market: Market, campaign: Campaign, *quantities: int) -> list[Order]:
    """Orders of these quantities, each of somebody else, deposits paid."""
    orders = []
    for i, quantity in enumerate(quantities):
        who = market.buyer(f"Buyer {i}")
        order = reserve(market.session, who, campaign, Decimal(quantity), now=market.later(seconds=1))
        if order.state == "held":
            start_payment(market.session, who, order, "sandbox", now=market.now)
        orders.append(order)
    return orders


def harvest(market: Market, campaign: Campaign, quantity: int | str, sharing: Sharing = Sharing.FAIR) -> HarvestPlan:
    return enter_harvest(
        market.session, market.farmer, campaign, Decimal(quantity), sharing=sharing, now=market.later(days=19)
    )


def wallet(market: Market, order: Order) -> object:
    return wallet_balance(market.session, order.buyer_id)


def test_a_full_harvest_asks_everybody_for_the_balance(market: Market) -> None:
    campaign = market.sale()
    orders = reserved(market, campaign, 5, 10)
    before = harvest_plan(market.session, campaign, Decimal(200), Sharing.FULL)
    done = harvest(market, campaign, 200, Sharing.FULL)
    assert (done.buyers, done.cut_out, done.given) == (2, 0, 15)
    assert (done.total_asked, done.total_back) == (inr(1440), inr(0))
    assert (before.lines, before.total_asked) == (done.lines, done.total_asked)
    assert {order.state for order in orders} == {"balance_due"}
    assert (campaign.state, campaign.harvested, campaign.sharing) == ("allocated", 200, "full")
    (batch,) = market.session.scalars(select(Batch).where(Batch.campaign_id == campaign.id))
    assert batch.quantity == 200


def test_the_balance_window_and_its_reminders_are_planned(market: Market) -> None:
    campaign = market.sale()
    (order,) = reserved(market, campaign, 5)
    harvest(market, campaign, 200)
    assert order.balance_due_at == market.now + timedelta(hours=48)
    found = select(Due.task, Due.due_at).where(Due.subject == order.id, Due.done_at.is_(None)).order_by(Due.due_at)
    assert [tuple(row) for row in market.session.execute(found)] == [
        ("order.balance_reminder", market.now + timedelta(hours=24)),
        ("order.balance_reminder", market.now + timedelta(hours=45)),
        ("order.balance_late", market.now + timedelta(hours=48)),
    ]


def test_a_short_crop_is_shared_and_the_surplus_deposit_goes_back(market: Market) -> None:
    campaign = market.sale()
    first, second = reserved(market, campaign, 10, 30)
    done = harvest(market, campaign, 20)
    assert [(line.given, line.back, line.owed) for line in done.lines] == [
        (5, inr(120), inr(480)), (15, inr(360), inr(1440)),
    ]  # fmt: skip
    assert (first.allocated, first.total, paid(market.session, first)) == (5, inr(600), inr(120))
    assert wallet(market, second) == inr(360)
    told = market.session.scalars(select(Event.data).where(Event.kind == "order_allocated").order_by(Event.id)).first()
    assert told == {
        "from": "reserved", "to": "allocated", "asked": "10", "given": "5", "back": 12000, "owed": 48000,
        "how": "fair", "crop": "20", "ordered": "40",
    }  # fmt: skip


def test_who_would_get_less_than_is_useful_is_paid_back_in_full(market: Market) -> None:
    campaign = market.sale()
    first, second = reserved(market, campaign, 10, 10)
    first.least_useful = Decimal(8)
    done = harvest(market, campaign, 10)
    assert (first.state, first.reason, wallet(market, first)) == ("cancelled", "short_crop", inr(240))
    assert (second.allocated, done.cut_out, done.buyers) == (10, 1, 1)
    assert campaign.reserved == 10


def test_first_come_leaves_the_last_without(market: Market) -> None:
    campaign = market.sale()
    first, second, third = reserved(market, campaign, 10, 10, 10)
    harvest(market, campaign, 15, Sharing.FIRST)
    assert (first.allocated, second.allocated, third.state) == (10, 5, "cancelled")


def test_unpaid_holds_end_with_the_harvest(market: Market) -> None:
    campaign = market.sale()
    order = reserve(market.session, market.buyer(), campaign, Decimal(5), now=NOW)
    done = harvest(market, campaign, 200)
    assert (order.state, done.expiring, campaign.reserved) == ("expired", 1, 0)


def test_who_paid_everything_before_is_ready_at_once(market: Market) -> None:
    campaign = market.sale(deposit_percent=100)
    (order,) = reserved(market, campaign, 5)
    done = harvest(market, campaign, 200)
    assert (order.state, done.total_asked) == ("ready", inr(0))
    assert market.told(order)[-2:] == ["order_allocated", "balance_paid"]


def test_a_short_crop_of_a_paid_order_gives_back_the_difference(market: Market) -> None:
    campaign = market.sale(deposit_percent=100)
    (order,) = reserved(market, campaign, 10)
    harvest(market, campaign, 7)
    assert (order.state, order.total, wallet(market, order)) == ("ready", inr(840), inr(360))


@pytest.mark.parametrize(
    ("quantity", "refusal"),
    [("0", HarvestNothing), ("-3", HarvestNothing), ("NaN", HarvestNothing), ("201", HarvestTooMuch),
     ("1.0001", HarvestTooMuch), ("1e20", HarvestTooMuch)],
)  # fmt: skip
def test_a_senseless_harvest_is_refused(market: Market, quantity: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        harvest(market, market.sale(), quantity)


def test_a_harvest_is_entered_once_and_only_by_its_farmer(market: Market) -> None:
    campaign, other = market.sale(), Actor(999, frozenset({Role.FARMER}))
    with pytest.raises(NotFound):
        enter_harvest(market.session, other, campaign, Decimal(5), sharing=Sharing.FAIR, now=NOW)
    with pytest.raises((NotFound, NotAllowed)):
        enter_harvest(market.session, market.buyer(), campaign, Decimal(5), sharing=Sharing.FAIR, now=NOW)
    harvest(market, campaign, 5)
    with pytest.raises(Changed):
        harvest(market, campaign, 5)
