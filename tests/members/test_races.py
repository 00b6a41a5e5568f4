"""Two people press at the same moment: one effect, and a clear word to the other, on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog import form, publish, queries
from core.catalog.models import Campaign
from core.db import Database
from core.errors import Refusal
from core.members import claims, farms, service
from core.members.models import Decision, Farm, Identity, Member, MemberRole
from core.members.queries import member
from core.permissions import Actor, Role
from core.reputation import service as reputation
from core.tracing import service as tracing
from core.tracing.models import Batch
from tests.catalog.sales import a_draft, a_sale, open_shop
from tests.members.people import NOW, a_farmer, an_operator, arrive, with_role


def at_once(database: Database, *presses: Callable[[Session], object]) -> Counter[str]:
    """Run each press in a thread and a transaction of its own, all started together; what came of them."""
    barrier = threading.Barrier(len(presses))
    ends: Counter[str] = Counter()

    def run(press: Callable[[Session], object]) -> None:
        barrier.wait()
        try:
            database.run(press)
        except Refusal as refusal:
            ends[type(refusal).__name__] += 1
        else:
            ends["done"] += 1

    threads = [threading.Thread(target=run, args=(press,)) for press in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def _count(session: Session, table: type) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_first_contact_that_comes_eight_times_makes_one_member(database: Database) -> None:
    assert at_once(database, *[lambda session: arrive(session, 7)] * 8) == {"done": 8}
    with database.reading() as session:
        assert [_count(session, table) for table in (Member, Identity, MemberRole)] == [1, 1, 1]


def test_two_operators_decide_one_farm_and_the_second_is_told(database: Database) -> None:
    with database.writing() as session:
        _, farm = a_farmer(session, 1, approved=False)
        staff = [an_operator(session, 900 + number, f"Olu {number}") for number in range(4)]

    def approve(session: Session, who: Actor) -> None:
        farms.decide_farm(session, who, session.get_one(Farm, farm.id), verdict="approve", now=NOW)

    assert at_once(database, *[partial(approve, who=who) for who in staff]) == {"done": 1, "AlreadyDecided": 3}
    with database.reading() as session:
        assert _count(session, Decision) == 1


def test_a_link_opened_by_eight_at_once_makes_one_owner(database: Database) -> None:
    with database.writing() as session:
        ids = [arrive(session, number).member.id for number in range(1, 9)]
        token = claims.owner_link(session, NOW)
    presses = [lambda session, who=who: claims.use_claim(session, token, member(session, who), now=NOW) for who in ids]
    assert at_once(database, *presses) == {"done": 1, "LinkEnded": 7}


def test_two_owners_who_revoke_each_other_leave_one(database: Database) -> None:
    with database.writing() as session:
        first, second = (with_role(session, number, Role.OWNER).member_id for number in (1, 2))
    both_read = threading.Barrier(2)

    def revoke(session: Session, by: int, whom: int) -> None:
        actor, other = service.actor_of(session, by), member(session, whom)
        with suppress(threading.BrokenBarrierError):  # on SQLite the second has not begun while the first writes
            both_read.wait(0.3)
        service.revoke_role(session, actor, other, Role.OWNER, now=NOW)

    ends = at_once(database, partial(revoke, by=first, whom=second), partial(revoke, by=second, whom=first))
    assert ends["done"] == 1
    with database.reading() as session:
        assert session.execute(select(MemberRole.role).where(MemberRole.role == "owner")).scalars().all() == ["owner"]


def test_a_price_cannot_change_under_the_operators_hand(database: Database) -> None:
    for number in range(1, 6):
        with database.writing() as session:
            open_shop(session)
            actor, _ = a_farmer(session, number)
            staff = an_operator(session)
            sale = a_draft(session, actor)
            publish.publish(session, actor, sale, now=NOW)
            seen = sale.rev

        def approve(session: Session, sale_id: int = sale.id, rev: int = seen, staff: object = staff) -> None:
            found = queries.campaign(session, sale_id)
            publish.decide_listing(session, staff, found, verdict="approve", now=NOW)  # type: ignore[arg-type] # an Actor
            if found.rev != rev + 1:
                raise Refusal

        def raise_price(session: Session, sale_id: int = sale.id, actor: object = actor) -> None:
            found = queries.campaign(session, sale_id)
            form.set_pack(session, actor, found, Decimal(2), now=NOW)  # type: ignore[arg-type] # an Actor

        ends = at_once(database, approve, raise_price)
        assert ends["done"] == 1
        with database.reading() as session:
            found = queries.campaign(session, sale.id)
            assert (found.state, found.pack) in {("open", 1), ("in_review", 2)}


def test_undo_and_a_reservation_exclude_each_other(database: Database) -> None:
    for number in range(1, 6):
        with database.writing() as session:
            open_shop(session)
            actor, _ = a_farmer(session, number)
            sale = a_sale(session, actor)

        def reserve(session: Session, sale_id: int = sale.id) -> None:
            fits = (Campaign.id == sale_id, Campaign.state == "open", Campaign.reserved + 1 <= Campaign.capacity)
            taking = Campaign.__table__.update().where(*fits).values(reserved=Campaign.reserved + 1)  # type: ignore[attr-defined] # a Table
            if session.execute(taking.returning(Campaign.id)).scalar_one_or_none() is None:
                raise Refusal

        def undo(session: Session, sale_id: int = sale.id, actor: object = actor) -> None:
            later = NOW + timedelta(minutes=1)
            publish.undo(session, actor, queries.campaign(session, sale_id), now=later)  # type: ignore[arg-type] # an Actor

        assert at_once(database, reserve, undo)["done"] == 1
        with database.reading() as session:
            found = queries.campaign(session, sale.id)
            assert (found.state, found.reserved) in {("open", 1), ("draft", 0)}


def test_a_step_and_a_review_pressed_four_times_at_once_count_once(database: Database) -> None:
    with database.writing() as session:
        farmer, farm = a_farmer(session, 1)
        buyer = service.actor_of(session, arrive(session, 2).member.id)
        batch = tracing.open_batch(session, campaign_id=1, quantity=Decimal(1), unit="kg", actor_id=1, now=NOW)
    facts = reputation.ReviewedOrder(12, buyer.member_id, farm.id, farmer.member_id, delivered=True)
    took: list[bool] = []

    def step(session: Session) -> None:
        took.append(tracing.take_step(session, session.get_one(Batch, batch.id), "sorted", actor_id=1, now=NOW))

    def review(session: Session) -> None:
        reputation.review(session, buyer, facts, score=1, now=NOW)

    assert at_once(database, *[step] * 4) == {"done": 4}
    assert sorted(took) == [False, False, False, True]
    assert at_once(database, *[review] * 4) == {"done": 1, "AlreadyReviewed": 3}
