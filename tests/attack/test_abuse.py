"""Who floods the shop is slowed alone: messages, reservations, questions and messages about orders are bounded."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from core.catalog import asking
from core.catalog.words_said import TooManySaid
from core.db import Database
from core.members.claims import LinkEnded
from core.messaging import inbox
from core.messaging.concluding import conclude
from core.orders import aftersale, handing, talking
from core.orders.errors import CaseAlready, TooManyUnpaid
from core.orders.places import Handing
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from tests.kit.shop import Shop, shop
from tests.orders.market import NOW, open_market
from tests.orders.test_cases import complaint, delivered
from tests.orders.test_fulfil import buyer_of
from tests.stories.farming import grower, on_sale

__all__ = ["shop"]
FLOOD, OTHERS = 1000, 10
FLOODER = 555


def said(update_id: int, person: int) -> dict[str, Any]:
    chat = {"id": person, "type": "private"}
    return {"update_id": update_id, "message": {"message_id": update_id, "chat": chat, "text": "hello"}}


def test_a_thousand_messages_of_one_member_keep_nobody_else_waiting(database: Database) -> None:
    with database.writing() as session:
        inbox.store(session, 1, [said(number, FLOODER) for number in range(FLOOD)], NOW)
        inbox.store(session, 1, [said(FLOOD + number, 1000 + number) for number in range(OTHERS)], NOW)
    served: list[str] = []
    with database.writing() as session:
        claimed = inbox.claim(session, NOW)
        served = [inbox.lane_of(_raw(item)) for item in claimed]
        for item in claimed:
            conclude(session, [], item, NOW)
    assert sorted(served) == sorted([str(FLOODER), *(str(1000 + number) for number in range(OTHERS))])
    with database.writing() as session:
        assert [inbox.lane_of(_raw(item)) for item in inbox.claim(session, NOW)] == [str(FLOODER)]


def _raw(item: inbox.Claimed) -> dict[str, Any]:
    return dict(json.loads(item.raw))


def test_others_are_answered_in_the_middle_of_a_flood(shop: Shop) -> None:
    asha, mallory = shop.buyer(), shop.buyer("Mallory")
    sender = {"id": mallory.id, "is_bot": False, "first_name": "Mallory"}
    chat = {"id": mallory.id, "type": "private"}
    flood = [
        {"update_id": 10**9 + at, "message": {"message_id": 9000 + at, "date": 1, "chat": chat, "from": sender,
         "text": "/help"}} for at in range(300)
    ]  # fmt: skip
    with shop.database.writing() as session:
        inbox.store(session, shop.config.bot_id, flood, shop.clock.now())
    shop.app.worker_bell.ring()
    asha.does("text", text="/help", reacts=False)
    asha.sees("🛍 Market: see what ripens")
    with shop.database.reading() as session:
        left = inbox.waiting(session)
    assert left > 0, "asha was answered while the flood was still being worked off"
    shop.settles(60)


def test_a_hundred_unpaid_reservations_end_at_the_cap(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale, mallory = market.sale(), market.buyer("Mallory")
        refused = 0
        for _each in range(100):
            try:
                reserve(session, mallory, sale, sale.pack, now=NOW)
            except TooManyUnpaid:
                refused += 1
        assert refused == 95
        assert sale.reserved == 5 * sale.pack
        reserve(session, market.buyer(), sale, sale.pack, now=NOW)  # others still can


def test_questions_and_messages_are_bounded_for_each_member(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session, questions_a_day=3, messages_an_hour=4)
        sale, mallory, asha = market.sale(), market.buyer("Mallory"), market.buyer()
        order = reserve(session, mallory, sale, sale.pack, now=NOW)
        for number in range(3):
            asking.ask(session, mallory, sale, f"Question {number}?", now=NOW)
        with pytest.raises(TooManySaid):
            asking.ask(session, mallory, sale, "More?", now=NOW)
        for number in range(4):
            talking.write(session, mallory, order, f"Word {number}", now=NOW)
        with pytest.raises(TooManySaid):
            talking.write(session, mallory, order, "More", now=NOW)
        asking.ask(session, asha, sale, "Organic?", now=NOW)
        talking.write(session, market.farmer, order, "Patience.", now=NOW)
        talking.write(session, mallory, order, "Now?", now=NOW + timedelta(hours=1, seconds=1))


def test_links_that_nobody_takes_grow_nothing_and_the_newest_works(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        asha, sale = market.buyer(), market.sale()
        order = reserve(session, asha, sale, Decimal(5), now=NOW)
        start_payment(session, asha, order, "sandbox", now=NOW)
        tokens = [handing.give(session, asha, order, now=NOW) for _number in range(50)]
        assert session.scalar(select(func.count()).select_from(Handing)) == 1
        with pytest.raises(LinkEnded):
            handing.look_at(session, market.buyer("Bela"), tokens[-2], now=NOW)
        handing.take_over(session, market.buyer("Chitra"), tokens[-1], now=NOW)


def test_complaints_are_taken_back_a_few_times_only(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        order = delivered(market)
        for _number in range(aftersale.WITHDRAWN_MOST):
            aftersale.answer(session, buyer_of(market, order), complaint(market, order), "withdraw", now=market.now)
        with pytest.raises(CaseAlready):
            complaint(market, order)


def test_a_draft_that_is_never_sent_grows_nothing(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale, mallory = market.sale(), market.buyer("Mallory")
        kept = {asking.ask(session, mallory, sale, f"Call 98450 1234{at % 10}", now=NOW).id for at in range(50)}
        assert len(kept) == 1


def test_the_hundredth_press_of_reserve_says_what_to_do(shop: Shop) -> None:
    sale_id = on_sale(shop, grower(shop))
    mallory = shop.person("Mallory")
    for number in range(6):
        mallory.start(f"s_{sale_id}")
        mallory.taps("1 kg")
        mallory.taps("✅ Reserve")
        if number < 5:
            mallory.sees("✅ Reserved A")
    mallory.sees_toast("You already have 5 reservations without a deposit.")
