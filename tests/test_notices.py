"""Notices: each event has one or a reason for silence; quiet hours, merging, the daily bound, re-check at send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import core.notices
import handlers
from core.clock import machine_now
from core.db import Database
from core.events import EventKind, record
from core.members.models import Identity, Member
from core.members.service import mute
from core.messaging import outbox
from core.messaging.models import Outbox
from core.messaging.outbox import Due, Mark
from core.messaging.screen import Screen
from core.notices import post
from core.notices.gentle import Later
from core.notices.registry import BY_EVENT, GROUP_BY_EVENT, GROUP_NOTICES, NOTICES, Klass
from core.notices.silent import SILENT
from core.orders.models import Order
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.permissions import Actor
from handlers.routes import PRESSES
from tests.orders.market import Market, open_market

INDIA = "Asia/Kolkata"
EVENING = datetime(2026, 5, 2, 16, 30, tzinfo=UTC)  # 22:00 in India
MORNING = datetime(2026, 5, 3, 2, 30, tzinfo=UTC)  # 08:00 there, when buyers' quiet hours end
DAY = datetime(2026, 5, 2, 6, 30, tzinfo=UTC)  # noon there
FIRST_AND_LAST_OF_ISSUE = (*range(1, 12), *range(13, 32), *range(35, 39), 41, 42, 43, 44)

core.notices.load_all()
handlers.load_all()


@dataclass
class Post:
    """A market whose events are told; people have one account each."""

    market: Market

    @property
    def session(self) -> Session:
        return self.market.session

    def buyer(self, zone: str | None = INDIA) -> Actor:
        actor = self.market.buyer()
        self.reachable(actor.member_id, zone)
        return actor

    def reachable(self, member_id: int, zone: str | None = INDIA) -> None:
        self.session.add(Identity(bot_id=1, user_id=member_id, chat_id=member_id, member_id=member_id))
        self.session.get_one(Member, member_id).timezone = zone
        self.session.flush()

    def held(self, buyer: Actor, at: datetime) -> Order:
        order = reserve(self.session, buyer, self.market.sale(), Decimal(5), now=at)
        self.tell()
        self.session.query(Outbox).delete()
        return order

    def tell(self) -> list[Outbox]:
        """Queue what happened; the letters that wait."""
        self.session.flush()
        post.announce(self.session)
        return list(self.session.scalars(select(Outbox).where(Outbox.state == "pending").order_by(Outbox.id)))

    def send(self, now: datetime) -> list[Screen]:
        """What goes out at this moment, as people would read it."""
        shown: list[Screen] = []
        while rows := outbox.claim(self.session, now, machine_now(), 50):
            for row in rows:
                self._send(row, now, shown)
        return shown

    def _send(self, row: Due, now: datetime, shown: list[Screen]) -> None:
        screen = post.prepare(self.session, row, now)
        if isinstance(screen, Later):
            outbox.put_off(self.session, row, screen.until)
            return
        outbox.mark(self.session, [Mark(row.id, row.fence, "sent" if screen else "dropped")], machine_now())
        if screen is not None:
            shown.append(screen)


@pytest.fixture
def box(database: Database) -> Iterator[Post]:
    with database.writing() as session:
        market = open_market(session)
        market.now = DAY
        post.announce(session)
        session.query(Outbox).delete()
        yield Post(market)


def remind(box: Post, order: Order, at: datetime, until: datetime) -> None:
    """A reminder with a deadline falls due."""
    record(box.session, EventKind.DEPOSIT_DUE, order, now=at, hold_until=until.isoformat())


# ---- the table


def test_every_event_has_a_notice_or_a_reason_for_silence() -> None:
    told = set(BY_EVENT) | set(GROUP_BY_EVENT)
    assert told | set(SILENT) == set(EventKind)
    assert told & set(SILENT) == set()
    assert all(reason for reason in SILENT.values())


def test_the_notices_of_the_season_are_there() -> None:
    numbers = {entry.number for entry in NOTICES.values()} | {entry.number for entry in GROUP_NOTICES.values()}
    assert set(FIRST_AND_LAST_OF_ISSUE) <= numbers
    assert len(numbers) == len(NOTICES) + len(GROUP_NOTICES)


def test_every_button_of_a_notice_has_a_handler() -> None:
    pressed = re.compile(r'button\(\s*(?:_\((?:[^()]|\([^()]*\))*\)|\w+),\s*"([a-z]+)"')
    found: set[str] = set()
    for path in (Path(core.notices.__path__[0])).glob("*.py"):
        found.update(pressed.findall(path.read_text(encoding="utf-8")))
    assert len(found) >= 20
    assert found <= set(PRESSES), found - set(PRESSES)


# ---- quiet hours


def test_what_may_wait_for_morning_arrives_when_her_own_night_is_over(box: Post) -> None:
    asha, ben = box.buyer(INDIA), box.buyer("America/Sao_Paulo")
    for order in [box.held(buyer, EVENING) for buyer in (asha, ben)]:
        record(box.session, EventKind.BALANCE_DUE, order, now=EVENING)
    letters = {row.chat_id: row for row in box.tell() if row.payload["notice"] == "harvest_ready"}
    assert letters[asha.member_id].not_before == MORNING
    assert letters[ben.member_id].not_before == EVENING, "it is early afternoon there"
    assert not letters[asha.member_id].payload["silent"], "in the morning it may ring"


def test_what_is_for_now_rings_at_night_and_what_is_silent_comes_without_a_sound(box: Post) -> None:
    asha = box.buyer()
    order = box.held(asha, EVENING)
    record(box.session, EventKind.ORDER_HELD, order, now=EVENING)
    record(box.session, EventKind.ORDER_EXPIRED, order, now=EVENING)
    told = {row.payload["notice"]: row for row in box.tell()}
    assert (told["order_held"].not_before, told["order_held"].payload["silent"]) == (EVENING, False)
    assert (told["expired"].not_before, told["expired"].payload["silent"]) == (EVENING, True)
    sent = {screen.text.split()[0]: screen.silent for screen in box.send(EVENING)}
    assert sent == {"🔒": False, "⌛": True}


def test_a_reminder_whose_deadline_would_pass_before_morning_comes_silently(box: Post) -> None:
    order = box.held(box.buyer(), EVENING)
    remind(box, order, EVENING, EVENING + timedelta(minutes=10))
    (letter,) = box.tell()
    assert (letter.not_before, letter.payload["silent"]) == (EVENING, True)
    (screen,) = box.send(EVENING)
    assert screen.silent


def test_farmers_rise_earlier(box: Post) -> None:
    farmer = box.market.farmer.member_id
    box.reachable(farmer)
    before_six = datetime(2026, 5, 3, 0, 5, tzinfo=UTC)  # 05:35 in India
    record(box.session, EventKind.FARM_APPROVED, box.market.farm, now=before_six)
    assert [row.not_before for row in box.tell() if row.chat_id == farmer] == [before_six]


# ---- merging and the bound


def test_reminders_of_one_moment_are_one_message_with_numbered_buttons(box: Post) -> None:
    asha = box.buyer()
    orders = [box.held(asha, DAY) for _each in range(3)]
    for order in orders:
        remind(box, order, DAY, DAY + timedelta(hours=5))
    box.tell()
    (screen,) = box.send(DAY)
    lines = screen.text.splitlines()
    assert [line[:2] for line in lines if "still open" in line] == ["1.", "2.", "3."]
    labels = [item.label for row in screen.rows for item in row]
    assert labels[0].startswith("1. 💳 Pay deposit")
    assert [label for label in labels if "🔕" in label] == ["🔕 Stop reminders"]
    assert labels[-1] == "🔕 Stop reminders"


def test_a_question_repeated_before_it_was_told_is_asked_once(box: Post) -> None:
    box.reachable(box.market.farmer.member_id)
    first, second = box.market.sale(), box.market.sale()
    for sale in (first, first, second, first):
        record(box.session, EventKind.HARVEST_CHECK, sale, now=DAY)
    box.tell()
    (screen,) = [each for each in box.send(DAY) if "ready?" in each.text]
    assert [line[:2] for line in screen.text.splitlines()] == ["1.", "2."]
    labels = [item.label for row in screen.rows for item in row]
    assert [label for label in labels if "Ready" in label] == ["1. ✅ Ready", "2. ✅ Ready"]


def test_a_reminder_within_ten_minutes_of_another_waits_and_joins_the_next(box: Post) -> None:
    asha = box.buyer()
    first, second, third = (box.held(asha, DAY) for _each in range(3))
    far = DAY + timedelta(hours=5)
    remind(box, first, DAY, far)
    box.tell()
    assert len(box.send(DAY)) == 1
    at = DAY + timedelta(minutes=4)
    remind(box, second, at, far)
    box.tell()
    assert box.send(at) == []
    at = DAY + timedelta(minutes=9)
    remind(box, third, at, far)
    box.tell()
    assert box.send(at) == []
    (screen,) = box.send(DAY + timedelta(minutes=10))
    assert screen.text.count("still open") == 2


def test_a_reminder_that_cannot_wait_does_not(box: Post) -> None:
    asha = box.buyer()
    first, second = box.held(asha, DAY), box.held(asha, DAY)
    remind(box, first, DAY, DAY + timedelta(hours=5))
    remind(box, second, DAY + timedelta(minutes=2), DAY + timedelta(minutes=12))
    box.tell()
    assert len(box.send(DAY)) == 1
    assert len(box.send(DAY + timedelta(minutes=2))) == 1


def test_a_person_gets_at_most_three_reminders_a_day_and_money_always(box: Post) -> None:
    asha = box.buyer()
    order = box.held(asha, DAY)
    came = 0
    for hour in range(6):
        at = DAY + timedelta(hours=hour)
        remind(box, order, at, at + timedelta(hours=9))
        box.tell()
        came += len(box.send(at))
    assert came == 3
    record(box.session, EventKind.ORDER_HELD, order, now=at)
    box.tell()
    assert len(box.send(at)) == 1
    tomorrow = at + timedelta(days=1)
    remind(box, order, tomorrow, tomorrow + timedelta(hours=9))
    box.tell()
    assert len(box.send(tomorrow)) == 1


def test_what_is_over_the_bound_waits_for_the_next_morning(box: Post) -> None:
    asha = box.buyer()
    orders = [box.held(asha, DAY) for _each in range(5)]
    for hour, order in enumerate(orders):
        remind(box, order, DAY + timedelta(hours=hour), DAY + timedelta(days=3))
        box.tell()
        box.send(DAY + timedelta(hours=hour))
    assert box.send(MORNING - timedelta(minutes=1)) == []
    (screen,) = box.send(MORNING)
    assert screen.text.count("still open") == 2


def test_a_merged_message_says_the_same_when_it_must_be_sent_again(box: Post) -> None:
    asha = box.buyer()
    orders = [box.held(asha, DAY) for _each in range(2)]
    for order in orders:
        remind(box, order, DAY, DAY + timedelta(hours=5))
    box.tell()
    (row,) = outbox.claim(box.session, DAY, machine_now(), 5)
    before = post.prepare(box.session, row, DAY)
    outbox.mark(box.session, [Mark(row.id, row.fence, "pending", error="502", retry_at=machine_now())], machine_now())
    (again,) = outbox.claim(box.session, DAY, machine_now(), 5)
    assert post.prepare(box.session, again, DAY) == before


# ---- at send


def test_what_is_no_longer_true_is_not_said(box: Post) -> None:
    asha = box.buyer()
    order = box.held(asha, DAY)
    remind(box, order, DAY, DAY + timedelta(hours=5))
    box.tell()
    start_payment(box.session, asha, order, "sandbox", now=DAY)
    box.tell()
    assert [screen.text for screen in box.send(DAY) if "still open" in screen.text] == []


def test_who_muted_reminders_after_one_was_queued_does_not_get_it(box: Post) -> None:
    asha = box.buyer()
    order = box.held(asha, DAY)
    remind(box, order, DAY, DAY + timedelta(hours=5))
    box.tell()
    person = box.session.get_one(Member, asha.member_id)
    mute(box.session, person, "R")
    assert box.send(DAY) == []
    remind(box, order, DAY, DAY + timedelta(hours=6))
    assert box.tell() == [], "nothing is queued any more"
    mute(box.session, person, "R", muted=False)
    remind(box, order, DAY, DAY + timedelta(hours=7))
    assert len(box.tell()) == 1


def test_every_reminder_and_offer_carries_the_bell(box: Post) -> None:
    order = box.held(box.buyer(), DAY)
    remind(box, order, DAY, DAY + timedelta(hours=5))
    box.tell()
    (screen,) = box.send(DAY)
    assert screen.rows[-1][-1].press == "mute:0:0:R"
    assert {entry.klass for entry in NOTICES.values() if entry.number in (7,)} == {Klass.CAMPAIGN}
