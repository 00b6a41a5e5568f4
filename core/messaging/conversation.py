"""Where a person stands in a chat: read once a turn, written with the turn's commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from core.db import at_once
from core.messaging.models import Conversation

Key = tuple[int, int, int]  # bot, chat, user
_HELD = "farmgate_conversations"


@dataclass
class Standing:
    """A state name, a little data, the buttons that digits press, and how often in a row nothing was understood."""

    state: str | None = None
    data: dict[str, Any] | None = None
    buttons: list[str] | None = None
    misses: int = 0


@dataclass
class _Held:
    """What was read, and what it has become."""

    stored: Standing | None
    now: Standing | None
    at: datetime | None = None


_TABLE = cast("Table", Conversation.__table__)
_KEYS = ("bot_id", "chat_id", "user_id")
_KEPT = ("state", "data", "buttons", "misses")
_READ = select(*(_TABLE.c[name] for name in _KEPT)).where(*(_TABLE.c[name] == bindparam(name) for name in _KEYS))


def _written(make: Any) -> Any:  # the same statement in two dialects, whose types share no ancestor that fits
    row = make(_TABLE).values({name: bindparam(name) for name in (*_KEYS, *_KEPT, "updated_at")})
    return row.on_conflict_do_update(
        index_elements=_KEYS, set_={name: row.excluded[name] for name in (*_KEPT, "updated_at")}
    )


_WRITE = {"sqlite": _written(sqlite_insert), "postgresql": _written(postgresql_insert)}


def load(session: Session, bot_id: int, chat_id: int, user_id: int) -> Standing | None:
    """Where this person stands in this chat; nothing when they were never seen there. One query a transaction."""
    return _held(session, (bot_id, chat_id, user_id)).now


def ensure(session: Session, key: Key, now: datetime) -> Standing:
    """Where this person stands, from the beginning when they were never seen there; changes are written by `keep`."""
    held = _held(session, key)
    held.at = now
    if held.now is None:
        held.now = Standing(data={}, buttons=[])
    return held.now


def keep(session: Session) -> None:
    """Write what changed; part of the turn's commit."""
    for key, held in _all(session):
        if held.now is None or held.at is None or held.now == held.stored:
            continue
        shown = {name: getattr(held.now, name) for name in _KEPT}
        at_once(
            session, _WRITE[session.get_bind().dialect.name],
            {**dict(zip(_KEYS, key, strict=True)), **shown, "updated_at": held.at},
        )  # fmt: skip
        held.stored = replace(held.now)


def forget(session: Session, bot_id: int, chat_id: int) -> None:
    """Drop what is kept of a chat."""
    session.info.pop(_HELD, None)
    session.execute(delete(Conversation).where(Conversation.bot_id == bot_id, Conversation.chat_id == chat_id))


def _all(session: Session) -> Iterable[tuple[Key, _Held]]:
    known: dict[Key, _Held] = session.info.get(_HELD, {})
    return list(known.items())


def _held(session: Session, key: Key) -> _Held:
    known: dict[Key, _Held] = session.info.setdefault(_HELD, {})
    if key not in known:
        row = at_once(session, _READ, dict(zip(_KEYS, key, strict=True))).one_or_none()
        stored = None if row is None else Standing(*row)
        known[key] = _Held(stored, None if stored is None else replace(stored))
    return known[key]
