"""The same update twenty times at the same moment, on connections of its own: one fact, one effect."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select

from core.db import Database
from core.messaging import inbox
from core.messaging.concluding import conclude
from core.messaging.models import Inbox, Outbox
from core.messaging.outbox import screen_letter
from core.messaging.screen import Screen
from tests.orders.market import NOW

TIMES = 20
UPDATE: dict[str, Any] = {"update_id": 7, "message": {"message_id": 1, "chat": {"id": 5}, "text": "hello"}}


def test_twenty_deliveries_at_once_are_stored_claimed_and_answered_once(database: Database) -> None:
    barrier = threading.Barrier(TIMES)

    def comes(_number: int) -> int:
        barrier.wait(20)
        database.run(lambda session: inbox.store(session, 1, [UPDATE], NOW))
        with database.writing() as session:
            claimed = inbox.claim(session, NOW)
            for item in claimed:
                letter = screen_letter(Screen("hi"), dedup=f"u:{item.seq}:0", bot_id=1, chat_id=5, now=NOW)
                conclude(session, [letter], item, NOW)
        return len(claimed)

    with ThreadPoolExecutor(TIMES) as threads:
        worked_off = list(threads.map(comes, range(TIMES)))
    with database.reading() as session:
        (stored,) = session.scalars(select(Inbox)).all()
        assert stored.state == "done"  # its number is any: PostgreSQL counts those that came too late too
        assert session.scalars(select(Outbox.dedup)).all() == [f"u:{stored.seq}:0"]
    assert sum(worked_off) == 1
