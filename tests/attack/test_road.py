"""What a person may send that is no question of ours: a place that moves, a number that was forged."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from core.members.models import Decision
from core.messaging.models import Inbox, Outbox
from core.payments.models import Refund
from tests.kit.shop import BEYOND, Shop, shop
from tests.stories import market

__all__ = ["shop"]


def _letters(shop: Shop) -> int:
    with shop.database.reading() as session:
        return session.execute(select(func.count()).select_from(Outbox)).scalar_one()


def test_a_place_that_moves_is_answered_once(shop: Shop) -> None:
    asha = shop.buyer()
    before = _letters(shop)

    def place(minute: int) -> dict[str, Any]:
        return asha.message(location={"latitude": 18.5, "longitude": 73.8 + minute / 100, "live_period": 900})

    shop.receives({"message": place(0)}, *({"edited_message": place(minute)} for minute in range(1, 9)))
    assert _letters(shop) - before == 1


def test_a_forged_number_is_no_fault_of_ours(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    shop.settles()
    meera.taps("✅ Approve")
    sale_id = market.sale(shop, market.member_id(shop, gopal))
    data = f"flist:{sale_id}:1:{'9' * 40}"
    query = {"id": "1", "from": gopal.sender, "chat_instance": "1", "data": data, "message": gopal.message()}
    shop.receives({"callback_query": query})
    with shop.database.reading() as session:
        row = session.scalars(select(Inbox).where(Inbox.update_id == BEYOND)).one()
        assert (row.state, row.attempts, row.error) == ("done", 1, None)


def test_a_forged_button_on_what_was_decided_is_no_fault_of_ours(shop: Shop) -> None:
    meera = shop.owner()
    owner_id = market.member_id(shop, meera)
    with shop.database.writing() as session:
        now = shop.clock.now()
        paid = Refund(kind="payout", member_id=owner_id, amount_minor=1, currency="INR", state="done", why="payout",
                      rev=1, created_at=now)  # fmt: skip
        session.add(paid)
        session.flush()
        session.add(Decision(subject_kind="refund", subject_id=paid.id, round=1, verdict="approve",
                             member_id=owner_id, at=now))  # fmt: skip
        data = f"osent:{paid.id}:1:x"  # a payout's button carries w
    query = {"id": "1", "from": meera.sender, "chat_instance": "1", "data": data, "message": meera.message()}
    shop.receives({"callback_query": query})
    with shop.database.reading() as session:
        row = session.scalars(select(Inbox).where(Inbox.update_id == BEYOND)).one()
        assert (row.state, row.attempts, row.error) == ("done", 1, None)
