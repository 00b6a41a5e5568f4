"""Verbs that each work alone, one upon another: nobody has more than is due, and no money is stuck."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from core.catalog import publish
from core.catalog.errors import AlreadyReserved
from core.catalog.models import Campaign
from core.errors import Changed
from core.members.claims import LinkEnded
from core.orders import aftersale
from core.orders.allocation import Sharing
from core.orders.cancel import call_off, cancel, remove
from core.orders.case_models import AfterSaleCase
from core.orders.case_money import refundable
from core.orders.case_ruling import enter_chargeback
from core.orders.case_states import Wish
from core.orders.changing import change_quantity
from core.orders.consent import weigh
from core.orders.delivery_choice import choose_delivery
from core.orders.errors import SaleClosed
from core.orders.forfeit import more_time
from core.orders.fulfil import CourierStatus, HandOver, hand_over, report
from core.orders.handing import give, take_over
from core.orders.harvest import enter_harvest
from core.orders.intake import MoneyFact, money_came
from core.orders.late import cancel_late
from core.orders.models import Order
from core.orders.packing import pack
from core.orders.payouts import ask_payout
from core.orders.purse import paid
from core.orders.queries import order_card
from core.orders.reserve import reserve
from core.orders.settle import due_now, start_payment
from core.orders.transfers import decide_receipt, submit_receipt
from core.orders.undelivered import Bearer, Cause, fail_delivery, settle_undelivered
from core.orders.waiting import join, offer_ends, take
from core.orders.wallet import wallet_balance
from core.payments.ledger import AccountKind
from core.payments.models import Payment
from core.permissions import Actor
from core.verify import broken
from tests.orders.conftest import market
from tests.orders.market import Market, inr
from tests.orders.test_cases import complaint, free, wallet
from tests.orders.test_contested import charged_back, ends
from tests.orders.test_endings import tick
from tests.orders.test_fulfil import buyer_of, by_courier, held_by, packed, ready
from tests.orders.test_handing import order_of
from tests.orders.test_late import late_market

__all__ = ["market"]


def test_a_receipt_of_the_giver_pays_nothing_that_the_taker_owes(market: Market) -> None:
    asha, order = order_of(market)
    change_quantity(market.session, asha, order, Decimal(10), now=market.now)
    shown = start_payment(market.session, asha, order, "transfer", now=market.now)
    submit_receipt(market.session, asha, shown, media_id=None, reference="UTR 7", now=market.now)
    binu = market.buyer("Binu")
    take_over(market.session, binu, give(market.session, asha, order, now=market.now), now=market.now)
    sale = market.session.get_one(Campaign, order.campaign_id)
    enter_harvest(market.session, market.farmer, sale, sale.capacity, sharing=Sharing.FULL, now=market.later(days=19))
    until = order.balance_due_at
    market.later(hours=47)
    decide_receipt(market.session, market.operator, shown, accept=True, reason=None, now=market.now)
    assert (paid(market.session, order), wallet_balance(market.session, asha.member_id)) == (inr(120), inr(120))
    assert (order.state, order.balance_due_at) == ("balance_due", until)


@pytest.mark.parametrize("is_packed", [False, True])
def test_what_a_provider_took_of_an_order_that_is_still_here_is_owed_again(market: Market, is_packed: bool) -> None:
    order = packed(market) if is_packed else ready(market, market.sale(), 5)[0]
    ends(market, charged_back(market, order, 512), won=False)
    assert (order.state, due_now(market.session, order), market.told(order)[-1]) == (
        "balance_due", inr(512), "balance_due"
    )  # fmt: skip
    with pytest.raises(Changed):
        pack(market.session, market.farmer, order, now=market.now)
    start_payment(market.session, buyer_of(market, order), order, "sandbox", now=market.now)
    assert (order.state, paid(market.session, order)) == ("ready", inr(640))
    pack(market.session, market.farmer, order, now=market.now)
    by_courier(market, order)
    assert order.state == "packed"


def test_what_a_courier_is_sent_for_goes_although_a_provider_took_its_charge(market: Market) -> None:
    order = packed(market)
    by_courier(market, order)
    ends(market, charged_back(market, order, 512), won=False)
    report(market.session, market.courier, order, CourierStatus.PICKED_UP, now=market.now)
    assert order.state == "dispatched"


@pytest.mark.parametrize(("carried", "wish", "farm", "way", "back"), [
    (False, None, 160, 0, 480), (True, None, 120, 40, 480), (True, Wish.ALL, 0, 0, 640),
])  # fmt: skip
def test_what_a_buyer_leaves_behind_waits_for_the_end_of_a_case(
    market: Market, carried: bool, wish: Wish | None, farm: int, way: int, back: int
) -> None:
    order = packed(market)
    if carried:
        by_courier(market, order)
        report(market.session, market.courier, order, CourierStatus.PICKED_UP, now=market.now)
    else:
        hand_over(market.session, market.farmer, order, how=HandOver(self_delivered=True), now=market.now)
    case = complaint(market, order)
    fail_delivery(market.session, market.farmer, order, Cause.REFUSED, now=market.now)
    settle_undelivered(market.session, market.operator, order, Bearer.BUYER, now=market.now)
    assert (free(market), wallet(market, order)) == (inr(0), inr(480))
    if wish is None:
        aftersale.answer(market.session, buyer_of(market, order), case, "withdraw", now=market.now)
    else:
        aftersale.accept(market.session, market.farmer, case, now=market.now)
    sums = (free(market), held_by(market, AccountKind.SHIPPING), wallet(market, order))
    assert (sums, broken(market.session)) == ((inr(farm), inr(way), inr(back)), [])


def test_a_sale_is_not_taken_back_while_a_deposit_waits_for_what_becomes_of_it(market: Market) -> None:
    sale, asha, order = late_market(market)
    sale.published_at = market.now
    cancel_late(market.session, asha, order, now=market.now)
    with pytest.raises(AlreadyReserved):
        publish.undo(market.session, market.farmer, sale, now=market.now)
    with pytest.raises(AlreadyReserved):
        remove(market.session, market.operator, sale, "not to be sold here", now=market.now)
    call_off(market.session, market.operator, sale, why="not to be sold here", now=market.now)
    remove(market.session, market.operator, sale, "not to be sold here", now=market.now)
    assert (wallet_balance(market.session, asha.member_id), sale.state) == (inr(240), "removed")


def test_nobody_loses_the_turn_while_a_sale_pauses(market: Market) -> None:
    sale = market.sale(capacity=Decimal(10))
    asha, binu = market.buyer(), market.buyer("Binu")
    order = reserve(market.session, asha, sale, Decimal(10), now=market.now)
    place = join(market.session, binu, sale, Decimal(10), now=market.now)
    cancel(market.session, asha, order, now=market.now)
    publish.pause(market.session, market.farmer, sale, now=market.now)
    offer_ends(market.session, place.id, market.later(hours=2))
    with pytest.raises(SaleClosed):
        take(market.session, binu, place, now=market.now)
    publish.resume(market.session, market.farmer, sale, now=market.now)
    assert take(market.session, binu, place, now=market.now).state == "held"


def twice_paid(market: Market) -> tuple[Actor, Order, Payment]:
    """5 kg whose deposit of ₹120 is paid, and the open invoice of another ₹120 for it."""
    asha = market.buyer()
    order = reserve(market.session, asha, market.sale(), Decimal(5), now=market.now)
    twice = start_payment(market.session, asha, order, "messenger_invoice", now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    return asha, order, twice


def comes(market: Market, twice: Payment) -> None:
    money_came(market.session, MoneyFact("messenger_invoice", "ch1", twice.payload, inr(120)), now=market.now)


def taken_back(market: Market, charge: Payment) -> AfterSaleCase:
    return enter_chargeback(market.session, market.operator, charge, inr(120), now=market.now)


@pytest.mark.parametrize(("spent", "lost"), [("taken out", -120), ("on the order", 0)])
def test_an_order_pays_for_no_charge_that_it_never_had(market: Market, spent: str, lost: int) -> None:
    asha, order, twice = twice_paid(market)
    comes(market, twice)
    sale = market.session.get_one(Campaign, order.campaign_id)
    if spent == "taken out":
        ask_payout(market.session, asha, inr(120), "asha@upi", now=market.now)
    else:
        topped = change_quantity(market.session, asha, order, Decimal(10), now=market.now)
        assert topped.owed == inr(120)
        start_payment(market.session, asha, order, "wallet", now=market.now)
    enter_harvest(market.session, market.farmer, sale, sale.capacity, sharing=Sharing.FULL, now=market.later(days=19))
    ends(market, taken_back(market, twice), won=False)
    assert paid(market.session, order) == inr(120)
    assert held_by(market, AccountKind.PLATFORM_FEE) == inr(lost)


@pytest.mark.parametrize("before", [True, False])
def test_the_taker_answers_for_no_charge_of_the_givers_that_the_order_never_had(market: Market, before: bool) -> None:
    asha, order, twice = twice_paid(market)
    binu = market.buyer("Binu")
    take_over(market.session, binu, give(market.session, asha, order, now=market.now), now=market.now)
    comes(market, twice)
    case = taken_back(market, twice) if before else None
    cancel(market.session, binu, order, now=market.now)
    case = case or taken_back(market, twice)
    assert wallet_balance(market.session, binu.member_id) == inr(120)
    ends(market, case, won=False)
    assert (wallet_balance(market.session, binu.member_id), refundable(market.session, order)) == (inr(120), inr(0))


def shown(market: Market, who: Actor, order: Order, quantity: int) -> Payment:
    """The receipt of a transfer for the deposit of more."""
    change_quantity(market.session, who, order, Decimal(quantity), now=market.now)
    payment = start_payment(market.session, who, order, "transfer", now=market.now)
    submit_receipt(market.session, who, payment, media_id=None, reference="UTR 7", now=market.now)
    return payment


def harvested(market: Market, order: Order) -> None:
    sale = market.session.get_one(Campaign, order.campaign_id)
    enter_harvest(market.session, market.farmer, sale, sale.capacity, sharing=Sharing.FULL, now=market.later(days=19))


def test_the_taker_pays_while_a_receipt_of_the_giver_waits(market: Market) -> None:
    asha, order = order_of(market)
    shown(market, asha, order, 10)
    binu = market.buyer("Binu")
    take_over(market.session, binu, give(market.session, asha, order, now=market.now), now=market.now)
    harvested(market, order)
    card = order_card(market.session, order.id, binu)
    assert (card.receipt_waiting, {"order.pay", "order.more_time"} <= card.actions) == (False, True)
    more_time(market.session, binu, order, now=market.now)


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize("by_weight", [True, False])
def test_a_balance_waits_for_the_receipt_of_what_was_to_be_added(market: Market, accept: bool, by_weight: bool) -> None:
    asha = market.buyer()
    order = reserve(market.session, asha, market.sale(by_weight=by_weight), Decimal(5), now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    receipt = shown(market, asha, order, 10)
    harvested(market, order)
    if by_weight:
        weigh(market.session, market.farmer, order, Decimal(5), now=market.now)
    tick(market, days=4)
    assert (order.state, "balance_reminder" in market.told(order)) == ("balance_due", False)
    decide_receipt(market.session, market.operator, receipt, accept=accept, reason="none", now=market.now)
    assert order.balance_due_at == market.now + timedelta(hours=4)
    assert due_now(market.session, order) == inr(360 if accept else 480)
    tick(market, hours=5)
    assert order.state == "overdue"


def test_a_buyer_says_where_it_shall_go_although_it_is_packed(market: Market) -> None:
    (order,) = ready(market, market.sale(pickup_place=""), 5, way=None)
    asha = buyer_of(market, order)
    pack(market.session, market.farmer, order, now=market.now)
    assert "order.deliver_to" in order_card(market.session, order.id, asha).actions
    choose_delivery(market.session, asha, order, "deliver", address="4 Sea Road", now=market.now)
    assert (order.state, due_now(market.session, order)) == ("balance_due", inr(40))
    assert market.told(order)[-1] == "order_redirected"
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    pack(market.session, market.farmer, order, now=market.now)
    with pytest.raises(Changed):
        choose_delivery(market.session, asha, order, "deliver", address="7 Hill Road", now=market.now)
    by_courier(market, order)
    report(market.session, market.courier, order, CourierStatus.PICKED_UP, now=market.now)
    assert (order.state, order.address) == ("dispatched", "4 Sea Road")


def test_a_packed_order_that_waits_to_be_picked_up_goes_nowhere_else(market: Market) -> None:
    (order,) = ready(market, market.sale(), 5, way=None)
    pack(market.session, market.farmer, order, now=market.now)
    assert "order.deliver_to" not in order_card(market.session, order.id, buyer_of(market, order)).actions
    with pytest.raises(Changed):
        choose_delivery(market.session, buyer_of(market, order), order, "deliver", address="4 Sea Road", now=market.now)


def test_an_order_changes_no_hands_while_a_provider_has_its_deposit(market: Market) -> None:
    asha, order = order_of(market)
    token = give(market.session, asha, order, now=market.now)
    case = charged_back(market, order, 120)
    with pytest.raises(LinkEnded):
        take_over(market.session, market.buyer("Binu"), token, now=market.now)
    with pytest.raises(Changed):
        give(market.session, asha, order, now=market.now)
    assert "order.give" not in order_card(market.session, order.id, asha).actions
    ends(market, case, won=True)
    assert take_over(market.session, market.buyer("Cara"), token, now=market.now).id == order.id
