"""Handing an order over: one link, one taker, the money stays with the order, nothing private goes along."""

from __future__ import annotations

import time
from decimal import Decimal
from threading import Event

import pytest
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.db import Database
from core.errors import Changed, NotFound
from core.members.claims import LinkEnded
from core.orders import talking
from core.orders.cancel import cancel
from core.orders.changing import change_quantity
from core.orders.delivery_choice import choose_delivery, write_note
from core.orders.errors import HandedTooOften, OwnOrder, WrongPayer
from core.orders.handing import call_back, give, look_at, take_over
from core.orders.intake import MoneyFact, money_came
from core.orders.models import Order
from core.orders.purse import paid
from core.orders.queries import order_card
from core.orders.reserve import reserve
from core.orders.settle import precheck, start_payment
from core.orders.wallet import wallet_balance
from core.payments.models import Payment
from core.permissions import Actor
from core.verify import broken
from tests.orders.market import Market, inr, open_market
from tests.orders.test_harvest import harvest
from tests.orders.test_lock_order import AWHILE, at_once


def order_of(market: Market) -> tuple[Actor, Order]:
    asha = market.buyer()
    order = reserve(market.session, asha, market.sale(), Decimal(5), now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    return asha, order


def test_the_taker_is_the_buyer_of_what_was_paid_and_of_what_comes_back(market: Market) -> None:
    asha, order = order_of(market)
    choose_delivery(market.session, asha, order, "deliver", address="12 Lake Road", now=market.now)
    write_note(market.session, asha, order, "ring twice", now=market.now)
    token, binu = give(market.session, asha, order, now=market.now), market.buyer("Binu")
    for _twice in range(2):
        taken = take_over(market.session, binu, token, now=market.now)
    assert (taken.buyer_id, paid(market.session, taken)) == (binu.member_id, inr(120))
    assert (taken.delivery, taken.address, taken.note, taken.delivery_fee) == (None, None, "", inr(0))
    assert market.told(order).count("order_handed_over") == 1
    with pytest.raises(NotFound):
        cancel(market.session, asha, order, now=market.now)
    cancel(market.session, binu, order, now=market.now)
    assert wallet_balance(market.session, binu.member_id) == inr(120)
    assert (wallet_balance(market.session, asha.member_id), broken(market.session)) == (inr(0), [])


def test_a_link_that_gave_way_to_a_newer_one_while_it_was_pressed_has_ended(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        asha, order = order_of(market)
        token, binu = give(session, asha, order, now=market.now), market.buyer("Binu")
    held = Event()

    def gives(session: Session) -> None:
        newer = give(session, asha, session.get_one(Order, order.id), now=market.now)
        assert newer != token
        held.set()
        time.sleep(AWHILE)

    def takes(session: Session) -> None:
        assert database.is_sqlite or held.wait(5)
        take_over(session, binu, token, now=market.now)

    assert at_once(database, gives, takes) in (["done", "LinkEnded"], ["NotFound", "done"])


def opened_and_handed(market: Market, quantity: int) -> tuple[Actor, Actor, Order, Payment]:
    """Asha opened an invoice for so much in all, then handed her order over to Binu."""
    asha, order = order_of(market)
    change_quantity(market.session, asha, order, Decimal(quantity), now=market.now)
    bill = start_payment(market.session, asha, order, "messenger_invoice", now=market.now)
    token, binu = give(market.session, asha, order, now=market.now), market.buyer("Binu")
    take_over(market.session, binu, token, now=market.now)
    return asha, binu, order, bill


def test_the_giver_is_not_charged_for_what_another_owes(market: Market) -> None:
    asha, _binu, order, bill = opened_and_handed(market, 25)
    harvest(market, market.session.get_one(Campaign, order.campaign_id), 200)
    assert (order.state, bill.amount) == ("balance_due", inr(480))
    with pytest.raises(WrongPayer):
        precheck(market.session, payload=bill.payload, currency="INR", amount_minor=48000,
                 member_id=asha.member_id, now=market.now)  # fmt: skip


def test_the_taker_does_not_read_what_the_giver_and_the_farmer_wrote(market: Market) -> None:
    asha, order = order_of(market)
    talking.write(market.session, asha, order, "I am in hospital until Friday.", now=market.now)
    talking.write(market.session, market.farmer, order, "Get well, Asha!", now=market.now)
    token, binu = give(market.session, asha, order, now=market.now), market.buyer("Binu")
    take_over(market.session, binu, token, now=market.later(minutes=1))
    assert talking.said(market.session, binu, order) == []
    talking.write(market.session, binu, order, "It is mine now.", now=market.later(minutes=1))
    assert [line.text for line in talking.said(market.session, binu, order)] == ["It is mine now."]
    assert len(talking.said(market.session, market.farmer, order)) == 3
    with pytest.raises(NotFound):
        talking.said(market.session, asha, order)


def test_the_takers_sums_are_of_the_takers_money(market: Market) -> None:
    asha, order = order_of(market)
    change_quantity(market.session, asha, order, Decimal(4), now=market.now)
    token, binu = give(market.session, asha, order, now=market.now), market.buyer("Binu")
    assert order_card(market.session, order.id).back == inr(24)
    take_over(market.session, binu, token, now=market.now)
    card = order_card(market.session, order.id)
    assert (card.paid, card.back, card.back_by) == (inr(96), inr(0), None)
    cancel(market.session, binu, order, now=market.now)
    card = order_card(market.session, order.id)
    assert (card.paid, card.rest, card.back) == (inr(96), inr(0), inr(96))
    assert wallet_balance(market.session, binu.member_id) == inr(96)


def test_a_link_is_spent_by_the_first(market: Market) -> None:
    asha, order = order_of(market)
    token = give(market.session, asha, order, now=market.now)
    take_over(market.session, market.buyer("Binu"), token, now=market.now)
    with pytest.raises(LinkEnded):
        look_at(market.session, market.buyer("Chen"), token, now=market.now)


def test_links_end_with_time_a_newer_one_a_change_of_mind_and_the_order(market: Market) -> None:
    asha, order = order_of(market)
    binu = market.buyer("Binu")
    first = give(market.session, asha, order, now=market.now)
    second = give(market.session, asha, order, now=market.now)
    with pytest.raises(LinkEnded):
        take_over(market.session, binu, first, now=market.now)
    with pytest.raises(LinkEnded):
        take_over(market.session, binu, second, now=market.later(hours=48))
    third = give(market.session, asha, order, now=market.now)
    call_back(market.session, asha, order, now=market.now)
    with pytest.raises(LinkEnded):
        take_over(market.session, binu, third, now=market.now)
    fourth = give(market.session, asha, order, now=market.now)
    cancel(market.session, asha, order, now=market.now)
    with pytest.raises(LinkEnded):
        take_over(market.session, binu, fourth, now=market.now)
    with pytest.raises(Changed):
        give(market.session, asha, order, now=market.now)


def test_ones_own_order_and_a_strangers_cannot_be_handed(market: Market) -> None:
    asha, order = order_of(market)
    token = give(market.session, asha, order, now=market.now)
    with pytest.raises(OwnOrder):
        take_over(market.session, asha, token, now=market.now)
    with pytest.raises(NotFound):
        give(market.session, market.buyer("Mallory"), order, now=market.now)
    with pytest.raises(LinkEnded):
        look_at(market.session, asha, "made up", now=market.now)


def test_an_order_goes_from_hand_to_hand_a_few_times_only(market: Market) -> None:
    owner, order = order_of(market)
    for name in ("Binu", "Chen", "Devi"):
        token, taker = give(market.session, owner, order, now=market.now), market.buyer(name)
        take_over(market.session, taker, token, now=market.now)
        owner = taker
    with pytest.raises(HandedTooOften):
        give(market.session, owner, order, now=market.now)


def test_what_was_being_added_ends_with_the_hand_over(market: Market) -> None:
    asha, order = order_of(market)
    change_quantity(market.session, asha, order, Decimal(8), now=market.now)
    token = give(market.session, asha, order, now=market.now)
    taken = take_over(market.session, market.buyer("Binu"), token, now=market.now)
    assert (taken.quantity, taken.more, broken(market.session)) == (5, None, [])


def test_money_that_the_giver_still_sent_is_the_givers(market: Market) -> None:
    asha = market.buyer()
    order = reserve(market.session, asha, market.sale(), Decimal(5), now=market.now)
    twice = start_payment(market.session, asha, order, "messenger_invoice", now=market.now)
    start_payment(market.session, asha, order, "sandbox", now=market.now)
    token, binu = give(market.session, asha, order, now=market.now), market.buyer("Binu")
    take_over(market.session, binu, token, now=market.now)
    money_came(market.session, MoneyFact("messenger_invoice", "ch1", twice.payload, inr(120)), now=market.now)
    assert wallet_balance(market.session, asha.member_id) == inr(120)
    assert wallet_balance(market.session, binu.member_id) == inr(0)


def test_the_taker_never_pays_by_what_the_giver_had_opened(market: Market) -> None:
    _asha, binu, order, opened = opened_and_handed(market, 20)
    change_quantity(market.session, binu, order, Decimal(20), now=market.now)
    anew = start_payment(market.session, binu, order, "messenger_invoice", now=market.now)
    assert (anew.id != opened.id, anew.member_id) == (True, binu.member_id)
