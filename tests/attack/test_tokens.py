"""A one-time link in what went wrong is not shown to whoever looks at it: an operator could become the owner."""

from __future__ import annotations

from sqlalchemy import update

from core.clock import machine_now
from core.db import Database
from core.members.claims import new_token
from core.messaging import inbox, trouble
from core.messaging.models import Inbox
from core.permissions import Actor, Role


def test_an_update_set_aside_does_not_show_its_link(database: Database) -> None:
    token = new_token()
    now = machine_now()
    message = {"message_id": 1, "chat": {"id": 5}, "from": {"id": 5}, "text": f"/start o_{token}"}
    with database.writing() as session:
        inbox.store(session, 1, [{"update_id": 1, "message": message}], now)
        session.execute(update(Inbox).values(state="quarantined"))
        shown = trouble.next_update(session, Actor(1, frozenset({Role.OPERATOR})))
        assert shown is not None
        assert token not in shown.said
        assert shown.said.startswith("/start o_")
