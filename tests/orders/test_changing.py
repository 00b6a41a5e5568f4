"""Another quantity of a reserved order: never oversold, each way exact in money, and once however often it is asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.orders.allocation import Sharing
from core.orders.cancel import cancel
from core.orders.changing import change_plan, change_quantity, more_ends
from core.orders.errors import HoldEnded, NoMoreLeft, NothingDue, NotInPacks, TooLateForLess, TooManyUnpaid
from core.orders.harvest import enter_harvest
from core.orders.intake import Came, MoneyFact, money_came
from core.orders.models import Order
from core.orders.purse import paid
from core.orders.reserve import reserve
from core.orders.settle import due_now, start_payment
from core.orders.transfers import decide_receipt, submit_receipt
from core.orders.waiting import join
from core.orders.wallet import wallet_balance
from core.permissions import Actor
from core.settings import service as settings
from core.verify import broken
from tests.orders.market import HARVEST, Market, inr


def reserved(market: Market, quantity: int = 5, **fields: object) -> tuple[Campaign, Actor, Order]:
    sale, asha = market.sale(**{"capacity": Decimal(20), **fields}), market.buyer()
    order = reserve(market.session, asha, sale, Decimal(quantity), now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    return sale, asha, order


def more(market: Market, order: Order, who: Actor, quantity: int) -> None:
    change_quantity(market.session, who, order, Decimal(quantity), now=market.now)


def test_less_gives_its_deposit_and_its_share_back_at_once(market: Market) -> None:
    sale, asha, order = reserved(market)
    plan = change_quantity(market.session, asha, order, Decimal(2), now=market.now)
    assert (plan.back, plan.owed) == (inr(72), inr(0))
    assert (order.quantity, order.deposit, sale.reserved) == (2, inr(48), 2)
    assert wallet_balance(market.session, asha.member_id) == inr(72)
    more(market, order, asha, 2)
    assert (wallet_balance(market.session, asha.member_id), sale.reserved) == (inr(72), 2)
    assert market.told(order).count("order_changed") == 1


def test_more_is_kept_until_its_deposit_is_paid_and_joins_then(market: Market) -> None:
    sale, asha, order = reserved(market)
    for _twice in range(2):
        more(market, order, asha, 8)
    assert (order.quantity, order.more, sale.reserved) == (5, 3, 8)
    assert (due_now(market.session, order), broken(market.session)) == (inr(72), [])
    start_payment(market.session, asha, order, "sandbox", now=market.later(minutes=10))
    assert (order.quantity, order.more, order.deposit, sale.reserved) == (8, None, inr(192), 8)
    assert paid(market.session, order) == inr(192)
    with pytest.raises(NothingDue):
        start_payment(market.session, asha, order, "sandbox", now=market.now)


def test_unpaid_more_ends_and_leaves_the_order_as_it_was(market: Market) -> None:
    sale, asha, order = reserved(market)
    more(market, order, asha, 15)
    payment = start_payment(market.session, asha, order, "messenger_invoice", now=market.now)
    more_ends(market.session, order.id, market.later(minutes=29))
    assert order.more == 10
    market.later(minutes=1)
    with pytest.raises(HoldEnded):
        start_payment(market.session, asha, order, "sandbox", now=market.now)
    more_ends(market.session, order.id, market.now)
    more_ends(market.session, order.id, market.now)
    assert (order.state, order.quantity, order.more, sale.reserved) == ("reserved", 5, None, 5)
    late = money_came(market.session, MoneyFact("messenger_invoice", "ch1", payment.payload, inr(240)), now=market.now)
    assert (late.came, wallet_balance(market.session, asha.member_id)) == (Came.TO_CREDIT, inr(240))
    assert market.told(order).count("order_more_ended") == 1


def test_a_part_of_the_deposit_comes_back_when_more_ends(market: Market) -> None:
    _sale, asha, order = reserved(market)
    more(market, order, asha, 15)
    payment = start_payment(market.session, asha, order, "messenger_invoice", now=market.now)
    money_came(market.session, MoneyFact("messenger_invoice", "ch1", payment.payload, inr(150)), now=market.now)
    assert due_now(market.session, order) == inr(90)
    more_ends(market.session, order.id, market.later(minutes=30))
    assert (paid(market.session, order), wallet_balance(market.session, asha.member_id)) == (inr(120), inr(150))


def test_more_than_is_left_is_refused_and_nothing_moves(market: Market) -> None:
    sale, asha, order = reserved(market)
    reserve(market.session, market.buyer("Binu"), sale, Decimal(12), now=market.now)
    with pytest.raises(NoMoreLeft) as refused:
        more(market, order, asha, 9)
    assert (refused.value.params["most"], sale.reserved) == (8, 17)
    for wrong in ("0", "-1", "NaN", "2.5"):
        with pytest.raises(NotInPacks):
            change_plan(market.session, order, sale, Decimal(wrong), now=market.now)


def test_what_is_given_up_is_offered_to_who_waits(market: Market) -> None:
    sale, asha, order = reserved(market, 20)
    place = join(market.session, market.buyer("Binu"), sale, Decimal(6), now=market.now)
    more(market, order, asha, 15)
    assert place.state == "waiting"
    more(market, order, asha, 14)
    assert (place.state, sale.reserved) == ("offered", 20)


def test_after_the_cutoff_only_more_is_possible(market: Market) -> None:
    _sale, asha, order = reserved(market, closes_at=market.now + timedelta(days=18))
    market.now = market.now.replace(day=HARVEST.day - 2)
    with pytest.raises(TooLateForLess):
        more(market, order, asha, 4)
    more(market, order, asha, 6)
    assert order.more == 1


def test_what_is_added_counts_among_the_unpaid_holds(market: Market) -> None:
    settings.put(market.session, "unpaid_holds_most", "1", by=None, now=market.now)
    sale, asha, order = reserved(market)
    more(market, order, asha, 6)
    more(market, order, asha, 7)
    with pytest.raises(TooManyUnpaid), market.session.begin_nested():
        reserve(market.session, asha, market.sale(), Decimal(1), now=market.now)
    more(market, order, asha, 5)
    assert (order.more, sale.reserved) == (None, 5)
    held = reserve(market.session, asha, sale, Decimal(1), now=market.now)
    with pytest.raises(TooManyUnpaid), market.session.begin_nested():
        more(market, order, asha, 6)
    cancel(market.session, asha, held, now=market.now)


def test_cancelling_gives_back_what_was_being_added_too(market: Market) -> None:
    sale, asha, order = reserved(market)
    more(market, order, asha, 8)
    cancel(market.session, asha, order, now=market.now)
    assert (sale.reserved, order.more, wallet_balance(market.session, asha.member_id)) == (0, None, inr(120))


def test_the_harvest_ends_what_was_being_added(market: Market) -> None:
    _sale, asha, order = reserved(market)
    more(market, order, asha, 8)
    sale = market.session.get_one(Campaign, order.campaign_id)
    enter_harvest(market.session, market.farmer, sale, Decimal(20), sharing=Sharing.FULL, now=market.now)
    assert (order.allocated, sale.reserved, order.more) == (5, 5, None)


def test_a_receipt_stops_the_timer_and_its_acceptance_adds(market: Market) -> None:
    _sale, asha, order = reserved(market)
    more(market, order, asha, 8)
    payment = start_payment(market.session, asha, order, "transfer", now=market.now)
    submit_receipt(market.session, asha, payment, media_id=None, reference="UTR1", now=market.now)
    more_ends(market.session, order.id, market.later(hours=2))
    assert order.more == 3
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=market.now)
    assert (order.quantity, order.more) == (8, None)


def test_a_rejected_receipt_gives_the_time_back(market: Market) -> None:
    _sale, asha, order = reserved(market)
    more(market, order, asha, 8)
    payment = start_payment(market.session, asha, order, "transfer", now=market.now)
    submit_receipt(market.session, asha, payment, media_id=None, reference="UTR1", now=market.now)
    decide_receipt(market.session, market.operator, payment, accept=False, reason="not there", now=market.now)
    more_ends(market.session, order.id, market.later(minutes=30))
    assert (order.quantity, order.more) == (5, None)


def test_only_the_buyer_changes_and_only_while_reserved(market: Market) -> None:
    sale, asha, order = reserved(market)
    with pytest.raises(NotFound):
        change_quantity(market.session, market.buyer("Mallory"), order, Decimal(2), now=market.now)
    enter_harvest(market.session, market.farmer, sale, Decimal(20), sharing=Sharing.FULL, now=market.now)
    with pytest.raises(Changed):
        more(market, order, asha, 2)
