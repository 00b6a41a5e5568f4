"""One-time links work once, and owners come from the settings or from the first link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.db import Database
from core.members import claims, queries, service
from core.members.models import Claim
from core.permissions import Role
from tests.members.people import BOT, NOW, arrive


def test_a_link_serves_the_first_who_opens_it(database: Database) -> None:
    with database.writing() as session:
        first, second = arrive(session, 1).member, arrive(session, 2).member
        token = claims.make_claim(session, claims.Purpose.OWNER, now=NOW)
        assert len(token) >= 43
        assert token not in session.execute(select(Claim.token_sha256)).scalars().all()
        claims.use_claim(session, token, first, now=NOW)
        claims.use_claim(session, token, first, now=NOW)  # a double tap
        with pytest.raises(claims.LinkEnded):
            claims.use_claim(session, token, second, now=NOW)
        assert queries.staff(session) == [first.id]
        assert first.home == "owner"


@pytest.mark.parametrize("token", ["", "abc", "\ud800", "x" * 4096])
def test_an_unknown_link_has_ended(database: Database, token: str) -> None:
    with database.writing() as session, pytest.raises(claims.LinkEnded):
        claims.use_claim(session, token, arrive(session, 1).member, now=NOW)


def test_an_old_link_and_a_replaced_one_have_ended(database: Database) -> None:
    with database.writing() as session:
        member = arrive(session, 1).member
        old = claims.make_claim(session, claims.Purpose.OPERATOR, None, NOW + timedelta(minutes=5), now=NOW)
        with pytest.raises(claims.LinkEnded):
            claims.use_claim(session, old, member, now=NOW + timedelta(minutes=5))
        lost = claims.owner_link(session, NOW)
        printed_again = claims.owner_link(session, NOW)
        with pytest.raises(claims.LinkEnded):
            claims.use_claim(session, lost, member, now=NOW)
        claims.use_claim(session, printed_again, member, now=NOW)


def test_owners_named_in_the_settings_rule_from_the_first_start(database: Database) -> None:
    with database.writing() as session:
        assert not claims.ensure_owners(session, BOT, [], NOW)
        known = arrive(session, 1).member
        assert claims.ensure_owners(session, BOT, [1, 2], NOW)
        assert claims.ensure_owners(session, BOT, [1, 2], NOW)
        owners = queries.staff(session)
        assert len(owners) == 2
        assert [way.member_id for way in queries.operators(session)] == [known.id]  # the other never wrote yet
    with database.writing() as session:
        arrival = arrive(session, 2, "Bo")
        assert (arrival.is_new, arrival.member.name, arrival.member.home) == (False, "Bo", "owner")
        assert service.actor_of(session, arrival.member.id).roles == {Role.CONSUMER, Role.OWNER}
        assert len(queries.operators(session, bot_id=BOT)) == 2
