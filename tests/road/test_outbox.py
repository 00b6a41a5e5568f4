"""The outbox keeps the order within a chat, holds nobody up for what may not go yet, and refuses a late mark."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.db import Database
from core.messaging import outbox
from core.messaging.lease import LEASE
from core.messaging.outbox import BULK, Due, Letter, Mark
from core.messaging.screen import Screen

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


def _letter(name: str, chat: int = 5, **changes: object) -> Letter:
    payload = {"screen": Screen(name).to_json()}
    given: dict[str, object] = {"not_before": NOW, "priority": 0, **changes}
    return Letter(name, 1, chat, "screen", payload, **given)  # type: ignore[arg-type] # the changes are a letter's fields


def _put(database: Database, *letters: Letter) -> None:
    with database.writing() as session:
        outbox.put(session, letters, NOW)


def _claim(database: Database, at: datetime = NOW, **options: int) -> list[Due]:
    with database.writing() as session:
        return outbox.claim(session, at, at, 64, **options)


def _names(rows: list[Due]) -> list[str]:
    return [row.payload["screen"]["text"] for row in rows]


def _mark(database: Database, row: Due, state: str, **more: object) -> None:
    with database.writing() as session:
        outbox.mark(session, [Mark(row.id, row.fence, state, **more)], NOW)  # type: ignore[arg-type] # a mark's fields


def test_a_chat_gets_its_letters_one_after_another(database: Database) -> None:
    _put(database, _letter("a1"), _letter("a2"), _letter("b1", chat=6))
    first = _claim(database)
    assert _names(first) == ["a1", "b1"]
    assert _claim(database) == []
    _mark(database, first[0], "sent", message_id=9)
    assert _names(_claim(database)) == ["a2"]


def test_a_letter_that_must_be_tried_again_is_not_overtaken(database: Database) -> None:
    _put(database, _letter("a1"), _letter("a2"))
    later = NOW + timedelta(seconds=30)
    _mark(database, _claim(database)[0], "pending", error="502", retry_at=later)
    assert _claim(database) == []
    again = _claim(database, later)
    assert _names(again) == ["a1"]
    assert again[0].attempts == 2
    assert again[0].first_failed_at == NOW


def test_a_notice_held_till_morning_holds_up_no_answer(database: Database) -> None:
    _put(database, _letter("held", not_before=NOW + timedelta(hours=8)), _letter("answer"))
    assert _names(_claim(database)) == ["answer"]


def test_answers_go_before_notices_and_little_bulk_at_once(database: Database) -> None:
    _put(database, *(_letter(f"bulk{chat}", chat=chat, priority=BULK) for chat in range(100, 120)))
    _put(database, _letter("notice", chat=7, priority=1), _letter("answer", chat=8))
    claimed = _names(_claim(database, bulk=3))
    assert claimed == ["bulk100", "bulk101", "bulk102", "notice", "answer"]  # leased by weight, handed out by age


def test_a_late_mark_changes_nothing(database: Database) -> None:
    _put(database, _letter("a1"))
    first = _claim(database)[0]
    second = _claim(database, NOW + LEASE + timedelta(seconds=1))[0]
    _mark(database, first, "dead", error="late")
    _mark(database, second, "sent", message_id=9)
    assert _claim(database, NOW + 3 * LEASE) == []
    with database.reading() as session:
        assert outbox.due_count(session, NOW) == 0


def test_a_429_is_not_counted_as_a_try(database: Database) -> None:
    _put(database, _letter("a1"))
    _mark(database, _claim(database)[0], "pending", error="429", retry_at=NOW, counted=False)
    again = _claim(database)[0]
    assert (again.attempts, again.first_failed_at) == (1, None)


def test_a_key_known_before_queues_nothing(database: Database) -> None:
    _put(database, _letter("a1"))
    _put(database, _letter("a1"), _letter("a2"))
    assert _names(_claim(database)) == ["a1"]


def test_the_pause_after_failures_grows_to_ten_minutes() -> None:
    assert [outbox.pause_after(count).total_seconds() for count in (1, 2, 3, 30)] == [1, 2, 4, 600]
