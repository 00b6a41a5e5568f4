"""A shop under another key: what cannot be read is told in a few lines, however many people there are."""

from __future__ import annotations

from sqlalchemy import delete, update

from core.db import Database
from core.members.models import Member
from core.resealing import SAID_MOST, unreadable
from tests.orders.market import NOW

LOST = "1.deadbeef.AAAA"  # sealed by a key that nobody has


def test_what_another_key_sealed_is_told_in_a_few_lines(database: Database) -> None:
    with database.writing() as session:
        session.add_all(Member(name=f"Buyer {number}", created_at=NOW) for number in range(100))
        session.flush()
        session.execute(update(Member).values(phone_sealed=LOST))
    with database.reading() as session:
        told = unreadable(session)
    assert len(told) == SAID_MOST + 1
    assert told[0] == "the phone of member 1 cannot be read: no key at hand is called deadbeef"
    assert told[-1] == f"{100 - SAID_MOST} more of member.phone cannot be read: is it the right secret.key?"
    with database.writing() as session:
        session.execute(delete(Member).where(Member.id > SAID_MOST))
    with database.reading() as session:
        assert len(unreadable(session)) == SAID_MOST
