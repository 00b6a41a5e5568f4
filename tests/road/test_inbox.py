"""The inbox hands out each chat's updates in order, tried ones alone, and only the holder of a lease may finish."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from core.db import Database
from core.messaging import inbox
from core.messaging.concluding import conclude
from core.messaging.lease import LEASE, LeaseLost

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
BOT = 1


def _press(update_id: int, chat: int) -> dict[str, object]:
    return {"update_id": update_id, "message": {"message_id": update_id, "chat": {"id": chat}, "from": {"id": chat}}}


def _store(database: Database, *updates: dict[str, object]) -> None:
    database.run(lambda session: inbox.store(session, BOT, updates, NOW))


def _waiting(database: Database) -> int:
    with database.reading() as session:
        return inbox.waiting(session)


def _claim(database: Database, now: datetime = NOW, limit: int = 16) -> list[inbox.Claimed]:
    with database.writing() as session:
        return inbox.claim(session, now, limit)


def _finish(database: Database, item: inbox.Claimed) -> None:
    with database.writing() as session:
        conclude(session, [], item, NOW)


def test_what_an_update_repeats_of_other_messages_is_not_kept(database: Database) -> None:
    chat = {"id": 7, "type": "private"}
    card = {"message_id": 3, "date": 9, "chat": chat, "caption": "Ashalata, 7 Hill Street", "photo": [{"file_id": "x"}]}
    press = {"id": "1", "from": {"id": 7}, "message": card, "data": "fsale:1:0"}
    answer = {"message_id": 4, "chat": chat, "from": {"id": 7}, "text": "yes", "quote": {"text": "Ashalata"}}
    _store(database, {"update_id": 1, "callback_query": press},
           {"update_id": 2, "message": {**answer, "reply_to_message": card}})  # fmt: skip
    kept = [json.loads(item.raw) for _each in range(2) for item in _ended(database)]
    slim = {"message_id": 3, "date": 9, "chat": chat, "photo": True}
    assert kept[0]["callback_query"] == {**press, "message": slim}
    assert kept[1]["message"] == {"message_id": 4, "chat": chat, "from": {"id": 7}, "text": "yes"}


def _ended(database: Database) -> list[inbox.Claimed]:
    """What is handed out now, worked off at once."""
    claimed = _claim(database)
    for item in claimed:
        _finish(database, item)
    return claimed


def test_a_chats_updates_come_one_after_another_whatever_their_batch_order(database: Database) -> None:
    numbers = list(range(1, 31))
    random.Random(3).shuffle(numbers)
    _store(database, *(_press(number, number % 3) for number in numbers))
    seen: dict[int, list[int]] = {0: [], 1: [], 2: []}
    while claimed := _claim(database):
        assert len(claimed) == 3  # one of each chat
        for item in claimed:
            number = int(item.raw.split('"update_id":')[1].split(",")[0])
            seen[number % 3].append(number)
            _finish(database, item)
    assert seen == {chat: sorted(numbers) for chat, numbers in seen.items()}
    assert sum(map(len, seen.values())) == 30


def test_the_same_update_a_hundred_times_is_stored_once(database: Database) -> None:
    for _ in range(100):
        _store(database, _press(7, 5))
    assert _waiting(database) == 1


def test_a_lower_update_id_after_a_quiet_week_is_accepted(database: Database) -> None:
    _store(database, _press(900, 5))
    _store(database, _press(3, 5))
    assert _waiting(database) == 2


def test_an_update_tried_before_is_claimed_alone_and_first(database: Database) -> None:
    _store(database, *(_press(number, number) for number in range(1, 6)))
    with database.writing() as session:
        first = inbox.claim(session, NOW, 1)[0]
    with database.writing() as session:
        inbox.release(session, first, "boom")
    assert [item.seq for item in _claim(database)] == [first.seq]
    assert len(_claim(database)) == 4  # its lease holds up nobody else


def test_a_lease_that_ran_out_passes_on_and_the_first_holder_cannot_finish(database: Database) -> None:
    _store(database, _press(1, 5))
    first = _claim(database)[0]
    assert _claim(database, NOW + LEASE / 2) == []
    second = _claim(database, NOW + LEASE + timedelta(seconds=1))[0]
    assert second.attempts == 2
    with pytest.raises(LeaseLost):
        _finish(database, first)
    _finish(database, second)
    assert _claim(database, NOW + 3 * LEASE) == []


def test_what_was_given_back_untried_is_not_counted(database: Database) -> None:
    _store(database, _press(1, 5), _press(2, 6))
    claimed = _claim(database)
    with database.writing() as session:
        inbox.give_back(session, claimed)
    assert [item.attempts for item in _claim(database)] == [1, 1]


def test_a_quarantined_update_lets_its_chat_go_on(database: Database) -> None:
    _store(database, _press(1, 5), _press(2, 5))
    poison = _claim(database)[0]
    with database.writing() as session:
        inbox.quarantine(session, poison, "boom", NOW)
    assert [item.seq for item in _claim(database)] == [poison.seq + 1]
    with database.reading() as session:
        assert [row.error for row in inbox.quarantined(session)] == ["boom"]


def test_two_workers_never_hold_one_chat_at_once(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    _store(database, *(_press(number, number % 2) for number in range(1, 9)))
    with database.writing() as one, database.writing() as two:
        mine, theirs = inbox.claim(one, NOW, 1), inbox.claim(two, NOW, 16)
        assert len(mine) == len(theirs) == 1
        assert {item.seq for item in mine}.isdisjoint(item.seq for item in theirs)
    database.dispose()
