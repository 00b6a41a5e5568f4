"""Who gave or took a role is written down, and the member hears of it from another only."""

from __future__ import annotations

from sqlalchemy import select

from core.db import Database
from core.events import Event, EventKind
from core.members import service
from core.members.queries import member as row_of
from core.notices import load_all
from core.notices.registry import BY_EVENT
from core.permissions import Role
from tests.orders.market import NOW, member, open_market


def test_roles_given_and_taken_leave_a_fact_with_who_did_it(database: Database) -> None:
    load_all()
    with database.writing() as session:
        market = open_market(session)
        meera, asha = member(session, "Meera", Role.OWNER), row_of(session, market.buyer().member_id)
        for _twice in range(2):
            service.grant_role(session, meera, asha, Role.COURIER, now=NOW)
        for _twice in range(2):
            service.revoke_role(session, meera, asha, Role.COURIER, now=NOW)
        session.flush()
        kinds = (EventKind.ROLE_GIVEN, EventKind.ROLE_TAKEN)
        found = select(Event).where(Event.kind.in_([kind.value for kind in kinds])).order_by(Event.id)
        facts = [(fact.kind, fact.subject_id, fact.actor_id, fact.data) for fact in session.scalars(found)]
        assert facts == [(kind.value, asha.id, meera.member_id, {"role": "courier"}) for kind in kinds]
        assert not any(entry.tell_actor for kind in kinds for entry in BY_EVENT[kind])


def test_a_role_that_came_of_what_the_member_did_is_the_members_own_doing(database: Database) -> None:
    with database.writing() as session:
        asha = row_of(session, open_market(session).buyer().member_id)
        service.hold_role(session, asha, Role.COURIER, now=NOW)
        session.flush()
        given = select(Event.actor_id).where(Event.kind == EventKind.ROLE_GIVEN.value, Event.subject_id == asha.id)
        assert list(session.scalars(given)) == [asha.id]
