"""Personal data at rest: sealed to their row, found by their mark, sealed anew under a new key, never quietly wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, text, update

from bot.__main__ import main
from core import sealing
from core.config import Config
from core.db import Database
from core.kept import add_secret
from core.members.models import Member
from core.members.queries import members
from core.members.service import share_phone
from core.sealing import Unreadable
from core.verify import broken
from tests.kit.seasons import SECRET

NUMBER = "+919811122233"


@pytest.fixture
def shop(season: Config) -> Iterator[Database]:
    """A shop after a season whose first two members shared numbers, with a key of its own in its folder."""
    own = season.model_copy(update={"secret_key": None})
    own.key_file.write_text(SECRET)
    add_secret(own.key_file)
    sealing.use(own.keys)
    database = Database(season.url)
    with database.writing() as session:
        for member_id, number in ((1, NUMBER), (2, "+919811122244")):
            share_phone(session, session.get_one(Member, member_id), contact_user_id=1, user_id=1, phone=number)
    yield database
    database.dispose()


def _raw(database: Database) -> list[str]:
    with database.reading() as session:
        found = text("SELECT phone_sealed FROM member WHERE phone_sealed IS NOT NULL ORDER BY id")
        return list(session.execute(found).scalars())


def test_a_number_is_found_by_its_mark_and_stands_nowhere_in_the_clear(shop: Database) -> None:
    assert all(NUMBER not in value and NUMBER[1:] not in value for value in _raw(shop))
    with shop.reading() as session:
        assert [line.member_id for line in members(session, words="+91 98111-22233").lines] == [1]
        assert session.get_one(Member, 1).phone == NUMBER


def test_a_sealed_value_moved_to_another_row_is_not_read_and_verify_names_it(shop: Database) -> None:
    first, _second = _raw(shop)
    with shop.writing() as session:
        session.execute(update(Member).where(Member.id == 2).values(phone_sealed=first))
    with shop.reading() as session:
        moved = session.get_one(Member, 2)
        with pytest.raises(Unreadable):
            _ = moved.phone
        assert broken(session) == [
            "the phone of member 2 cannot be read: member.phone:2 was changed, or belongs elsewhere"
        ]


def test_under_a_new_key_everything_is_sealed_anew_and_older_backups_are_still_read(
    shop: Database, season: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, key_file = _raw(shop), season.key_file
    assert key_file.stat().st_mode & 0o077 == 0
    old = key_file.read_text().split()
    monkeypatch.setenv("FARMGATE_DATABASE_URL", season.url)
    monkeypatch.setenv("FARMGATE_DATA_DIR", str(season.data_dir))
    assert main(["rotate-key"]) == 0
    assert key_file.read_text().split()[1:] == old
    after = _raw(shop)
    assert not set(before) & set(after)
    assert all(sealing.is_newest(value) for value in after)
    assert sealing.opened(before[0], "member.phone:1") == NUMBER
    with shop.reading() as session:
        assert [line.member_id for line in members(session, words=NUMBER).lines] == [1]
        assert set(session.scalars(select(Member.id).where(Member.phone_mark.is_not(None)))) == {1, 2}
        assert broken(session) == []


def test_without_the_key_nothing_is_read(shop: Database) -> None:
    value = _raw(shop)[0]
    stranger = value.replace(value.split(".")[1], "00000000")
    with pytest.raises(Unreadable, match="no key at hand"):
        sealing.opened(stranger, "member.phone:1")
