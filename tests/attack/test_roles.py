"""What was taken from a member is not taken back by the member."""

from __future__ import annotations

from core.db import Database
from core.members import farms
from core.members import service as members
from core.members.queries import member
from core.permissions import Actor, Role
from tests.orders.market import NOW, open_market


def test_a_farmer_whose_role_was_taken_waits_for_the_co_op_again(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        gopal = member(session, market.farmer.member_id)
        members.hold_role(session, gopal, Role.CONSUMER, now=NOW)  # as everybody who arrives
        owner = Actor(gopal.id + 1000, frozenset({Role.OWNER}))
        farm = farms.farm_of(session, gopal)
        assert farm is not None
        assert farm.state == "approved"
        members.revoke_role(session, owner, gopal, Role.FARMER, now=NOW)
        farms.be_farmer(session, gopal, place="Ratnagiri", now=NOW)  # [🌱 I grow], once more
        assert farm.state == "pending"


def test_a_farmer_who_corrects_the_place_stays_approved(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        gopal = member(session, market.farmer.member_id)
        members.hold_role(session, gopal, Role.CONSUMER, now=NOW)  # as everybody who arrives
        farm = farms.be_farmer(session, gopal, place="Ratnagiri", now=NOW)
        assert farm.state == "approved"
