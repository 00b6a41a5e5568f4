"""A group becomes a supergroup while something waits, in every order in which that can be told."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import GroupPost
from core.db import Database
from core.members import groups
from core.members.models import GroupChat
from core.members.service import arrive
from core.messaging.models import Outbox
from core.messaging.outbox import Letter, put
from core.messaging.screen import Screen
from core.permissions import Actor, Role
from tests.orders.market import NOW, open_market

OLD, NEW = -5, -1005


def _letter(session: Session, key: str) -> None:
    put(session, [Letter(key, 1, OLD, "screen", {"screen": Screen("hi").to_json()}, NOW)], NOW)


def _added(session: Session, chat_id: int) -> GroupChat:
    person = arrive(session, bot_id=1, user_id=9, chat_id=9, first_name="Asha", now=NOW).member
    actor = Actor(person.id, frozenset({Role.CONSUMER}))
    return groups.add_group(session, actor, bot_id=1, chat_id=chat_id, title="Village", now=NOW)


def _move(session: Session) -> GroupChat | None:
    return groups.group_migrated(session, bot_id=1, old_chat_id=OLD, new_chat_id=NEW)


def test_a_letter_follows_a_group_that_had_moved_before_it_was_written(database: Database) -> None:
    with database.writing() as session:
        _added(session, OLD)
        _move(session)
        _letter(session, "late")
        _move(session)  # what the sender does when the old chat refuses the letter
        assert session.scalars(select(Outbox.chat_id)).all() == [NEW]


def test_a_letter_follows_a_group_that_is_none_of_ours(database: Database) -> None:
    with database.writing() as session:
        _letter(session, "stranger")
        _move(session)
        assert session.scalars(select(Outbox.chat_id)).all() == [NEW]


def test_a_word_in_the_old_chat_after_the_move_does_not_undo_the_groups_set_up(database: Database) -> None:
    with database.writing() as session:
        sale = open_market(session).sale()
        group = _added(session, OLD)
        group.crops, group.state = "mango", "active"
        _move(session)
        session.add(GroupPost(campaign_id=sale.id, group_id=group.id))
        _added(session, OLD)  # "/start", worked off in the lane of the old chat
        moved = _move(session)
        assert moved is group
        assert (group.chat_id, group.crops, group.state) == (NEW, "mango", "active")
        assert [row.id for row in groups.active_groups(session, "mango")] == [group.id]


def test_a_chat_that_announced_itself_early_gives_way(database: Database) -> None:
    with database.writing() as session:
        sale = open_market(session).sale()
        group = _added(session, OLD)
        group.crops, group.state = "mango", "active"
        early = _added(session, NEW)
        early.state = "active"
        session.add(GroupPost(campaign_id=sale.id, group_id=early.id))
        session.flush()
        assert _move(session) is group
        assert (group.chat_id, early.state) == (NEW, "gone")
