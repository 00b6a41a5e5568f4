"""A million members in seconds: buyers with a messenger account and a role, counted out by the database itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Integer, String, Table, func, insert, literal, select, text
from sqlalchemy import cast as as_type

from core.db import Database
from core.members.models import Identity, Member, MemberRole

BOT = 123456
_MEMBER, _IDENTITY, _ROLE = (cast("Table", made.__table__) for made in (Member, Identity, MemberRole))


def populate(database: Database, first_user: int, number: int) -> None:
    """Add `number` English-speaking buyers whose messenger ids begin at `first_user`."""
    now = literal(datetime.now(UTC), _MEMBER.c.created_at.type)
    with database.writing() as session:
        start = session.execute(select(func.coalesce(func.max(_MEMBER.c.id), 0))).scalar_one()
        at = _counted(number)
        member_id, user_id = at.c.i + start, at.c.i + (first_user - 1)
        name = literal("Buyer ", String) + as_type(user_id, String)
        session.execute(_filled(_MEMBER, {
            "id": member_id, "kind": literal("individual"), "name": name, "language": literal("en"),
            "agreed_version": literal("1"), "agreed_at": now, "home": literal("consumer"),
            "muted_classes": literal(""), "created_at": now,
        }, at))  # fmt: skip
        session.execute(_filled(_IDENTITY, {
            "bot_id": literal(BOT), "user_id": user_id, "chat_id": user_id, "member_id": member_id,
            "language_tag": literal("en"),
        }, at))  # fmt: skip
        session.execute(_filled(_ROLE, {"member_id": member_id, "role": literal("consumer"), "since": now}, at))
        if not database.is_sqlite:  # ids were given here, so the sequence goes on behind them
            session.execute(text("SELECT setval(pg_get_serial_sequence('member', 'id'), (SELECT max(id) FROM member))"))
    with database.writing() as session:
        session.execute(text("ANALYZE"))
    _written(database)


def _written(database: Database) -> None:
    """Have all of it on the disk: they did not come a moment ago, and writing them is no part of what is measured."""
    connection = database.engine.raw_connection()
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)" if database.is_sqlite else "CHECKPOINT")
    connection.commit()
    connection.close()


def _counted(number: int) -> Any:
    """The numbers from 1 to `number`, as a table."""
    counting = select(literal(1, Integer).label("i")).cte("counting", recursive=True)
    return counting.union_all(select(counting.c.i + 1).where(counting.c.i < number))


def _filled(table: Table, columns: dict[str, Any], at: Any) -> Any:
    rows = select(*(value.label(name) for name, value in columns.items())).select_from(at)
    return insert(table).from_select(list(columns), rows, include_defaults=False)
