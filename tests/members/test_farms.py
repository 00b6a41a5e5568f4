"""A farm is opened, decided on once, sent back and submitted anew."""

from __future__ import annotations

import pytest

from core.db import Database
from core.errors import BadInput, NotAllowed, NotFound
from core.events import take_new
from core.members import farms, following, queries, service
from core.members.decisions import AlreadyDecided
from core.messaging.models import Media
from core.permissions import Role
from core.settings.service import put
from tests.members.people import NOW, a_farmer, an_operator, arrive


def test_a_farmer_may_prepare_before_the_co_op_decides(database: Database) -> None:
    with database.writing() as session:
        put(session, "timezone", "Asia/Kolkata", by=None, now=NOW)
        member = arrive(session, 1, "Asha").member
        farm = farms.be_farmer(session, member, latitude=19.997270001, longitude=73.79, main_crop="mango", now=NOW)
        assert (farm.state, farm.store_name, farm.timezone) == ("pending", "Asha's farm", "Asia/Kolkata")
        assert (farm.latitude, farm.longitude) == ("19.99727", "73.79000")
        assert Role.FARMER in service.actor_of(session, member.id).roles
        farms.be_farmer(session, member, place="Hill village", now=NOW)  # a double tap, with more to say
        assert [event.kind for event in take_new(session)] == ["member_joined", "role_given", "farm_submitted"]
        assert queries.farms_waiting(session).count == 1
        assert queries.farms_to_review(session) == [farm]


def test_the_first_decision_wins_and_the_second_is_told(database: Database) -> None:
    with database.writing() as session:
        _, farm = a_farmer(session, 1, approved=False)
        first, second = an_operator(session, 901, "Olu"), an_operator(session, 902, "Mei")
        farms.decide_farm(session, first, farm, verdict="approve", now=NOW)
        with pytest.raises(AlreadyDecided) as refusal:
            farms.decide_farm(session, second, farm, verdict="reject", reason="No", now=NOW)
        assert refusal.value.params == {"by": "Olu", "at": NOW}
        assert refusal.value.text().startswith("Already decided by Olu")
        assert farm.state == "approved"


def test_a_farm_sent_back_is_submitted_anew_and_decided_anew(database: Database) -> None:
    with database.writing() as session:
        actor, farm = a_farmer(session, 1, approved=False)
        operator = an_operator(session)
        with pytest.raises(BadInput):
            farms.decide_farm(session, operator, farm, verdict="change", reason=" \u200b", now=NOW)
        farms.decide_farm(session, operator, farm, verdict="change", reason="Which village?", now=NOW)
        assert (farm.state, farm.decision_note) == ("draft", "Which village?")
        member = queries.member(session, actor.member_id)
        licence = Media(kind="photo", owner_id=member.id, created_at=NOW)
        session.add(licence)
        session.flush()
        farms.be_enterprise(session, member, licence=licence, now=NOW)
        assert (member.kind, farm.state) == ("enterprise", "pending")
        farms.decide_farm(session, operator, farm, verdict="reject", reason="Unknown", now=NOW)
        kinds = [event.kind for event in take_new(session) if event.subject_kind == "farm"]
        assert kinds == ["farm_submitted", "farm_asked_change", "farm_submitted", "farm_rejected"]


def test_a_farmer_cannot_decide_and_a_stranger_sees_no_farm(database: Database) -> None:
    with database.writing() as session:
        actor, farm = a_farmer(session, 1, approved=False)
        stranger = service.actor_of(session, arrive(session, 2).member.id)
        with pytest.raises(NotAllowed):
            farms.decide_farm(session, actor, farm, verdict="approve", now=NOW)
        with pytest.raises(NotFound):
            farms.rename_store(session, stranger, farm, "Mine")
        farms.rename_store(session, actor, farm, "Hill Farm")
        assert farm.store_name == "Hill Farm"
        with pytest.raises(NotFound):
            queries.farm(session, 999)


def test_followers_are_listed_once(database: Database) -> None:
    with database.writing() as session:
        _, farm = a_farmer(session, 1)
        buyer = arrive(session, 2).member
        following.follow(session, buyer, farm, now=NOW)
        following.follow(session, buyer, farm, now=NOW)
        assert following.followers(session, farm.id) == [buyer.id]
        assert following.followed(session, buyer.id) == [(farm.id, farm.store_name)]
        following.unfollow(session, buyer, farm)
        assert not following.is_following(session, buyer.id, farm.id)
        assert following.followed_count(session, buyer.id) == 0


def test_nobody_follows_their_own_farm_or_one_that_may_not_sell(database: Database) -> None:
    with database.writing() as session:
        _, open_farm = a_farmer(session, 1)
        _, waiting = a_farmer(session, 2, approved=False)
        with pytest.raises(NotAllowed):
            following.follow(session, queries.member(session, open_farm.member_id), open_farm, now=NOW)
        with pytest.raises(NotFound):
            following.follow(session, arrive(session, 3).member, waiting, now=NOW)
        with pytest.raises(NotFound):
            following.unfollow(session, arrive(session, 4).member, waiting)
