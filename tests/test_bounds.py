"""Lists are bounded and read by an index, however much there is: the plans of both databases show it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog import asking, old_drafts
from core.catalog.models import Campaign, GroupPost
from core.db import Database
from core.delivery.queries import parcels_of
from core.members import groups, human, queries
from core.members.calls import last_calls
from core.members.cards import name_of_chat
from core.members.models import GroupChat, Identity, Member
from core.messaging import due, inbox, outbox, trouble
from core.messaging.models import Media
from core.notices.group_post import CALM, stale_campaigns
from core.orders import cash, desk, payouts, talking, terms
from core.orders.cancel import balance_late
from core.orders.case_queries import all_cases, cases_to_rule, farm_cases, open_about
from core.orders.earnings import farm_money
from core.orders.models import Order
from core.orders.purse import has_open_case
from core.orders.queries import call_count, call_list, farm_orders, my_orders
from core.orders.reserve import reserve
from core.orders.transfers import duplicate_of
from core.payments.models import Payment, ReceiptPicture
from core.permissions import EVERYONE, Actor, Role
from tests.kit.plans import numbered, reads
from tests.orders.market import NOW, Market, open_market

STAFF = Actor(1, frozenset({Role.OPERATOR}))
GROWING = {  # tables that only ever grow: none is read from one end to the other
    "identity", "inbox", "outbox", "event", "orders", "payment", "refund", "member", "media", "due", "parcel",
    "campaign", "farm", "after_sale_case", "remark", "call", "proposal",
}  # fmt: skip
Read = Callable[[Session], object]
READS: dict[str, Read] = {
    "whose chat refuses us": lambda s: s.scalars(select(Identity).where(Identity.bot_id == 1, Identity.chat_id == 2)),
    "whose chat it is": lambda s: name_of_chat(s, 2),
    "a group": lambda s: groups.find_group(s, bot_id=1, chat_id=2),
    "people to call": lambda s: (queries.unreachable(s), queries.unreachable_count(s)),
    "orders to call about": lambda s: (call_list(s, now=NOW), call_count(s, now=NOW)),
    "updates to work off": lambda s: (inbox.claim(s, NOW), inbox.waiting(s)),
    "letters to send": lambda s: outbox.claim(s, NOW, NOW, 5),
    "due work": lambda s: due.claim(s, NOW),
    "trouble": lambda s: (trouble.counts(s), trouble.next_update(s, STAFF), trouble.next_letter(s, STAFF)),
    "receipts": lambda s: desk.receipts(s, STAFF),
    "payouts": lambda s: desk.payouts(s, STAFF),
    "cases": lambda s: (cases_to_rule(s, STAFF), all_cases(s, STAFF), farm_cases(s, 1)),
    "whether a case is open": lambda s: (has_open_case(s, 1), open_about(s, 1, 25)),
    "what somebody asked to be sent": lambda s: (payouts.waiting(s, 1, None), payouts.destinations(s, 1)),
    "who carries cash": lambda s: cash.carriers(s, STAFF),
    "what a farm earned": lambda s: farm_money(s, 1, now=NOW),
    "farms to review": lambda s: (queries.farms_to_review(s), queries.farms_waiting(s)),
    "a buyer's orders": lambda s: my_orders(s, 1),
    "a sale's orders": lambda s: farm_orders(s, 1, campaign_id=1, states=("dispatched", "at_pickup")),
    "what a sale's buyers were asked": lambda s: (
        terms.standing(s, s.get_one(Campaign, 1)),
        terms.draft_of(s, s.get_one(Campaign, 1)),
    ),
    "a courier's parcels": lambda s: parcels_of(s, 1),
    "the same receipt before": lambda s: duplicate_of(s, s.get_one(Payment, 1)),
    "couriers": queries.couriers,
    "questions with answers": lambda s: asking.answers_of(s, 1),
    "questions for staff": lambda s: (asking.passed_on(s), asking.next_passed(s, STAFF)),
    "words about an order": lambda s: talking.said(
        s, Actor(s.get_one(Order, 1).buyer_id, EVERYONE), s.get_one(Order, 1)
    ),
    "people who asked": lambda s: (human.waiting(s, now=NOW), human.next_waiting(s, STAFF, now=NOW)),
    "the last calls": lambda s: last_calls(s, [1, 2]),
    "what people owe": lambda s: desk.owed_by(s, {1, 2}),
    "cards that show too little": lambda s: stale_campaigns(s, NOW),
}


def scanned(session: Session, statement: str, parameters: Any) -> list[str]:
    """Lines of the plan that read a growing table from one end to the other."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        return [line for line in plan if line.startswith("SCAN ") and "USING" not in line and _grows(line.split()[1])]
    asked = f"EXPLAIN (GENERIC_PLAN) {numbered(statement, parameters)}"
    plan = [row[0] for row in connection.exec_driver_sql(asked)]
    return [line for line in plan if "Seq Scan on " in line and _grows(line.partition("Seq Scan on ")[2].split()[0])]


def _grows(table: str) -> bool:
    return table.rstrip("_0123456789") in GROWING


@pytest.mark.parametrize("name", READS)
def test_a_list_is_read_by_an_index(database: Database, name: str) -> None:
    with database.writing() as session:
        furnished(session)
        if not database.is_sqlite:  # a table of a few rows is best read whole; what matters is that an index fits
            session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        with reads(session) as seen:
            READS[name](session)
        assert seen
        assert [line for one in seen for line in scanned(session, *one)] == []


def furnished(session: Session) -> Market:
    market = open_market(session)
    buyer = market.buyer()
    session.add(Identity(bot_id=1, user_id=2, chat_id=2, member_id=buyer.member_id, unreachable_at=NOW))
    picture = Media(kind="photo", sha256="a" * 64, created_at=NOW)
    session.add(picture)
    session.flush()
    order = reserve(session, buyer, market.sale(), Decimal(5), now=NOW)
    payment = Payment(
        order_id=order.id, member_id=buyer.member_id, provider="transfer", purpose="deposit", amount_minor=1,
        currency="INR", state="submitted", payload="x", note="UTR 1", reference_key="utr 1", created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip
    session.add(payment)
    session.flush()
    session.add(ReceiptPicture(payment_id=payment.id, media_id=picture.id))
    session.flush()
    return market


def lost(session: Session, count: int) -> list[int]:
    """People whom no message reaches."""
    people = [Member(name=f"Asha {number}", created_at=NOW) for number in range(count)]
    session.add_all(people)
    session.flush()
    for number, one in enumerate(people):
        one.phone = f"+91{number}"  # sealed to its row, which has its number by now
    session.add_all(
        Identity(bot_id=1, user_id=one.id, chat_id=one.id, member_id=one.id, unreachable_at=NOW) for one in people
    )
    session.flush()
    return [one.id for one in people]


def test_one_account_that_works_is_enough_not_to_be_called(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        first, second = lost(session, 2)
        session.add(Identity(bot_id=2, user_id=first, chat_id=first, member_id=first))
        session.add(Identity(bot_id=2, user_id=second, chat_id=second, member_id=second, unreachable_at=NOW))
        session.flush()
        assert queries.unreachable(session) == [(second, "Asha 1", "+911")]
        assert queries.unreachable_count(session) == 1
        assert market.farmer.member_id not in dict.fromkeys(row[0] for row in queries.unreachable(session))


def overdue(market: Market, count: int) -> list[int]:
    """Orders whose balance nobody paid; the grace is over in two days from `NOW`."""
    sale, made = market.sale(), []
    for _number in range(count):
        order = reserve(market.session, market.buyer(), sale, Decimal(1), now=NOW)
        order.state, order.balance_due_at = "balance_due", NOW + timedelta(hours=24)
        market.session.flush()
        balance_late(market.session, order.id, NOW + timedelta(hours=24))
        made.append(order.id)
    return made


def test_the_call_list_is_turned_page_by_page_and_shows_everybody_once(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session, unpaid_holds_most=100)
        late, people = overdue(market, 11), lost(session, 9)
        assert desk.calls(session, market.operator, now=NOW + timedelta(hours=47)).total == len(people)
        then = NOW + timedelta(hours=48)
        pages = [desk.calls(session, market.operator, page=page, now=then) for page in range(3)]
        assert [page.more for page in pages] == [True, True, False]
        assert {page.total for page in pages} == {20}
        assert [line.id for page in pages for line, _phone in page.late] == late
        assert [row[0] for page in pages for row in page.lost] == people
        assert [len(page.late) + len(page.lost) for page in pages] == [8, 8, 4]
        for order_id in late:  # the kit's last look would miss their quota
            session.get_one(Order, order_id).state = "held"


def _posted(session: Session, sale: Campaign, group: GroupChat, **shown: Any) -> GroupPost:
    post = GroupPost(campaign_id=sale.id, group_id=group.id, **shown)
    session.add(post)
    session.flush()
    return post


def test_a_card_is_told_again_when_it_shows_too_little(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        group = GroupChat(bot_id=1, chat_id=-5, title="Village", state="active", created_at=NOW)
        gone = GroupChat(bot_id=1, chat_id=-6, title="Elsewhere", state="gone", created_at=NOW)
        session.add_all([group, gone])
        session.flush()
        sale = market.sale(capacity=Decimal(100))
        post = _posted(session, sale, group)
        old = _posted(session, sale, gone, shown_at=NOW - timedelta(days=3))
        assert stale_campaigns(session, NOW) == [], "nobody bought yet, and the other group is gone"
        reserve(session, market.buyer(), sale, Decimal(4), now=NOW)
        assert stale_campaigns(session, NOW) == [sale]
        post.shown_at, post.shown_percent = NOW, 0
        session.flush()
        assert stale_campaigns(session, NOW + CALM) == [], "4 %"
        reserve(session, market.buyer(), sale, Decimal(1), now=NOW)
        assert stale_campaigns(session, NOW + CALM / 2) == []
        assert stale_campaigns(session, NOW + CALM) == [sale]
        post.shown_percent = 5
        session.flush()
        assert stale_campaigns(session, NOW + timedelta(hours=14)) == []
        assert stale_campaigns(session, NOW + timedelta(hours=15)) == [sale], "another day"
        post.frozen = True
        session.flush()
        assert stale_campaigns(session, NOW + timedelta(days=1)) == []
        assert old.shown_percent == 0


def test_old_drafts_are_forgotten_so_many_a_turn(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_drafts, "MOST", 2)
    with database.writing() as session:
        market = open_market(session)
        for _number in range(5):
            market.sale(state="draft", updated_at=NOW - timedelta(days=40))
        forgotten = [old_drafts.forget_drafts(session, NOW - timedelta(days=30)) for _turn in range(4)]
        assert forgotten == [2, 2, 1, 0]
        assert session.scalars(select(func.count()).select_from(Campaign)).one() == 0
