"""The clock jumps a day, on or back: what is leased, paused, planned or queued is neither lost, doubled nor held up."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from telegram.error import NetworkError

from bot.delivering import _again
from core.db import Database
from core.errors import Refusal
from core.events import Event, EventKind
from core.members.human import ask_human
from core.members.queries import member
from core.messaging import inbox, outbox
from core.messaging.concluding import conclude
from core.messaging.lease import LEASE
from core.messaging.models import Due, Lease
from core.messaging.outbox import Letter, Mark
from core.messaging.screen import Screen
from core.orders.models import Order
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from scheduler import every, jobs
from scheduler.leader import Fenced, Leader
from tests.orders.market import NOW, open_market

DAY = timedelta(days=1)


def _stored(database: Database, number: int) -> None:
    with database.writing() as session:
        inbox.store(session, 1, [{"update_id": number, "message": {"chat": {"id": number}, "text": "hi"}}], NOW)


def _queued(database: Database, name: str, chat: int = 5, at: datetime = NOW, held: timedelta = timedelta(0)) -> None:
    with database.writing() as session:
        outbox.put(session, [Letter(name, 1, chat, "screen", {"screen": Screen(name).to_json()}, at + held)], at)


def _claimed(database: Database, market: datetime, machine: datetime, mine: tuple[int, ...] = ()) -> list[outbox.Due]:
    with database.writing() as session:
        return outbox.claim(session, market, machine, 64, mine=mine)


def test_an_update_leased_before_the_clock_went_back_is_taken_up_at_once_and_worked_off_once(
    database: Database,
) -> None:
    _stored(database, 1)
    with database.writing() as session:
        (first,) = inbox.claim(session, NOW)
    with database.writing() as session:
        (second,) = inbox.claim(session, NOW - DAY)
        conclude(session, [], second, NOW - DAY)
    with database.writing() as session:
        with pytest.raises(inbox.LeaseLost):
            conclude(session, [], first, NOW - DAY)
        assert inbox.waiting(session) == 0


def test_a_lease_of_a_machine_whose_clock_is_a_little_ahead_is_kept(database: Database) -> None:
    _stored(database, 1)
    _queued(database, "a")
    with database.writing() as session:
        assert inbox.claim(session, NOW + LEASE / 2)
        assert outbox.claim(session, NOW, NOW + LEASE / 2, 5)
    with database.writing() as session:
        assert inbox.claim(session, NOW) == []
        assert outbox.claim(session, NOW, NOW, 5) == []


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_letter_on_its_way_is_not_sent_a_second_time_by_its_own_sender(database: Database, jump: timedelta) -> None:
    _queued(database, "a")
    (row,) = _claimed(database, NOW, NOW)
    assert _claimed(database, NOW, NOW + jump, mine=(row.id,)) == []
    with database.writing() as session:
        outbox.mark(session, [Mark(row.id, row.fence, "sent", 9)], NOW + jump)
    assert _claimed(database, NOW, NOW + jump + 2 * LEASE) == []


def test_a_letter_whose_sender_died_before_the_clock_went_back_goes_at_once(database: Database) -> None:
    _queued(database, "a")
    assert len(_claimed(database, NOW, NOW)) == 1
    assert len(_claimed(database, NOW, NOW - DAY)) == 1


@pytest.mark.parametrize("pause", [timedelta(seconds=30), timedelta(hours=30)])
def test_a_pause_from_before_the_clock_went_back_holds_up_nothing(database: Database, pause: timedelta) -> None:
    _queued(database, "a")
    _queued(database, "b")
    (row,) = _claimed(database, NOW, NOW)
    with database.writing() as session:
        outbox.mark(session, [Mark(row.id, row.fence, "pending", error="429", retry_at=NOW + pause)], NOW)
    assert _claimed(database, NOW, NOW + pause / 2) == [], "the pause counts while the clock goes as it should"
    (again,) = _claimed(database, NOW, NOW - DAY)
    assert again.id == row.id, "and nothing overtook it"


def test_a_day_that_passed_in_a_jump_gives_no_letter_up() -> None:
    failed = outbox.Due(1, 1, 5, "screen", {}, 0, attempts=3, fence=1, first_failed_at=NOW - 2 * DAY)
    assert _again(failed, NetworkError("away")).state == "pending"
    tried = outbox.Due(1, 1, 5, "screen", {}, 0, attempts=150, fence=1, first_failed_at=NOW - 2000 * DAY)
    assert _again(tried, NetworkError("away")).state == "dead"


def test_letters_queued_in_what_is_now_the_future_go_when_they_were_meant_to(database: Database) -> None:
    _queued(database, "answer", chat=5)
    _queued(database, "held till morning", chat=6, held=timedelta(hours=8))
    past = NOW - DAY
    assert _claimed(database, past, past) == []
    jobs.run_due(database, past)
    assert [row.chat_id for row in _claimed(database, past, past)] == [5]
    assert [row.chat_id for row in _claimed(database, past + timedelta(hours=8), past)] == [6]


def test_recurring_work_goes_on_after_the_clock_went_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.run_due(database, NOW)
    jobs.run_due(database, NOW + DAY)  # everything was done, and is due again after that
    monkeypatch.setitem(jobs._LOOK_AT, database, 0.0)  # a minute later
    assert jobs.run_due(database, NOW - DAY) == len(every.JOBS)
    monkeypatch.setitem(jobs._LOOK_AT, database, 0.0)
    assert jobs.run_due(database, NOW - DAY) == 0, "once"
    with database.reading() as session:
        rows = session.execute(select(Due.task, Due.due_at).where(Due.task.startswith("every."))).all()
    assert all(due_at == NOW - DAY + every.JOBS[task].period for task, due_at in rows)


def test_a_hold_that_ran_out_in_a_jump_ends_once_and_one_made_before_it_follows_the_market(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        buyer, sale = market.buyer(), market.sale()
        first = reserve(session, buyer, sale, Decimal(5), now=NOW).id
    jobs.run_due(database, NOW + DAY)
    with database.writing() as session:
        assert session.get_one(Order, first).state == "expired"
        second = reserve(session, buyer, sale, Decimal(5), now=NOW + timedelta(minutes=1)).id
    for moment in (NOW - DAY, NOW + DAY):
        jobs.run_due(database, moment)
    with database.reading() as session:
        ended = select(Event.subject_id).where(Event.kind == EventKind.ORDER_EXPIRED.value).order_by(Event.id)
        assert list(session.scalars(ended)) == [first, second]


def test_a_deposit_is_paid_with_the_clock_a_day_back(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        buyer = market.buyer()
        order = reserve(session, buyer, market.sale(), Decimal(5), now=NOW)
        start_payment(session, buyer, order, "sandbox", now=NOW - DAY + timedelta(hours=1))
        assert order.state == "reserved"
        with pytest.raises(Refusal):
            start_payment(session, buyer, order, "sandbox", now=NOW)


class _Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


def test_a_lead_from_before_the_clock_went_back_is_taken_over_in_a_minute(database: Database) -> None:
    clock = _Clock()
    first, second = Leader(database, clock.now), Leader(database, clock.now)
    assert first.leads()
    clock.at = NOW - DAY
    assert second.leads(), "the first is dead: nobody renews"
    with database.writing() as session, pytest.raises(Fenced):
        first.guard(session)
    first._renew_at = 0.0  # ten seconds later: it was alive after all
    assert not first.leads()


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_leader_keeps_the_lead_over_a_jump_when_it_asks_in_time(database: Database, jump: timedelta) -> None:
    clock = _Clock()
    first, second = Leader(database, clock.now), Leader(database, clock.now)
    assert first.leads()
    clock.at = NOW + jump
    first._renew_at = 0.0
    assert first.leads()
    assert not second.leads()
    with database.reading() as session:
        assert session.scalars(select(Lease.fence)).one() == 1


def test_somebody_may_ask_for_a_person_after_the_clock_went_back(database: Database) -> None:
    with database.writing() as session:
        asha = member(session, open_market(session).buyer().member_id)
        assert ask_human(session, asha, now=NOW)
        assert not ask_human(session, asha, now=NOW + timedelta(minutes=5))
        assert ask_human(session, asha, now=NOW - DAY)
