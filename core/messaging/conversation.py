"""Where a person stands in a chat: read once a turn, written with the turn's commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.orm import Session

from core.messaging.models import Conversation
from core.prepared import Prepared, Step, upsert

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
KEYS = ("bot_id", "chat_id", "user_id")
_KEPT = ("state", "data", "buttons", "misses")
KEPT = (*_KEPT, "updated_at")
HELD = tuple(_TABLE.c[name] for name in _KEPT)  # the columns that `read` takes
_READ = Prepared(select(*HELD).where(*(_TABLE.c[name] == bindparam(name) for name in KEYS)))


def writing(insert: Any, mark: str = "") -> Any:  # a statement of one dialect
    """What writes a person's standing down; its parameters are the columns, `mark` before each name."""
    row = insert(_TABLE).values({name: bindparam(mark + name) for name in (*KEYS, *KEPT)})
    return row.on_conflict_do_update(index_elements=KEYS, set_={name: row.excluded[name] for name in KEPT})


_WRITE = upsert(writing)


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


def read(session: Session, key: Key, rows: Sequence[Any]) -> None:
    """What was found there: one row of HELD, or none."""
    stored = Standing(*rows[0]) if rows else None
    known: dict[Key, _Held] = session.info.setdefault(_HELD, {})
    known[key] = _Held(stored, None if stored is None else replace(stored))


def keeping(session: Session) -> list[Step]:
    """What writes down what changed; part of the turn's commit."""
    steps = []
    for key, held in _all(session):
        if held.now is None or held.at is None or held.now == held.stored:
            continue
        shown = {name: getattr(held.now, name) for name in _KEPT}
        written = {**dict(zip(KEYS, key, strict=True)), **shown, "updated_at": held.at}
        steps.append(_WRITE.step(written))
        held.stored = replace(held.now)
    return steps


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
        read(session, key, _READ.rows(session, dict(zip(KEYS, key, strict=True))))
    return known[key]
