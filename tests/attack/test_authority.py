"""What is another's is answered like what does not exist; data that no button of ours carried changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.catalog import asking, words_said
from core.catalog.queries import campaign
from core.db import Database
from core.errors import Changed, NotAllowed, NotFound, YourOwn
from core.members import calls
from core.members.queries import member
from core.messaging import inbox
from core.messaging.models import Inbox
from core.orders import talking
from core.orders.reserve import reserve
from tests.kit.shop import Shop, shop
from tests.orders.market import NOW, Market, open_market
from tests.stories.farming import bought, grower, on_sale

__all__ = ["shop"]
NOWHERE = 999_999
OF_ORDERS = ("border", "bpay", "bcancel", "bnote", "btrack", "bchange", "bgot", "bsay")
OF_SALES = ("fsale", "fready", "flost", "fpick", "flist", "fgrow", "fskip")
OF_REMARKS = ("qyes", "qno", "qans", "rsend", "redit")
FIRST = 10**9  # beyond the simulator's own numbers
STRANGE = [
    "x" * 65, "border:1:0:" + "y" * 5000, "\ud800:1:0", "border:1:0:\udfff", "\x00", "", "no.such:1:0", "border",
    "border:NaN:0", None,
]  # fmt: skip


def test_anothers_thing_is_answered_like_one_that_does_not_exist(shop: Shop) -> None:
    sale_id = on_sale(shop, grower(shop))
    asha = bought(shop, sale_id, "Asha", 10)
    asha.start(f"q_{sale_id}")
    asha.types("Organic?")
    mallory = shop.buyer("Mallory")
    here = mallory.newest()["message_id"]
    for action in (*OF_ORDERS, *OF_SALES, *OF_REMARKS):
        told = []
        for number in (1, NOWHERE):
            mallory.taps_stale(here, f"{action}:{number}:0")
            told.append(mallory.sees_toast())
        assert told == ["I cannot find that. It may have ended."] * 2, action


@pytest.mark.parametrize("data", STRANGE, ids=lambda data: repr(data)[:20])
def test_callback_data_that_we_never_wrote_changes_nothing_and_the_chat_goes_on(shop: Shop, data: str | None) -> None:
    asha = shop.buyer()
    sender = {"id": asha.id, "is_bot": False, "first_name": "Asha"}
    message = {"message_id": 77, "date": 1, "chat": {"id": asha.id, "type": "private"}, "text": "x"}
    query = {"id": "1", "from": sender, "chat_instance": "1", "message": message, "data": data}
    with shop.database.writing() as session:
        inbox.store(session, shop.config.bot_id, [{"update_id": FIRST, "callback_query": query}], shop.clock.now())
    shop.settles()
    with shop.database.reading() as session:
        row = session.scalars(select(Inbox).where(Inbox.update_id == FIRST)).one()
        assert (row.state, row.error) == ("done", None)
    asha.types("/help")
    asha.sees("🛍 Market: see what ripens")


def a_market(session: Any) -> tuple[Market, Any]:
    market = open_market(session)
    sale = market.sale()
    return market, sale


def test_only_the_farmer_or_staff_answers_and_nobody_asks_at_home(database: Database) -> None:
    with database.writing() as session:
        market, sale = a_market(session)
        asha, mallory = market.buyer(), market.buyer("Mallory")
        with pytest.raises(YourOwn):
            asking.ask(session, market.farmer, sale, "Do I grow it well?", now=NOW)
        asked = asking.ask(session, asha, sale, "Organic?", now=NOW)
        for stranger in (asha, mallory, market.courier):
            with pytest.raises((NotFound, NotAllowed)):
                asking.answer(session, stranger, asked, "yes", now=NOW)
        with pytest.raises(NotAllowed):
            asking.next_passed(session, mallory)
        asking.answer(session, market.operator, asked, "yes", now=NOW)
        with pytest.raises(Changed):
            asking.answer(session, market.farmer, asked, "no", now=NOW)
        assert [one.answer for one in asking.answers_of(session, sale.id)] == [asking.YES]


def test_a_sale_that_is_over_or_not_yet_open_is_not_asked_about(database: Database) -> None:
    with database.writing() as session:
        market, _sale = a_market(session)
        for state in ("draft", "in_review", "cancelled", "removed", "failed", "crop_failed"):
            over = campaign(session, market.sale(state=state).id)
            with pytest.raises(Changed):
                asking.ask(session, market.buyer(), over, "Organic?", now=NOW)


def test_a_draft_and_the_words_about_an_order_are_for_those_concerned_alone(database: Database) -> None:
    with database.writing() as session:
        market, sale = a_market(session)
        asha, mallory = market.buyer(), market.buyer("Mallory")
        draft = asking.ask(session, asha, sale, "Organic? Call 98450 12345", now=NOW)
        assert draft.state == "draft"
        for stranger in (mallory, market.farmer, market.operator):
            with pytest.raises(NotFound):
                words_said.mine(session, stranger, draft.id)
            with pytest.raises(NotFound):
                asking.send_question(session, stranger, draft, now=NOW)
        order = reserve(session, asha, sale, sale.pack, now=NOW)
        talking.write(session, asha, order, "I come at five.", now=NOW)
        for stranger in (mallory, market.operator, market.courier):
            with pytest.raises(NotFound):
                talking.write(session, stranger, order, "Hello", now=NOW)
            with pytest.raises(NotFound):
                talking.said(session, stranger, order)
        assert [line.text for line in talking.said(session, market.farmer, order)] == ["I come at five."]


def test_only_staff_notes_calls(database: Database) -> None:
    with database.writing() as session:
        market, _sale = a_market(session)
        asha = member(session, market.buyer().member_id)
        for stranger in (market.farmer, market.courier, market.buyers[0]):
            with pytest.raises(NotAllowed):
                calls.note_call(session, stranger, asha, "Pays on Monday.", now=NOW)
            with pytest.raises(NotAllowed):
                calls.back_in_touch(session, stranger, asha, now=NOW)
        calls.note_call(session, market.operator, asha, "Pays on Monday.", now=NOW)
        assert calls.last_calls(session, [asha.id])[asha.id].outcome == "Pays on Monday."
