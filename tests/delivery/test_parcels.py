"""A parcel is booked, taken by link, reported on in any order, and never goes backwards."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from core.db import Database
from core.delivery import carrier, queries, service
from core.delivery.models import Parcel
from core.delivery.statuses import ENDS, RANK, Band, Status, shown
from core.errors import NotFound, OutOfBounds
from core.events import take_new
from core.members.service import actor_of
from core.permissions import Role
from tests.members.people import NOW, arrive


def test_every_status_has_a_rank_and_shown_never_goes_back() -> None:
    assert set(RANK) == set(Status)
    assert len(Status) == 10
    for order in permutations((Status.PICKED_UP, Status.ON_THE_ROAD, Status.DELIVERED)):
        now = Status.BOOKED
        for reported in order:
            assert RANK[shown(now, reported)] >= RANK[now]
            now = shown(now, reported)
        assert now is Status.DELIVERED
    assert shown(Status.ATTEMPTED, Status.OUT_FOR_DELIVERY) is Status.OUT_FOR_DELIVERY


def test_the_manual_courier_is_found_by_scanning() -> None:
    manual = carrier.named("manual")
    assert manual.has_courier
    assert (manual.track("1"), manual.parse_webhook({}, b"{}"), manual.cancel("1")) == ((), (), True)
    assert "courier" in manual.label()
    with pytest.raises(NotFound):
        carrier.named("owl post")


def test_whoever_opens_the_link_first_carries_it(database: Database) -> None:
    with database.writing() as session:
        first, second = arrive(session, 1).member, arrive(session, 2).member
        parcel = service.book(session, order_id=12, boxes=2, now=NOW)
        token = service.courier_link(session, parcel, NOW)
        assert token not in session.execute(select(Parcel.token_sha256)).scalars().all()
        assert service.take_parcel(session, token, first, now=NOW) is parcel
        assert service.take_parcel(session, token, first, now=NOW).courier_id == first.id
        assert Role.COURIER in actor_of(session, first.id).roles
        assert first.home == "courier"
        with pytest.raises(service.CourierLinkEnded) as refusal:
            service.take_parcel(session, token, second, now=NOW)
        assert refusal.value.text() == "This link has ended. Ask the farm for a new one."
        assert [each.id for each in queries.parcels_of(session, first.id)] == [parcel.id]


def test_a_link_ends_with_the_delivery(database: Database) -> None:
    with database.writing() as session:
        member = arrive(session, 1).member
        parcel = service.book(session, order_id=12, now=NOW)
        old = service.courier_link(session, parcel, NOW)
        token = service.courier_link(session, parcel, NOW)
        service.take_parcel(session, token, member, now=NOW)
        service.report(session, parcel, "delivered", actor_id=member.id, now=NOW)
        for ended in (old, token, "", "\ud800"):
            with pytest.raises(service.CourierLinkEnded):
                service.parcel_by_token(session, ended)
        with pytest.raises(service.CourierLinkEnded):
            service.courier_link(session, parcel, NOW)
        assert queries.parcels_of(session, member.id) == []
        assert queries.parcels_of(session, member.id, ended=True) == [parcel]


def test_reports_are_appended_and_a_late_one_does_not_go_back(database: Database) -> None:
    with database.writing() as session:
        parcel = service.book(session, order_id=12, now=NOW)
        take_new(session)
        for minutes, status in enumerate(("picked_up", "picked_up", "delivered", "on_the_road")):
            service.report(session, parcel, status, actor_id=1, now=NOW + timedelta(minutes=minutes))
        service.report(session, parcel, "on_the_road", actor_id=1, now=NOW, temperature="5-8", note=" warm\u202e ")
        assert parcel.status == "delivered"
        assert parcel.ended_at == NOW + timedelta(minutes=2)
        seen = queries.checkpoints_of_order(session, 12)
        assert [each.status.value for each in seen] == [
            "booked", "picked_up", "delivered", "on_the_road", "on_the_road",
        ]  # fmt: skip
        assert (seen[-1].temperature, seen[-1].note) == (Band.COOL, "warm")
        assert [event.kind for event in take_new(session)] == ["parcel_checkpoint"] * 4
        with pytest.raises(ValueError, match="teleported"):
            service.report(session, parcel, "teleported", actor_id=1, now=NOW)


def test_a_second_attempt_is_another_parcel_of_the_order(database: Database) -> None:
    with database.writing() as session:
        first = service.book(session, order_id=12, now=NOW)
        service.report(session, first, Status.RETURNED, actor_id=None, now=NOW)
        second = service.book(session, order_id=12, now=NOW)
        assert second.attempt == 2
        assert queries.parcel_of_order(session, 12) is second
        assert queries.parcel(session, first.id) is first
        assert Status(first.status) in ENDS
        with pytest.raises(OutOfBounds):
            service.book(session, order_id=13, boxes=0, now=NOW)
        with pytest.raises(NotFound):
            queries.parcel(session, 999)
