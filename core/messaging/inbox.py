"""The inbox: an update becomes a fact before it is answered, and each chat's updates are handled in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, aliased

from core.messaging.models import Inbox

LEASE = timedelta(seconds=60)
TRIES = 5
UNFINISHED = ("new", "leased")
CHANNEL = "farmgate_inbox"
_ENVELOPES = (
    "message", "edited_message", "callback_query", "my_chat_member", "chat_member", "inline_query",
    "chosen_inline_result", "pre_checkout_query", "channel_post", "edited_channel_post", "message_reaction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claimed:
    """An update leased to one worker."""

    seq: int
    bot_id: int
    raw: str
    attempts: int


def lane_of(raw: dict[str, Any]) -> str:
    """The lane an update is handled in: its chat, or its sender where it has none; "-" for what has neither."""
    for envelope in _ENVELOPES:
        body = raw.get(envelope)
        if not isinstance(body, dict):
            continue
        message = body.get("message") if envelope == "callback_query" else body
        chat = message.get("chat") if isinstance(message, dict) else None
        if isinstance(chat, dict) and "id" in chat:
            return str(chat["id"])
        sender = body.get("from")
        if isinstance(sender, dict) and "id" in sender:
            return str(sender["id"])
    return "-"


def store(session: Session, bot_id: int, updates: Sequence[dict[str, Any]], now: datetime) -> int:
    """Store a batch, oldest first, one statement; returns how many were new (the key is bot and update id)."""
    rows = [
        {
            "bot_id": bot_id, "update_id": raw["update_id"], "chat_key": lane_of(raw), "attempts": 0,
            "raw": json.dumps(raw, ensure_ascii=True, separators=(",", ":")), "received_at": now,
            "state": "done" if "pre_checkout_query" in raw else "new",  # the receiver itself answers those
        }
        for raw in sorted(updates, key=lambda raw: int(raw["update_id"]))
    ]  # fmt: skip
    if not rows:
        return 0
    make = sqlite_insert if _sqlite(session) else postgresql_insert
    statement = make(Inbox).values(rows).on_conflict_do_nothing(index_elements=["bot_id", "update_id"])
    stored = len(session.execute(statement.returning(Inbox.seq)).all())
    notify(session, CHANNEL)
    return stored


def claim(session: Session, now: datetime, limit: int = 16) -> list[Claimed]:
    """Lease the first unfinished update of up to `limit` chats, counting the attempt. Two statements at most.

    An update that was tried before is claimed alone, so that one which kills its process takes nobody with it.
    """
    earlier = aliased(Inbox)
    free = or_(Inbox.state == "new", and_(Inbox.state == "leased", Inbox.lease_until < now))
    first = ~exists().where(
        earlier.bot_id == Inbox.bot_id, earlier.chat_key == Inbox.chat_key,
        earlier.seq < Inbox.seq, earlier.state.in_(UNFINISHED),
    )  # fmt: skip
    found = select(Inbox.seq, Inbox.attempts).where(Inbox.state.in_(UNFINISHED), free, first).order_by(Inbox.seq)
    heads = session.execute(found.limit(limit).with_for_update(skip_locked=True, of=Inbox)).all()
    if not heads:
        return []
    fresh = [seq for seq, attempts in heads if attempts == 0]
    chosen = fresh or [heads[0].seq]
    lease = (
        update(Inbox)
        .where(Inbox.seq.in_(chosen))
        .values(state="leased", attempts=Inbox.attempts + 1, lease_until=now + LEASE)
        .returning(Inbox.seq, Inbox.bot_id, Inbox.raw, Inbox.attempts)
        .execution_options(synchronize_session=False)
    )
    return sorted((Claimed(*row) for row in session.execute(lease)), key=lambda row: row.seq)


def finish(session: Session, seq: int, now: datetime) -> None:
    """The update's effect is part of this commit."""
    _set(session, seq, state="done", done_at=now, lease_until=None)


def release(session: Session, seq: int, error: str) -> None:
    """Give a failed update back at once; its attempts stay counted."""
    _set(session, seq, state="new", lease_until=None, error=error[:2000])


def quarantine(session: Session, seq: int, error: str, now: datetime) -> None:
    """Set aside an update that failed too often; its chat goes on and the operator sees it."""
    _set(session, seq, state="quarantined", done_at=now, lease_until=None, error=error[:2000])


def waiting(session: Session) -> int:
    """Unfinished updates."""
    found = select(func.count()).select_from(Inbox).where(Inbox.state.in_(UNFINISHED))
    return session.execute(found).scalar_one()


def quarantined(session: Session, limit: int = 20) -> list[Inbox]:
    """What the operator should look at, newest first."""
    found = select(Inbox).where(Inbox.state == "quarantined").order_by(Inbox.seq.desc()).limit(limit)
    return list(session.scalars(found))


def purge(session: Session, before: datetime) -> int:
    """Forget raw updates that were worked off before then; what was set aside stays until staff has seen it."""
    gone = delete(Inbox).where(Inbox.state == "done", func.coalesce(Inbox.done_at, Inbox.received_at) < before)
    return session.connection().execute(gone).rowcount


def notify(session: Session, channel: str) -> None:
    """Wake the other processes when this transaction commits; SQLite has one process and needs no telling."""
    if not _sqlite(session):
        session.execute(text(f"NOTIFY {channel}"))


def _set(session: Session, seq: int, **values: object) -> None:
    session.execute(update(Inbox).where(Inbox.seq == seq).values(**values).execution_options(synchronize_session=False))


def _sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
