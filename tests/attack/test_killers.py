"""An update that ends its process each time is set aside after five tries, and its chat goes on."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from core.clock import machine_now
from core.messaging import inbox
from core.messaging.models import Inbox
from tests.kit.shop import Shop, shop

__all__ = ["shop"]
KILLER, NEXT = 10**9, 10**9 + 1


def test_an_update_that_ended_its_process_five_times_is_not_tried_a_sixth_time(shop: Shop) -> None:
    asha = shop.buyer()
    body = {
        "message_id": 7, "date": 1, "text": "/menu", "chat": {"id": asha.id, "type": "private"},
        "from": {"id": asha.id, "is_bot": False, "first_name": "Asha"},
    }  # fmt: skip
    with shop.database.writing() as session:
        inbox.store(
            session, shop.config.bot_id, [{"update_id": number, "message": body} for number in (KILLER, NEXT)],
            shop.clock.now(),
        )  # fmt: skip
        # as five kills leave it, each of them a lease that ran out
        died = {"state": "leased", "attempts": inbox.TRIES, "lease_until": machine_now() - timedelta(seconds=1)}
        session.execute(update(Inbox).where(Inbox.update_id == KILLER).values(**died))
    shop.app.worker_bell.ring()
    shop.settles()
    with shop.database.writing() as session:
        states = dict(session.execute(select(Inbox.update_id, Inbox.state).where(Inbox.update_id >= KILLER)).all())
        session.execute(update(Inbox).where(Inbox.update_id == KILLER).values(state="done"))  # the staff saw it
    assert states == {KILLER: "quarantined", NEXT: "done"}
