"""From the packed box to the buyer's word: picking, packing, three ways to hand over, cash, silence."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from core.catalog.models import Campaign
from core.errors import Changed, NotAllowed, NotFound
from core.money import Money
from core.orders.allocation import Sharing
from core.orders.delivery_choice import choose_delivery, write_note
from core.orders.errors import AddressMissing, AmountNotPositive, DeliveryNotChosen, NotDelivered, NotOnThisList
from core.orders.fulfil import CourierNote, CourierStatus, HandOver, collect_cash, deliver, hand_over, receive, report
from core.orders.harvest import enter_harvest
from core.orders.models import Order
from core.orders.packing import pack, pack_all, pick_list, pick_numbers, set_picked
from core.orders.queries import campaign_progress, farm_orders, my_orders, order_card, order_for, todays_reservations
from core.orders.reserve import reserve
from core.orders.settle import agree_cash, due_now, start_payment
from core.payments import books
from core.payments.ledger import AccountKind
from core.permissions import Actor
from tests.orders.market import NOW, Market, inr
from tests.orders.test_endings import tick


def ready(
    market: Market, campaign: Campaign, *quantities: int, way: str | None = "deliver", cash: bool = False
) -> list[Order]:
    """Paid orders (or cash agreed) of somebody each, after the harvest."""
    orders = []
    for i, quantity in enumerate(quantities):
        who = market.buyer(f"Buyer {i}")
        order = reserve(market.session, who, campaign, Decimal(quantity), now=market.now)
        start_payment(market.session, who, order, "sandbox", now=market.now)
        if way:
            choose_delivery(market.session, who, order, way, address="4 Sea Road", now=market.now)
        orders.append(order)
    enter_harvest(
        market.session, market.farmer, campaign, campaign.capacity, sharing=Sharing.FULL, now=market.later(days=19)
    )
    for order in orders:
        settle = agree_cash if cash else (lambda *args, now: start_payment(*args, "sandbox", now=now))
        settle(market.session, buyer_of(market, order), order, now=market.now)
    return orders


def buyer_of(market: Market, order: Order) -> Actor:
    return next(who for who in market.buyers if who.member_id == order.buyer_id)


def packed(market: Market, **kinds: object) -> Order:
    (order,) = ready(market, market.sale(), 5, **kinds)  # type: ignore[arg-type] # passed through
    pack(market.session, market.farmer, order, now=market.now)
    return order


def held_by(market: Market, kind: AccountKind) -> Money:
    return books.held_in(market.session, kind, "INR")


def by_courier(market: Market, order: Order) -> None:
    how = HandOver(courier_id=market.courier.member_id, boxes=2)
    hand_over(market.session, market.farmer, order, how=how, now=market.now)


def test_the_pick_list_shows_what_is_paid_for_and_ticks_stay(market: Market) -> None:
    campaign = market.sale()
    first, second = ready(market, campaign, 2, 4)
    set_picked(market.session, market.farmer, first, True, now=market.now)
    listed = pick_list(market.session, campaign, date(2026, 5, 21))
    assert [(line.number, line.quantity, line.picked) for line in listed.lines] == [
        (first.number, 2, True), (second.number, 4, False),
    ]  # fmt: skip
    assert listed.total == 6


def test_rows_are_ticked_by_number_all_or_none(market: Market) -> None:
    campaign = market.sale()
    first, second = ready(market, campaign, 2, 4)
    with pytest.raises(NotOnThisList) as refused:
        pick_numbers(market.session, market.farmer, campaign, [str(first.id), "19"], now=market.now)
    assert refused.value.params == {"wanted": "19", "yours": f"{first.number}, {second.number}"}
    assert not first.picked
    pick_numbers(market.session, market.farmer, campaign, [str(first.id), f"#{second.number.lower()}"], now=market.now)
    assert first.picked
    assert second.picked


def test_everything_is_packed_at_once_and_the_lot_is_told(market: Market) -> None:
    campaign = market.sale()
    orders = ready(market, campaign, 2, 4)
    assert pack_all(market.session, market.farmer, campaign, now=market.now) == orders
    assert {order.state for order in orders} == {"packed"}
    assert order_card(market.session, orders[0].id).lot is not None
    assert pack_all(market.session, market.farmer, campaign, now=market.now) == []


def test_a_courier_picks_up_carries_and_delivers(market: Market) -> None:
    order = packed(market)
    by_courier(market, order)
    assert order.state == "packed"
    note = CourierNote(temperature="<=4")
    for status in CourierStatus:
        report(market.session, market.courier, order, status, now=market.later(hours=1), note=note)
    assert order.state == "delivered"
    assert order_card(market.session, order.id).parcel_status == "delivered"
    receive(market.session, buyer_of(market, order), order, now=market.now)
    assert (held_by(market, AccountKind.SHIPPING), held_by(market, AccountKind.FARMER_PAYABLE)) == (inr(40), inr(600))


def test_a_farmer_who_delivers_keeps_the_fee(market: Market) -> None:
    order = packed(market)
    hand_over(market.session, market.farmer, order, how=HandOver(self_delivered=True), now=market.now)
    assert order.state == "dispatched"
    report(market.session, market.farmer, order, CourierStatus.DELIVERED, now=market.now)
    receive(market.session, buyer_of(market, order), order, now=market.now)
    assert (held_by(market, AccountKind.SHIPPING), held_by(market, AccountKind.FARMER_PAYABLE)) == (inr(0), inr(640))


def test_a_pick_up_order_waits_at_its_place(market: Market) -> None:
    order = packed(market, way="pickup")
    assert hand_over(market.session, market.farmer, order, how=HandOver(), now=market.now) is None
    assert order.state == "at_pickup"
    deliver(market.session, market.farmer, order, now=market.now)
    assert order.state == "delivered"


def test_where_it_shall_go_must_be_known_when_only_the_buyer_can_say(market: Market) -> None:
    (order,) = ready(market, market.sale(pickup_place=""), 5, way=None)
    pack(market.session, market.farmer, order, now=market.now)
    with pytest.raises(DeliveryNotChosen):
        by_courier(market, order)


def test_another_courier_or_buyer_sees_nothing_of_a_parcel(market: Market) -> None:
    order = packed(market)
    by_courier(market, order)
    for stranger in (market.buyer("Bina"), market.operator):
        with pytest.raises((NotFound, NotAllowed)):
            report(market.session, stranger, order, CourierStatus.PICKED_UP, now=market.now)
    with pytest.raises(NotFound):
        pack(market.session, market.buyer("Chen"), order, now=market.now)
    with pytest.raises(Changed):
        by_courier(market, order)


def test_reports_out_of_turn_are_refused(market: Market) -> None:
    order = packed(market)
    by_courier(market, order)
    with pytest.raises(Changed):
        report(market.session, market.courier, order, CourierStatus.DELIVERED, now=market.now)
    with pytest.raises(NotDelivered):
        receive(market.session, buyer_of(market, order), order, now=market.now)


def test_cash_is_recorded_at_hand_over_up_to_what_is_owed(market: Market) -> None:
    order = packed(market, cash=True)
    by_courier(market, order)
    report(market.session, market.courier, order, CourierStatus.PICKED_UP, now=market.now)
    with pytest.raises(AmountNotPositive) as refused:
        collect_cash(market.session, market.courier, order, inr(521), now=market.now)
    assert refused.value.params == {"most": inr(520)}
    collect_cash(market.session, market.courier, order, inr(500), now=market.now)
    collect_cash(market.session, market.courier, order, inr(20), now=market.now)
    assert held_by(market, AccountKind.COURIER_CASH) == inr(520)
    assert market.told(order).count("cash_collected") == 2
    assert order_card(market.session, order.id).rest == inr(0)


def test_cash_recorded_after_the_receipt_still_reaches_the_farm(market: Market) -> None:
    order = packed(market, cash=True)
    hand_over(market.session, market.farmer, order, how=HandOver(self_delivered=True), now=market.now)
    report(market.session, market.farmer, order, CourierStatus.DELIVERED, now=market.now)
    receive(market.session, buyer_of(market, order), order, now=market.now)
    assert held_by(market, AccountKind.FARMER_PAYABLE) == inr(120)
    collect_cash(market.session, market.farmer, order, inr(520), now=market.now)
    assert held_by(market, AccountKind.FARMER_PAYABLE) == inr(640)


def test_silence_after_delivery_counts_as_receipt_after_two_days(market: Market) -> None:
    order = packed(market, way="pickup")
    hand_over(market.session, market.farmer, order, how=HandOver(), now=market.now)
    deliver(market.session, market.farmer, order, now=market.now)
    tick(market, hours=4)
    tick(market, hours=20)
    assert market.told(order)[-2:] == ["review_invited", "auto_confirm_soon"]
    assert order.state == "delivered"
    tick(market, hours=24)
    assert (order.state, held_by(market, AccountKind.FARMER_PAYABLE)) == ("completed", inr(600))


def test_the_delivery_fee_joins_the_balance_and_a_paid_order_owes_it(market: Market) -> None:
    (order,) = ready(market, market.sale(), 5, way=None)
    who = buyer_of(market, order)
    with pytest.raises(AddressMissing):
        choose_delivery(market.session, who, order, "deliver", address=" ", now=market.now)
    choose_delivery(market.session, who, order, "deliver", address="4 Sea Road", now=market.now)
    assert (order.state, due_now(market.session, order)) == ("balance_due", inr(40))
    choose_delivery(market.session, who, order, "pickup", now=market.now)
    assert (order.state, due_now(market.session, order)) == ("ready", inr(0))
    assert market.told(order)[-1] == "order_redirected"


def test_a_way_that_costs_less_gives_back_what_was_paid_for_it(market: Market) -> None:
    (order,) = ready(market, market.sale(), 5, way="deliver")
    who, address = buyer_of(market, order), order.address
    choose_delivery(market.session, who, order, "deliver", address="9 Hill Road", now=market.now)
    assert (order.state, order.address != address) == ("ready", True)
    choose_delivery(market.session, who, order, "pickup", now=market.now)
    assert (order.state, order.address) == ("ready", None)
    assert books.wallet_holds(market.session, order.buyer_id, "INR") == inr(40)
    pack(market.session, market.farmer, order, now=market.now)
    with pytest.raises(Changed):
        choose_delivery(market.session, who, order, "deliver", address="9 Hill Road", now=market.now)


def test_a_note_is_kept_until_it_is_packed(market: Market) -> None:
    (order,) = ready(market, market.sale(), 5)
    who = buyer_of(market, order)
    write_note(market.session, who, order, "ring twice", now=market.now)
    assert order.note == "ring twice"
    pack(market.session, market.farmer, order, now=market.now)
    with pytest.raises(Changed):
        write_note(market.session, who, order, "too late", now=market.now)


def test_the_card_offers_each_viewer_what_is_theirs_to_do(market: Market) -> None:
    session, order = market.session, packed(market)
    who = buyer_of(market, order)
    assert order_card(session, order.id, who).actions == {"order.track", "order.message"}
    assert order_card(session, order.id, market.farmer).actions == {"order.hand_over", "order.message"}
    assert order_card(session, order.id, market.operator).actions == frozenset()
    with pytest.raises(NotFound):
        order_card(session, order.id, market.buyer("Bina"))
    with pytest.raises(NotFound):
        order_card(session, 10**9, who)
    by_courier(market, order)
    assert order_card(session, order.id, market.courier).actions == {"parcel.report"}
    assert order_for(session, who, order.id) is order
    with pytest.raises(NotFound):
        order_for(session, market.farmer, order.id, "order.cancel")


def test_the_card_says_everything_a_screen_shows(market: Market) -> None:
    campaign = market.sale(attributes={"grade": "A"})
    (order,) = ready(market, campaign, 5)
    card = order_card(market.session, order.id, buyer_of(market, order))
    assert (card.seller_name, card.store_name, card.title, card.unit) == ("Gopal", "Gopal's farm", "Alphonso", "kg")
    assert card.specification == (("grade", "A"),)
    assert (card.total, card.paid, card.owed, card.rest, card.address) == (
        inr(640),
        inr(640),
        inr(0),
        inr(0),
        "4 Sea Road",
    )
    assert card.free_cancel_until == date(2026, 5, 17)


def test_lists_take_one_query_however_long(market: Market) -> None:
    campaign, asha = market.sale(), market.buyer()
    for _ in range(4):
        order = reserve(market.session, asha, campaign, Decimal(1), now=NOW)
        start_payment(market.session, asha, order, "sandbox", now=NOW)
    counted: list[str] = []
    connection = market.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: counted.append(str(args[2])))
    lines = my_orders(market.session, asha.member_id, limit=3)
    older = my_orders(market.session, asha.member_id, limit=3, before=lines[-1].id)
    assert len(farm_orders(market.session, market.farm.id)) == 4
    assert ([len(lines), len(older)], len(counted)) == ([3, 1], 3)
    progress = campaign_progress(market.session, campaign)
    assert (progress.percent, progress.buyers, progress.reserved) == (2, 1, 4)
    today = todays_reservations(market.session, market.farm.id, NOW.date(), "UTC")
    assert (today.count, today.lines) == (4, ((campaign.id, "mango", Decimal(4), "kg"),))
    tomorrow = todays_reservations(market.session, market.farm.id, NOW.date() + timedelta(days=1), "UTC")
    assert tomorrow.count == 0
