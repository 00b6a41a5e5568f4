"""A group is added, set up by whoever added it, loses rights, moves and goes."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Database
from core.errors import NotAllowed, NotFound
from core.members import groups, service
from core.members.models import GroupChat
from core.messaging.models import Card, Outbox
from core.permissions import Actor
from tests.members.people import BOT, NOW, arrive


def _group(session: Session, chat_id: int = -100, *, can_post: bool = True) -> tuple[Actor, GroupChat]:
    actor = service.actor_of(session, arrive(session, 1).member.id)
    group = groups.add_group(
        session, actor, bot_id=BOT, chat_id=chat_id, title="Hill\u202e village", can_post=can_post, now=NOW
    )
    return actor, group


def _waiting(session: Session, chat_id: int) -> None:
    session.add(
        Outbox(dedup="a", bot_id=BOT, chat_id=chat_id, kind="notice", payload={}, not_before=NOW, created_at=NOW)
    )
    session.add(Card(bot_id=BOT, chat_id=chat_id, key="progress:1", message_id=5, updated_at=NOW))
    session.flush()


def test_a_group_is_active_once_language_and_crops_are_chosen(database: Database) -> None:
    with database.writing() as session:
        actor, group = _group(session)
        assert (group.title, group.state, group.language) == ("Hill village", "setup", "en")
        assert groups.active_groups(session, "mango") == []
        groups.choose_group_language(session, actor, group, "en")
        groups.choose_group_crops(session, actor, group, ["mango", "tomato"])
        assert groups.active_groups(session, "mango") == [group]
        assert groups.active_groups(session, "potato") == []
        groups.choose_group_crops(session, actor, group, [])
        assert groups.active_groups(session, "potato", bot_id=BOT) == [group]


def test_another_member_of_the_group_cannot_set_it_up(database: Database) -> None:
    with database.writing() as session:
        _, group = _group(session)
        other = service.actor_of(session, arrive(session, 2).member.id)
        with pytest.raises(NotAllowed):
            groups.choose_group_crops(session, other, group, [])


def test_a_group_added_by_an_anonymous_administrator_belongs_to_who_first_sets_it_up(database: Database) -> None:
    with database.writing() as session:
        anonymous, first, second = (service.actor_of(session, arrive(session, user).member.id) for user in (1, 2, 3))
        group = groups.add_group(session, anonymous, bot_id=BOT, chat_id=-7, title="Hill", by_name=False, now=NOW)
        groups.choose_group_language(session, first, group, "en")
        with pytest.raises(NotAllowed):
            groups.choose_group_crops(session, second, group, [])
        groups.choose_group_crops(session, first, group, [])
        assert group.added_by == first.member_id


def test_a_group_that_nobody_answers_for_is_not_set_up_from_elsewhere(database: Database) -> None:
    with database.writing() as session:
        anonymous, stranger, reader = (service.actor_of(session, arrive(session, user).member.id) for user in (1, 2, 3))
        group = groups.add_group(session, anonymous, bot_id=BOT, chat_id=-7, title="Hill", by_name=False, now=NOW)
        for elsewhere in (2, -8):
            with pytest.raises(NotFound):
                groups.group_for(session, stranger, group.id, here=elsewhere)
        assert groups.group_for(session, reader, group.id, here=-7) is group
        assert group.added_by == reader.member_id
        assert groups.group_for(session, reader, group.id, here=3) is group


def test_rights_lost_and_given_back(database: Database) -> None:
    with database.writing() as session:
        actor, group = _group(session, can_post=False)
        assert group.state == "no_rights"
        groups.rights_given(session, group)
        groups.choose_group_crops(session, actor, group, [])
        groups.rights_lost(session, group, now=NOW)
        assert groups.active_groups(session, "mango") == []


def test_a_group_that_put_the_bot_out_hears_nothing_more(database: Database) -> None:
    with database.writing() as session:
        actor, group = _group(session)
        _waiting(session, -100)
        groups.group_removed(session, group)
        groups.rights_lost(session, group, now=NOW)
        assert session.execute(select(Outbox.state)).scalars().all() == ["dropped"]
        assert group.state == "gone"
        again = groups.add_group(session, actor, bot_id=BOT, chat_id=-100, title="Back", now=NOW)
        assert (again.id, again.state) == (group.id, "setup")


@pytest.mark.parametrize("new_chat_came_first", [False, True])
def test_a_group_that_becomes_a_supergroup_keeps_its_settings(database: Database, new_chat_came_first: bool) -> None:
    with database.writing() as session:
        actor, group = _group(session)
        groups.choose_group_crops(session, actor, group, ["mango"])
        _waiting(session, -100)
        if new_chat_came_first:
            _group(session, -1001)
        for _time in range(2):  # told from the old chat and from the new one
            moved = groups.group_migrated(session, bot_id=BOT, old_chat_id=-100, new_chat_id=-1001)
            assert moved is group
        assert session.execute(select(GroupChat.chat_id).where(GroupChat.state != "gone")).scalars().all() == [-1001]
        assert session.execute(select(Outbox.chat_id)).scalars().all() == [-1001]
        assert session.execute(select(Card.id)).all() == []
        assert groups.active_groups(session, "mango") == [group]
