"""What went wrong on the road of a message: updates set aside, letters that died; staff tries them again or is done."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.errors import Changed
from core.messaging.inbox import QUARANTINED, lane_of
from core.messaging.models import Inbox, Outbox
from core.permissions import Actor, require
from core.prepared import written

SHOWN_MOST = 120
_DEAD = written("dead")
_TOKEN = re.compile(r"(?<=_)[\w-]{43}", re.ASCII)  # of a one-time link, perhaps still good


@dataclass(frozen=True)
class SetAside:
    """An update that failed too often: who sent what, and the error."""

    seq: int
    chat: str
    said: str
    error: str
    at: datetime


@dataclass(frozen=True)
class DeadLetter:
    """A message that will not be sent any more: to which chat, what it said, and why."""

    id: int
    chat_id: int
    said: str
    error: str
    at: datetime


def counts(session: Session) -> tuple[int, int]:
    """How many updates are set aside, and how many letters are dead."""
    updates = select(func.count()).select_from(Inbox).where(Inbox.state == QUARANTINED)
    letters = select(func.count()).select_from(Outbox).where(Outbox.state == _DEAD)
    return session.execute(updates).scalar_one(), session.execute(letters).scalar_one()


def next_update(session: Session, actor: Actor) -> SetAside | None:
    """The oldest update set aside."""
    require("queue.see", actor)
    found = select(Inbox).where(Inbox.state == QUARANTINED).order_by(Inbox.seq).limit(1)
    row = session.execute(found).scalar_one_or_none()
    if row is None:
        return None
    raw: dict[str, Any] = json.loads(row.raw)
    return SetAside(row.seq, lane_of(raw), _said(raw), _first_line(row.error), row.received_at)


def next_letter(session: Session, actor: Actor) -> DeadLetter | None:
    """The oldest dead letter."""
    require("queue.see", actor)
    found = select(Outbox).where(Outbox.state == _DEAD).order_by(Outbox.id).limit(1)
    row = session.execute(found).scalar_one_or_none()
    if row is None:
        return None
    screen = row.payload.get("screen") or {}
    said = screen.get("text") or row.payload.get("notice") or row.kind
    return DeadLetter(
        row.id, row.chat_id, _TOKEN.sub("…", str(said))[:SHOWN_MOST], _first_line(row.error), row.created_at
    )


def try_update_again(session: Session, actor: Actor, seq: int) -> None:
    """Give the update five more tries. Raises Changed when it is not set aside any more."""
    values = {"state": "new", "attempts": 0, "done_at": None, "lease_until": None}
    _settle(session, actor, Inbox, Inbox.seq == seq, "quarantined", values)


def drop_update(session: Session, actor: Actor, seq: int) -> None:
    """Seen: nothing more is done about the update. Raises Changed."""
    _settle(session, actor, Inbox, Inbox.seq == seq, "quarantined", {"state": "done"})


def send_again(session: Session, actor: Actor, letter_id: int) -> None:
    """Try to send the letter for another day. Raises Changed when it is not dead any more."""
    values = {"state": "pending", "attempts": 0, "first_failed_at": None, "retry_at": None, "sent_at": None}
    _settle(session, actor, Outbox, Outbox.id == letter_id, "dead", values)


def drop_letter(session: Session, actor: Actor, letter_id: int) -> None:
    """Seen: the letter is not sent. Raises Changed."""
    _settle(session, actor, Outbox, Outbox.id == letter_id, "dead", {"state": "dropped"})


def _settle(session: Session, actor: Actor, table: Any, which: Any, state: str, values: dict[str, Any]) -> None:
    require("queue.see", actor)
    changed = update(table).where(which, table.state == state).values(**values)
    if session.connection().execute(changed).rowcount != 1:
        raise Changed


def _said(raw: dict[str, Any]) -> str:
    """What the person did, in a few words."""
    query = raw.get("callback_query")
    if isinstance(query, dict):
        return f"[{query.get('data', '')}]"[:SHOWN_MOST]
    message = raw.get("message") or raw.get("edited_message") or {}
    text = message.get("text") or message.get("caption")
    kinds = [key for key in message if key not in ("message_id", "from", "chat", "date")]
    text = _TOKEN.sub("…", text) if text else text
    return str(text or ", ".join(kinds) or ", ".join(key for key in raw if key != "update_id"))[:SHOWN_MOST]


def _first_line(error: str | None) -> str:
    lines = (error or "").strip().splitlines()
    return lines[0][:SHOWN_MOST] if lines else ""
