"""Cancelling after the cutoff: the deposit is the farm's, unless the waiting list takes the share."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.orders.allocation import Sharing
from core.orders.cancel import cancel, crop_lost
from core.orders.closing import close
from core.orders.errors import TooLateToCancel
from core.orders.harvest import enter_harvest
from core.orders.late import cancel_late, late_plan
from core.orders.models import Order
from core.orders.purse import paid
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.waiting import join, take
from core.orders.wallet import wallet_balance
from core.payments.ledger import AccountKind, holds
from core.permissions import Actor
from tests.orders.market import HARVEST, Market, inr

LATE = HARVEST - timedelta(days=2)


def late_market(market: Market, **fields: object) -> tuple[Campaign, Actor, Order]:
    """10 kg that one buyer has, with ₹240 paid; the cutoff has passed and the sale is still open."""
    sale = market.sale(capacity=Decimal(10), closes_at=market.now + timedelta(days=18), **fields)
    asha = market.buyer()
    order = reserve(market.session, asha, sale, Decimal(10), now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    market.now = market.now.replace(day=LATE.day)
    return sale, asha, order


def earned(market: Market) -> int:
    return holds(market.session, AccountKind.FARMER_PAYABLE, "INR", owner=("farm", market.farm.id)).minor


def credit(market: Market, who: Actor) -> int:
    return wallet_balance(market.session, who.member_id).minor


def taken_by(market: Market, sale: Campaign, name: str, quantity: int, *, pays: bool = True) -> Order:
    """Somebody who waited takes what is offered."""
    who = market.buyer(name)
    place = join(market.session, who, sale, Decimal(quantity), now=market.now)
    (asha, order) = market.leaving  # type: ignore[attr-defined] # set by the test
    cancel_late(market.session, asha, order, now=market.now)
    made = take(market.session, who, place, now=market.later(minutes=5))
    if pays:
        start_payment(market.session, who, made, "sandbox", now=market.now)
    return made


def test_late_costs_the_deposit_and_the_plan_says_so_before(market: Market) -> None:
    sale, asha, order = late_market(market)
    plan = late_plan(market.session, order, now=market.now)
    assert plan is not None
    assert (plan.kept, plan.waiting, plan.until) == (inr(240), 0, HARVEST - timedelta(days=3))
    with pytest.raises(TooLateToCancel):
        cancel(market.session, asha, order, now=market.now)
    assert cancel_late(market.session, asha, order, now=market.now) == inr(240)
    assert (order.state, order.reason, sale.reserved, credit(market, asha)) == ("cancelled", "late", 0, 0)
    with pytest.raises(Changed):
        cancel_late(market.session, asha, order, now=market.now)


def test_while_cancelling_is_free_nobody_loses_a_deposit(market: Market) -> None:
    asha, sale = market.buyer(), market.sale()
    order = reserve(market.session, asha, sale, Decimal(10), now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    assert late_plan(market.session, order, now=market.now) is None
    with pytest.raises(Changed):
        cancel_late(market.session, asha, order, now=market.now)
    market.now = market.now.replace(day=LATE.day)
    sale.harvest_on = HARVEST + timedelta(days=7)
    market.session.flush()
    assert late_plan(market.session, order, now=market.now) is None, "the harvest was moved: free"
    assert cancel(market.session, asha, order, now=market.now) == inr(240)


def test_at_the_harvest_a_share_nobody_took_pays_the_farm(market: Market) -> None:
    sale, asha, order = late_market(market)
    cancel_late(market.session, asha, order, now=market.now)
    binu = market.buyer("Binu")
    other = reserve(market.session, binu, sale, Decimal(4), now=market.now)
    start_payment(market.session, binu, other, "sandbox", now=market.now)
    enter_harvest(market.session, market.farmer, sale, Decimal(10), sharing=Sharing.FULL, now=market.now)
    assert (earned(market), credit(market, asha), order.reason) == (24000, 0, "late_kept")
    assert market.told(order)[-1] == "late_deposit_kept"


def test_a_share_that_the_waiting_list_takes_is_paid_back_in_full_once(market: Market) -> None:
    sale, asha, order = late_market(market)
    market.leaving = (asha, order)  # type: ignore[attr-defined] # for taken_by
    made = taken_by(market, sale, "Binu", 10)
    assert made.state == "reserved"
    assert (credit(market, asha), paid(market.session, order), order.reason) == (24000, inr(0), "late_refunded")
    assert market.told(order)[-1] == "late_share_taken"
    enter_harvest(market.session, market.farmer, sale, Decimal(10), sharing=Sharing.FULL, now=market.now)
    assert (earned(market), credit(market, asha)) == (0, 24000)


def test_taking_alone_is_not_enough_the_deposit_must_be_paid(market: Market) -> None:
    sale, asha, order = late_market(market)
    market.leaving = (asha, order)  # type: ignore[attr-defined] # for taken_by
    taken_by(market, sale, "Binu", 10, pays=False)
    assert credit(market, asha) == 0
    enter_harvest(market.session, market.farmer, sale, Decimal(10), sharing=Sharing.FULL, now=market.now)
    assert (earned(market), credit(market, asha)) == (24000, 0)


def test_a_part_that_was_taken_gives_its_part_back_at_the_harvest(market: Market) -> None:
    sale, asha, order = late_market(market)
    market.leaving = (asha, order)  # type: ignore[attr-defined] # for taken_by
    taken_by(market, sale, "Binu", 4)
    assert credit(market, asha) == 0
    enter_harvest(market.session, market.farmer, sale, Decimal(10), sharing=Sharing.FULL, now=market.now)
    assert (earned(market), credit(market, asha)) == (14400, 9600)


def test_no_crop_gives_the_deposit_back_too(market: Market) -> None:
    sale, asha, order = late_market(market)
    cancel_late(market.session, asha, order, now=market.now)
    crop_lost(market.session, market.farmer, sale, "rain", now=market.now)
    assert (earned(market), credit(market, asha)) == (0, 24000)


def test_a_sale_that_misses_its_least_total_gives_it_back(market: Market) -> None:
    sale, asha, order = late_market(market, minimum=Decimal(5))
    cancel_late(market.session, asha, order, now=market.now)
    close(market.session, sale, now=market.now)
    assert (sale.state, credit(market, asha)) == ("failed", 24000)


def test_a_stranger_cancels_nothing_late(market: Market) -> None:
    _sale, _asha, order = late_market(market)
    with pytest.raises(NotFound):
        cancel_late(market.session, market.buyer("Mallory"), order, now=market.now)
