"""A person comes, comes again, chooses, agrees and shares a number."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from core.db import Database
from core.errors import NotAllowed
from core.events import take_new
from core.members import queries, service
from core.members.models import Member
from core.members.person import who
from core.permissions import Actor, Role
from core.settings.service import put
from tests.members.people import BOT, NOW, arrive


def test_first_contact_makes_an_individual_consumer(database: Database) -> None:
    with database.writing() as session:
        arrival = arrive(session, 7, "Asha", language_tag="en-GB")
        assert arrival.is_new
        assert arrival.member.kind == "individual"
        assert [each.kind for each in take_new(session)] == ["member_joined"]
    with database.reading() as session:
        person = who(session, BOT, 7)
    assert person is not None
    assert (person.name, person.roles, person.language) == ("Asha", {Role.CONSUMER}, None)
    assert person.speaks("hi") == "en"


def test_a_known_person_keeps_the_name_and_is_reachable_again(database: Database) -> None:
    with database.writing() as session:
        service.mark_unreachable(session, arrive(session, 7, "Asha").identity, now=NOW)
        assert queries.reach(session, service.actor_of(session, 1).member_id) == []
    with database.writing() as session:
        person = who(session, BOT, 7)
        assert person is not None
        assert person.is_out_of_date
        again = arrive(session, 7, "Asha Renamed", username="asha")
        assert not again.is_new
        assert again.member.name == "Asha"
    with database.reading() as session:
        assert [way.chat_id for way in queries.reach(session, again.member.id)] == [7]


def test_hostile_names_are_cleaned(database: Database) -> None:
    with database.writing() as session:
        assert arrive(session, 1, "\u202eA\x00\u200bsha<b>").member.name == "Asha<b>"
        assert arrive(session, 2, "\u3164\u200d", username="momo").member.name == "momo"
        assert arrive(session, 123456, "\ud800").member.name == "№3456"


def test_who_reads_everything_in_one_query(database: Database) -> None:
    with database.writing() as session:
        member = arrive(session, 7, "Asha").member
        service.hold_role(session, member, Role.COURIER, now=NOW)
    seen: list[str] = []
    with database.reading() as session:
        event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        person = who(session, BOT, 7)
        assert who(session, BOT, 8) is None
    assert len([each for each in seen if each.startswith("SELECT")]) == 2
    assert person is not None
    assert person.actor == Actor(member.id, frozenset({Role.CONSUMER, Role.COURIER}))


def test_the_agreement_keeps_its_first_time_and_asks_again_after_a_new_version(database: Database) -> None:
    with database.writing() as session:
        member = arrive(session, 7, "Asha").member
        service.agree(session, member, now=NOW)
        service.agree(session, member, now=NOW.replace(hour=12))
        assert (member.agreed_version, member.agreed_at) == ("1", NOW)
        put(session, "agreement_version", "2", by=None, now=NOW)
        assert not service.has_agreed(session, member)


def test_somebody_elses_contact_is_refused_in_the_words_of_the_script(database: Database) -> None:
    with database.writing() as session:
        member = arrive(session, 7, "Asha").member
        for contact in (8, None):
            with pytest.raises(service.NotYourNumber) as refusal:
                service.share_phone(session, member, contact_user_id=contact, user_id=7, phone="+911234567890")
        assert refusal.value.text() == (
            "That is another person's number. Press the button to share yours, or ask your co-op."
        )
        service.share_phone(session, member, contact_user_id=7, user_id=7, phone="91 (123) 456-7890")
        assert member.phone == "+911234567890"


def test_a_home_needs_its_role(database: Database) -> None:
    with database.writing() as session:
        member = arrive(session, 7, "Asha").member
        with pytest.raises(NotAllowed):
            service.switch_home(session, member, Role.OPERATOR)
        service.switch_home(session, member, Role.CONSUMER)
        service.mute(session, member, "R")
        service.mute(session, member, "M")
        service.mute(session, member, "R", muted=False)
        assert (member.home, member.muted_classes) == ("consumer", "M")
        with pytest.raises(NotAllowed):
            service.mute(session, member, "T")


def test_the_last_owner_cannot_go(database: Database) -> None:
    with database.writing() as session:
        first, second = arrive(session, 1, "Asha").member, arrive(session, 2, "Bo").member
        service.hold_role(session, first, Role.OWNER, now=NOW)
        owner = service.actor_of(session, first.id)
        with pytest.raises(service.LastOwner):
            service.revoke_role(session, owner, first, Role.OWNER, now=NOW)
        service.grant_role(session, owner, second, Role.OWNER, now=NOW)
        service.revoke_role(session, owner, first, Role.OWNER, now=NOW)
        assert queries.staff(session) == [second.id]
        with pytest.raises(NotAllowed):
            service.grant_role(session, service.actor_of(session, first.id), first, Role.OPERATOR, now=NOW)


def test_the_list_of_members_finds_by_role_and_words(database: Database) -> None:
    with database.writing() as session:
        for user_id in range(1, 14):
            arrive(session, user_id, f"Asha {user_id}")
        last = session.get_one(Member, 13)
        service.hold_role(session, last, Role.COURIER, now=NOW)
        page = queries.members(session)
        assert (page.total, len(page.lines), page.lines[0].name) == (13, 10, "Asha 13")
        assert queries.members(session, page=1).lines[-1].name == "Asha 1"
        assert [line.roles for line in queries.members(session, role=Role.COURIER).lines] == [
            {Role.CONSUMER, Role.COURIER}
        ]
        assert queries.members(session, words="%").total == 0
        assert queries.couriers(session) == [(last.id, "Asha 13")]
