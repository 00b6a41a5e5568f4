"""The audit log under attack: whoever edits, deletes, cuts off or slips in an entry is named by `verify`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from threading import Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import audit, audit_check
from core.db import Database
from core.members.models import Member
from core.members.service import grant_role, hold_role, revoke_role
from core.permissions import Actor, Role
from core.settings import service as settings

NOW = datetime(2026, 5, 1, 5, 30, tzinfo=UTC)
OWNER = Actor(1, frozenset({Role.OWNER}))
_OFF = {
    "sqlite": ("DROP TRIGGER audit_entry_kept", "DROP TRIGGER audit_entry_stays", "DROP TRIGGER audit_entry_follows"),
    "postgresql": ("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_stays",),
}
Attack = Callable[[Session], object]


def _decided(database: Database) -> None:
    """Four decisions: the owner begins, appoints and dismisses an operator, and changes a setting."""
    with database.writing() as session:
        owner, other = (Member(name=name, created_at=NOW) for name in ("Meera", "Ravi"))
        session.add_all([owner, other])
        session.flush()
        hold_role(session, owner, Role.OWNER, now=NOW)
        grant_role(session, OWNER, other, Role.OPERATOR, now=NOW)
        revoke_role(session, OWNER, other, Role.OPERATOR, now=NOW)
    with database.writing() as session:
        settings.change(session, OWNER, "hold_minutes", "45", now=NOW)


def _attacked(database: Database, attack: str) -> list[str]:
    """What verify says after an attack by somebody who may switch the triggers off."""
    _decided(database)
    with database.writing() as session:
        for off in _OFF[session.get_bind().dialect.name]:
            session.execute(text(off))
        session.execute(text(attack))
    with database.reading() as session:
        return [sentence for sentence in audit_check.broken(session) if "trigger" not in sentence]


def test_decisions_are_chained_in_their_order(database: Database) -> None:
    _decided(database)
    with database.reading() as session:
        told = session.execute(text("SELECT id, action FROM audit_entry ORDER BY id")).all()
        assert audit_check.broken(session) == []
        assert audit.end(session)[0] == len(told)
    actions = [action for _number, action in told]
    assert actions[0] == "audit_begins"
    assert actions[-3:] == ["role_given", "role_taken", "setting_changed"]
    assert [number for number, _action in told] == list(range(1, len(told) + 1))


@pytest.mark.parametrize("attack", ["UPDATE audit_entry SET actor_id = 2", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_log(database: Database, attack: str) -> None:
    _decided(database)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(attack))


def test_an_edited_entry_is_named(database: Database) -> None:
    said = _attacked(database, "UPDATE audit_entry SET actor_id = 2 WHERE id = 3")
    assert said == ["audit entry 3 was edited"]


def test_a_deleted_entry_is_named(database: Database) -> None:
    said = _attacked(database, "DELETE FROM audit_entry WHERE id = 3")
    assert said[0] == "audit entries 3 to 3 were deleted"


def test_an_end_cut_off_is_noticed(database: Database) -> None:
    said = _attacked(database, "DELETE FROM audit_entry WHERE action IN ('role_taken', 'setting_changed')")
    assert len(said) == 1
    assert "(role_taken): its entry was deleted" in said[0]


def test_triggers_switched_off_are_noticed(database: Database) -> None:
    with database.writing() as session:
        for off in _OFF[session.get_bind().dialect.name]:
            session.execute(text(off))
    with database.reading() as session:
        assert all("missing or off" in sentence for sentence in audit_check.broken(session))
        assert audit_check.broken(session)


def test_many_who_decide_at_once_make_one_chain(database: Database) -> None:
    _decided(database)

    def change(number: int) -> None:
        with database.writing() as session:
            settings.change(session, OWNER, "hold_minutes", str(30 + number), now=NOW)

    threads = [Thread(target=change, args=(number,)) for number in range(3)]
    with database.writing() as session:
        first = Member(name="Asha", created_at=NOW)
        session.add(first)
    threads += [Thread(target=_given, args=(database, role)) for role in (Role.COURIER, Role.OFFICER, Role.FARMER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with database.reading() as session:
        assert audit_check.broken(session) == []
        given = text("SELECT count(*) FROM audit_entry WHERE subject_id = 3 AND action = 'role_given'")
        assert session.execute(given).scalar_one() == 3


def _given(database: Database, role: Role) -> None:
    with database.writing() as session:
        grant_role(session, OWNER, session.get_one(Member, 3), role, now=NOW)


def test_kinds_that_joined_later_are_asked_for_only_since_then(database: Database) -> None:
    _decided(database)
    with database.writing() as session:
        member = session.scalars(select(Member)).first()
        assert member is not None
        put = "INSERT INTO event (kind, subject_kind, subject_id, data, at) VALUES ('cash_handed_in', 'member', "
        session.execute(text(put + ":id, '{}', '2026-05-01 05:30:00')"), {"id": member.id})
    with database.reading() as session:
        assert [said for said in audit_check.broken(session) if "cash_handed_in" in said]
    with database.writing() as session:
        migration = import_module("core.migrations.versions.0011_debts")
        migration._widen(session.connection())
    with database.reading() as session:
        assert audit_check.broken(session) == []
