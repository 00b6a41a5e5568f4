"""The inbox: an update becomes a fact before it is answered, and each chat's updates are handled in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, cast

from sqlalchemy import ARRAY, Table, and_, bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.orm import Session

from core.db import UtcDateTime, at_once
from core.messaging.lanes import Condition, Heads, by_dialect
from core.messaging.lease import LeaseLost, beyond, until
from core.messaging.models import Inbox
from core.messaging.screen import SHOWN
from core.prepared import Prepared, Step, ask, upsert, written

TRIES = 5
_NEW, _LEASED = written("new"), written("leased")
UNFINISHED, QUARANTINED = (_NEW, _LEASED), written("quarantined")
CHANNEL = "farmgate_inbox"  # PostgreSQL tells of new rows there, by a trigger
_QUOTED = frozenset({"reply_to_message", "external_reply", "quote"})
_OF_A_CARD = frozenset({"message_id", "chat", "date", *SHOWN})
_ENVELOPES = (
    "message", "edited_message", "callback_query", "my_chat_member", "chat_member", "inline_query",
    "chosen_inline_result", "pre_checkout_query", "channel_post", "edited_channel_post", "message_reaction",
)  # fmt: skip

# Statements are made once: making one and finding its compiled form again costs more than running it.
_TABLE = cast("Table", Inbox.__table__)
_ROW = _TABLE.c
_LANE = _TABLE.alias()
_ONCE = ["bot_id", "update_id"]
_STORE = upsert(lambda insert: insert(_TABLE).on_conflict_do_nothing(index_elements=_ONCE))
# on PostgreSQL a batch takes one statement, which keeps its order
_COLUMNS = ("bot_id", "update_id", "chat_key", "raw", "state", "attempts", "received_at")
_TOLD = ("update_id", "chat_key", "raw", "state")
_BATCH = func.unnest(*(bindparam(name, type_=ARRAY(_ROW[name].type)) for name in _TOLD))
_batch = _BATCH.table_valued(*_TOLD, with_ordinality="at", name="batch").render_derived()
_STORE_ALL = Prepared(
    postgresql_insert(_TABLE)
    .from_select(
        _COLUMNS,
        select(
            bindparam("bot_id", type_=_ROW.bot_id.type), _batch.c.update_id, _batch.c.chat_key, _batch.c.raw,
            _batch.c.state, literal_column("0"), bindparam("now", type_=UtcDateTime()),
        ).order_by(_batch.c.at),
        include_defaults=False,
    )
    .on_conflict_do_nothing(index_elements=_ONCE)
)  # fmt: skip
_MACHINE, _BEYOND = bindparam("machine", type_=UtcDateTime()), bindparam("beyond", type_=UtcDateTime())
_RUN_OUT = or_(_ROW.lease_until < _MACHINE, _ROW.lease_until > _BEYOND)
_FREE = or_(_ROW.state == _NEW, and_(_ROW.state == _LEASED, _RUN_OUT))
_FIRSTS = select(func.min(_LANE.c.seq)).where(_LANE.c.state.in_(UNFINISHED)).group_by(_LANE.c.bot_id, _LANE.c.chat_key)


def _heads(is_first: Condition) -> Heads:
    found = select(_ROW.seq, _ROW.attempts).where(_ROW.state.in_(UNFINISHED), _FREE, is_first).order_by(_ROW.seq)
    return found.limit(bindparam("most")).with_for_update(skip_locked=True, of=_TABLE)


_HEADS = Prepared(by_dialect(_ROW.seq, _FIRSTS, _heads))
_LEASE = (
    update(_TABLE).where(_ROW.seq.in_(bindparam("seqs", expanding=True)))
    .values(state="leased", attempts=_ROW.attempts + 1, lease_until=bindparam("until", type_=UtcDateTime()))
    .returning(_ROW.seq, _ROW.bot_id, _ROW.raw, _ROW.attempts)
)  # fmt: skip
_MINE = (_ROW.seq == bindparam("b_seq"), _ROW.attempts == bindparam("b_attempts"), _ROW.state == "leased")
END = (
    update(_TABLE).where(*_MINE)
    .values(state=bindparam("b_state"), done_at=bindparam("b_now", type_=UtcDateTime()), lease_until=None,
            error=func.coalesce(bindparam("b_error", type_=_ROW.error.type), _ROW.error))
    .returning(_ROW.seq)
)  # fmt: skip
_END = Prepared(END)
_UNTRY = Prepared(update(_TABLE).where(*_MINE).values(state="new", lease_until=None, attempts=_ROW.attempts - 1))


@dataclass(frozen=True, slots=True)
class Claimed:
    """An update leased to one worker; `attempts` proves the lease when it is finished."""

    seq: int
    bot_id: int
    raw: str
    attempts: int


def kind_of(raw: dict[str, Any]) -> str:
    """What kind of update this is, "other" for kinds we do not know."""
    return next((envelope for envelope in _ENVELOPES if envelope in raw), "other")


def lane_of(raw: dict[str, Any]) -> str:
    """The lane an update is handled in: its chat, or its sender where it has none; "-" for what has neither."""
    for envelope in _ENVELOPES:
        body = raw.get(envelope)
        if not isinstance(body, dict):
            continue
        message = body.get("message") if envelope == "callback_query" else body
        chat = message.get("chat") if isinstance(message, dict) else None
        for holder in (chat, body.get("from")):
            if isinstance(holder, dict) and _is_id(holder.get("id")):
                return str(holder["id"])
    return "-"


def _is_id(value: object) -> bool:
    """What is none is somebody's invention: it gets no lane of its own, and need not fit into one."""
    return type(value) is int and abs(value) < 2**63


def store(session: Session, bot_id: int, updates: Sequence[dict[str, Any]], now: datetime) -> None:
    """Store a batch, oldest first; what is known already (the key is bot and update id) changes nothing."""
    rows = [
        {
            "bot_id": bot_id, "update_id": raw["update_id"], "chat_key": lane_of(raw), "attempts": 0,
            "raw": json.dumps(_kept(raw), ensure_ascii=True, separators=(",", ":")), "received_at": now,
            "state": "done" if "pre_checkout_query" in raw else "new",  # the receiver itself answers those
        }
        for raw in sorted(updates, key=lambda raw: int(raw["update_id"]))
    ]  # fmt: skip
    if len(rows) > 1 and session.get_bind().dialect.name == "postgresql":
        columns = {name: [row[name] for row in rows] for name in _TOLD}
        _STORE_ALL.count(session, {**columns, "bot_id": bot_id, "now": now})
    elif rows:
        _STORE.each(session, rows)


def _kept(raw: dict[str, Any]) -> dict[str, Any]:
    """The update without what it repeats of other messages.

    The card under a press, or what is answered to, may name other people: it would stand among what is stored of
    whoever pressed, and outlast those who asked to be forgotten. Of a card only what the road needs is kept.
    """
    for envelope in ("message", "edited_message"):
        body = raw.get(envelope)
        if isinstance(body, dict) and not _QUOTED.isdisjoint(body):
            raw = {**raw, envelope: {name: value for name, value in body.items() if name not in _QUOTED}}
    query = raw.get("callback_query")
    card = query.get("message") if isinstance(query, dict) else None
    if isinstance(query, dict) and isinstance(card, dict):
        slim = {name: name in SHOWN or value for name, value in card.items() if name in _OF_A_CARD}
        raw = {**raw, "callback_query": {**query, "message": slim}}
    return raw


def claim(session: Session, now: datetime, limit: int = 16) -> list[Claimed]:
    """Lease the first unfinished update of up to `limit` chats, counting the attempt. Two statements at most.

    An update that was tried before is claimed alone, so that one which kills its process takes nobody with it; and
    when it is the oldest, so that those who come later do not keep it waiting.
    """
    heads = _HEADS.rows(session, {"machine": now, "beyond": beyond(now), "most": limit})
    if not heads:
        return []
    fresh = [seq for seq, _attempts in takewhile(lambda head: head.attempts == 0, heads)]
    leased = at_once(session, _LEASE, {"seqs": fresh or [heads[0].seq], "until": until(now)})
    return sorted((Claimed(*row) for row in leased), key=lambda row: row.seq)


def finishing(item: Claimed, now: datetime) -> Step:
    """That the update's effect is part of this commit, as a step: it gives a row, or none when the lease was lost."""
    return _ending(item, "done", None, now)


def release(session: Session, item: Claimed, error: str) -> None:
    """Give a failed update back at once; its attempts stay counted."""
    _end(session, item, "new", error, None)


def quarantine(session: Session, item: Claimed, error: str, now: datetime) -> None:
    """Set aside an update that failed too often; its chat goes on and the operator sees it."""
    _end(session, item, "quarantined", error, now)


def give_back(session: Session, items: Sequence[Claimed]) -> None:
    """Give back updates that were not tried, because the database went away; nothing is counted."""
    if items:
        _UNTRY.each(session, [{"b_seq": item.seq, "b_attempts": item.attempts} for item in items])


def waiting(session: Session) -> int:
    """Unfinished updates."""
    found = select(func.count()).select_from(Inbox).where(Inbox.state.in_(UNFINISHED))
    return session.execute(found).scalar_one()


def quarantined(session: Session, limit: int = 20) -> list[Inbox]:
    """What the operator should look at, newest first."""
    found = select(Inbox).where(Inbox.state == QUARANTINED).order_by(Inbox.seq.desc()).limit(limit)
    return list(session.scalars(found))


def purge(session: Session, before: datetime) -> int:
    """Forget raw updates that were worked off before then; what was set aside stays until staff has seen it."""
    gone = delete(Inbox).where(Inbox.state == "done", func.coalesce(Inbox.done_at, Inbox.received_at) < before)
    return session.connection().execute(gone).rowcount


def _end(session: Session, item: Claimed, state: str, error: str | None, now: datetime | None) -> None:
    if ask(session, [_ending(item, state, error, now)]) == [[]]:
        raise LeaseLost


def _ending(item: Claimed, state: str, error: str | None, now: datetime | None) -> Step:
    mine = {"b_seq": item.seq, "b_attempts": item.attempts}
    return _END.step({**mine, "b_state": state, "b_error": error and error[:2000], "b_now": now})
