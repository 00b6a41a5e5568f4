"""The scheduler: one leads, each occurrence happens once, everything planned is known, old things are forgotten."""

from __future__ import annotations

import asyncio
import re
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.clock import machine_now
from core.db import Database
from core.events import Event, EventKind
from core.members.models import Identity
from core.messaging import due, outbox
from core.messaging.models import Due, Inbox, Lease, Outbox
from core.orders import evening, watch
from core.orders.models import Order
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.settings import service as settings
from scheduler import every, jobs, purge
from scheduler.app import Ticker
from scheduler.leader import Fenced, Leader
from tests.orders.market import NOW, Market, open_market

ROOT = Path(__file__).parent.parent
# tasks whose name a loop hands to `due.plan`
_NAMES = re.compile(r'"((?:campaign|order|farm|member)\.[a-z_]+)"')


def test_every_planned_task_has_somebody_who_does_it() -> None:
    jobs.load_all()
    planned: set[str] = set()
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "scheduler").glob("*.py")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "plan(" in line or "planned" in line:
                planned.update(_NAMES.findall(line))
    assert len(planned) >= 10
    assert planned <= due.known_tasks(), planned - due.known_tasks()


def test_a_time_span_is_read_or_refused() -> None:
    assert every.span("30s") == timedelta(seconds=30)
    assert every.span("1d") == timedelta(days=1)
    for wrong in ("30", "0s", "1w", "-1h", "1.5h", ""):
        with pytest.raises(ValueError, match="time span"):
            every.span(wrong)


def test_a_recurring_row_is_due_again_and_missed_turns_are_not_made_up_for(database: Database) -> None:
    now = NOW
    jobs.run_due(database, now)
    assert jobs.run_due(database, now) == 0
    later = now + timedelta(days=3)
    assert jobs.run_due(database, later) == len(every.JOBS)
    assert jobs.run_due(database, later) == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Due).where(Due.task.startswith("every."))) == len(
            every.JOBS
        )
        assert due.next_due(session) is None, "recurring rows are nothing to jump to"


def test_two_schedulers_do_each_occurrence_once(database: Database) -> None:
    seen: list[int] = []
    due.task("test.once")(lambda _session, subject, _now: seen.append(subject))
    jobs.run_due(database, NOW)
    with database.writing() as session:
        for subject in range(60):
            due.plan(session, "test.once", subject, NOW, occurrence="2026-05-01")
            due.plan(session, "test.once", subject, NOW, occurrence="2026-05-01")
    barrier = threading.Barrier(2)

    def work() -> None:
        barrier.wait()
        while jobs.run_due(database, NOW):
            continue

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(60))


def test_one_of_two_schedulers_leads_and_the_other_takes_over_when_the_lease_has_run_out(database: Database) -> None:
    first, second = Leader(database), Leader(database)
    assert first.leads()
    assert not second.leads()
    assert first.leads(), "held without asking again"
    _expire(database)
    assert second.leads()
    with database.writing() as session, pytest.raises(Fenced):
        first.guard(session)
    first._renew_at = 0.0  # the first wakes up long after
    assert not first.leads()
    with database.reading() as session:
        assert session.scalars(select(Lease.fence)).one() == 2


def test_a_scheduler_that_stops_in_good_order_makes_room_at_once(database: Database) -> None:
    first, second = Leader(database), Leader(database)
    assert first.leads()
    first.release()
    assert second.leads()
    assert not first.leads()


def test_a_scheduler_that_lost_the_lead_while_working_writes_nothing(database: Database) -> None:
    late = Leader(database)
    ticker = Ticker(database, _Clock(), lambda: None, late)
    jobs.run_due(database, NOW)
    assert late.leads()

    def slow(session: Session, _subject: int, now: datetime) -> None:
        settings.put(session, "shop_name", "from the one who slept", by=None, now=now)
        session.execute(update(Lease).values(holder="another", fence=Lease.fence + 1))

    due.task("test.slow")(slow)
    with database.writing() as session:
        due.plan(session, "test.slow", 1, NOW)
    asyncio.run(ticker.tick())
    with database.reading() as session:
        assert session.scalars(select(Due.done_at).where(Due.task == "test.slow")).one() is None


def test_a_task_that_fails_is_put_off_with_its_reason_and_holds_nobody_up(database: Database) -> None:
    done: list[int] = []

    def fails(_session: Session, _subject: int, _now: datetime) -> None:
        raise ValueError("no such thing")

    due.task("test.fails")(fails)
    due.task("test.works")(lambda _session, subject, _now: done.append(subject))
    jobs.run_due(database, NOW)
    with database.writing() as session:
        due.plan(session, "test.fails", 1, NOW - timedelta(hours=1))
        due.plan(session, "test.works", 2, NOW)
    jobs.run_due(database, NOW)
    assert done == [2]
    with database.reading() as session:
        row = session.scalars(select(Due).where(Due.task == "test.fails")).one()
        assert (row.attempts, row.error, row.due_at > NOW) == (1, "ValueError: no such thing", True)


def test_evenings_are_planned_by_each_farms_own_clock_and_told_once(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        market.farm.timezone = "Asia/Kolkata"
        market.sale()
        planned = list(evening.evenings(session, NOW))
        assert [(item.task, item.day.isoformat()) for item in planned[:2]] == [
            ("farm.pick_lists", "2026-05-01"), ("farm.daily_summary", "2026-05-01"),
        ]  # fmt: skip
        assert planned[1].at == datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
        _reserved(market, paid=True)
        _reserved(market, paid=True)
        evening.tell_reservations(session, market.farm.id, planned[1].at - timedelta(hours=1))
        assert _facts(session, EventKind.DAILY_SUMMARY) == [], "not before the evening"
        evening.tell_reservations(session, market.farm.id, planned[1].at)
        assert _facts(session, EventKind.DAILY_SUMMARY) == [{"count": 2}]
        evening.tell_reservations(session, market.farm.id, planned[1].at + timedelta(days=1))
        assert len(_facts(session, EventKind.DAILY_SUMMARY)) == 1, "nobody reserved that day"


def test_the_pick_list_is_told_the_evening_before_while_orders_wait(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale = market.sale()
        order = _reserved(market, campaign=sale, paid=True)
        at = datetime(2026, 5, 19, 17, tzinfo=UTC)
        evening.tell_pick_lists(session, market.farm.id, at)
        assert _facts(session, EventKind.PICK_LIST_DUE) == []
        order.state = "ready"
        session.flush()
        evening.tell_pick_lists(session, market.farm.id, at)
        assert _facts(session, EventKind.PICK_LIST_DUE) == [{"count": 1, "quantity": "5"}]
        order.state = "reserved"


def test_the_queue_is_told_by_day_and_only_while_something_waits(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        watch.tell_queue(session, NOW)
        assert _facts(session, EventKind.QUEUE_WAITING) == []
        market.farm.state, market.farm.created_at = "pending", NOW - timedelta(hours=5)
        session.flush()
        watch.tell_queue(session, NOW.replace(hour=23))
        assert _facts(session, EventKind.QUEUE_WAITING) == []
        watch.tell_queue(session, NOW)
        assert _facts(session, EventKind.QUEUE_WAITING) == [{"count": 1, "hours": 5}]


def test_unreachable_people_are_counted_for_staff(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        for who in (*members_of(market), market.buyer().member_id):
            session.add(Identity(bot_id=1, user_id=who, chat_id=who, member_id=who))
        session.flush()
        watch.tell_unreachable(session, NOW)
        assert _facts(session, EventKind.CALL_LIST_DUE) == []
        session.execute(update(Identity).values(unreachable_at=NOW))
        watch.tell_unreachable(session, NOW)
        assert _facts(session, EventKind.CALL_LIST_DUE) == [{"count": 5}]


def test_what_was_worked_off_is_forgotten_after_two_weeks_and_drafts_after_a_month(database: Database) -> None:
    now = machine_now()
    with database.writing() as session:
        market = open_market(session)
        for days, state in ((15, "done"), (13, "done"), (15, "quarantined"), (15, "new")):
            session.add(
                Inbox(bot_id=1, update_id=days * 10 + len(state), chat_key="1", raw="{}", state=state,
                      received_at=now - timedelta(days=days), done_at=now - timedelta(days=days))
            )  # fmt: skip
        for days, state in ((15, "sent"), (13, "sent"), (15, "dead"), (15, "pending")):
            ago = now - timedelta(days=days)
            session.add(
                Outbox(dedup=f"{days}{state}", bot_id=1, chat_id=1, kind="screen", payload={}, state=state,
                       not_before=ago, created_at=ago, sent_at=None if state == "pending" else ago)
            )  # fmt: skip
        old = market.sale(state="draft", updated_at=now - timedelta(days=31))
        young = market.sale(state="draft", updated_at=now - timedelta(days=29))
        bought = market.sale(updated_at=now - timedelta(days=31))
        _reserved(market, campaign=bought)
        bought.state, bought.updated_at = "draft", now - timedelta(days=31)
        session.flush()
        purge.forget(session, now)
        assert sorted(session.scalars(select(Inbox.state))) == ["done", "new", "quarantined"]
        assert sorted(session.scalars(select(Outbox.state))) == ["dead", "pending", "sent"]
        left = set(session.scalars(select(Campaign.id)))
        assert old.id not in left
        assert {young.id, bought.id} <= left
        bought.state = "open"


def test_a_letter_put_off_keeps_its_turn_and_its_tries(database: Database) -> None:
    with database.writing() as session:
        letter = outbox.Letter("a", 1, 7, "notice", {}, NOW, outbox.BULK)
        outbox.put(session, [letter], NOW)
        row = outbox.claim(session, NOW, machine_now(), 5)[0]
        outbox.put_off(session, row, NOW + timedelta(minutes=10))
        assert outbox.claim(session, NOW, machine_now(), 5) == []
        again = outbox.claim(session, NOW + timedelta(minutes=10), machine_now(), 5)
        assert [(item.id, item.attempts) for item in again] == [(row.id, 1)]


def members_of(market: Market) -> list[int]:
    return [actor.member_id for actor in (market.farmer, market.operator, market.other_operator, market.courier)]


def _reserved(market: Market, *, campaign: Campaign | None = None, paid: bool = False) -> Order:
    buyer = market.buyer()
    sale = campaign or market.session.scalars(select(Campaign).order_by(Campaign.id).limit(1)).one()
    order = reserve(market.session, buyer, sale, Decimal(5), now=market.now)
    if paid:
        start_payment(market.session, buyer, order, "sandbox", now=market.now)
    return order


def _facts(session: Session, kind: EventKind) -> list[dict[str, object]]:
    session.flush()
    return list(session.scalars(select(Event.data).where(Event.kind == kind.value).order_by(Event.id)))


def _expire(database: Database) -> None:
    with database.writing() as session:
        session.execute(update(Lease).values(until=machine_now() - timedelta(seconds=1)))


class _Clock:
    def now(self) -> datetime:
        return NOW
