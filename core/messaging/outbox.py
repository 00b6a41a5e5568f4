"""The outbox: what must be said follows its commit, in order within a chat, and is marked when it was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ARRAY, BigInteger, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from core.db import UtcDateTime, at_once
from core.messaging.lanes import Condition, Heads, by_dialect
from core.messaging.lease import beyond, until
from core.messaging.models import Card, Outbox
from core.messaging.screen import Screen
from core.prepared import Prepared, Step, upsert, written

GIVE_UP_AFTER = timedelta(hours=24)
GIVE_UP_TRIES = 100  # a day's tries are some 150: a clock that jumped, or a day switched off, gives up nothing
LONGEST_PAUSE = timedelta(minutes=10)
CHANNEL = "farmgate_outbox"  # as the inbox's
ANSWER, NOTICE, BULK = 0, 1, 2

# Statements are made once: making one and finding its compiled form again costs more than running it.
_TABLE = cast("Table", Outbox.__table__)
_ROW = _TABLE.c
_LANE = _TABLE.alias()
PENDING = written("pending")
_NOW, _MACHINE, _BEYOND = (bindparam(name, type_=UtcDateTime()) for name in ("now", "machine", "beyond"))
_COLUMNS = (
    "dedup", "bot_id", "chat_id", "kind", "payload", "priority", "not_before", "state", "attempts", "fence",
    "created_at",
)  # fmt: skip


def queuing(insert: Any, mark: str = "") -> Any:  # a statement of one dialect
    """What queues a letter; its parameters are the columns, `mark` before each name."""
    row = insert(_TABLE).values({name: bindparam(mark + name) for name in _COLUMNS})
    return row.on_conflict_do_nothing(index_elements=["dedup"])


_PUT = upsert(queuing)
_FIRSTS = (
    select(func.min(_LANE.c.id)).where(_LANE.c.state == PENDING, _LANE.c.not_before <= _NOW)
    .group_by(_LANE.c.bot_id, _LANE.c.chat_id)
)  # fmt: skip
_FREE = and_(  # leases and pauses from before the machine's clock went back hold nothing up
    or_(_ROW.lease_until.is_(None), _ROW.lease_until < _MACHINE, _ROW.lease_until > _BEYOND),
    or_(_ROW.retry_at.is_(None), _ROW.retry_at <= _MACHINE, _ROW.failed_at > _BEYOND),
)
_NOT_MINE = _ROW.id.not_in(bindparam("mine", expanding=True))


def _heads(is_first: Condition) -> Heads:
    due = (_ROW.state == PENDING, _ROW.not_before <= _NOW, _FREE, is_first, _NOT_MINE)
    found = select(_ROW.id, _ROW.priority).where(*due).order_by(_ROW.priority, _ROW.id)
    return found.limit(bindparam("most")).with_for_update(skip_locked=True, of=_TABLE)


_HEADS = by_dialect(_ROW.id, _FIRSTS, _heads)
_LEASED = (
    update(_TABLE).where(_ROW.id.in_(bindparam("ids", expanding=True)))
    .values(lease_until=bindparam("until", type_=UtcDateTime()), fence=_ROW.fence + 1, attempts=_ROW.attempts + 1)
    .returning(_ROW.id, _ROW.bot_id, _ROW.chat_id, _ROW.kind, _ROW.payload, _ROW.priority, _ROW.attempts, _ROW.fence,
               _ROW.first_failed_at)
)  # fmt: skip
_MARKED = Prepared(
    update(_TABLE)
    .where(_ROW.id == bindparam("b_id"), _ROW.fence == bindparam("b_fence"), _ROW.state == "pending")
    .values(
        state=bindparam("b_state"), sent_message_id=bindparam("b_message"), error=bindparam("b_error"),
        retry_at=bindparam("b_retry"), failed_at=bindparam("b_tried"), sent_at=bindparam("b_sent"), lease_until=None,
        attempts=_ROW.attempts - bindparam("b_uncounted"),
        first_failed_at=func.coalesce(_ROW.first_failed_at, bindparam("b_failed", type_=UtcDateTime())),
    )
)  # fmt: skip
# on PostgreSQL what was sent, which is nearly everything, is marked in one statement a batch
_SENT_NOW = func.unnest(*(bindparam(name, type_=ARRAY(BigInteger)) for name in ("ids", "fences", "messages")))
_now_sent = _SENT_NOW.table_valued("id", "fence", "message", name="now_sent").render_derived()
_ALL_SENT = Prepared(
    update(_TABLE)
    .where(_ROW.id == _now_sent.c.id, _ROW.fence == _now_sent.c.fence, _ROW.state == "pending")
    .values(state="sent", sent_message_id=_now_sent.c.message, error=None, retry_at=None, lease_until=None,
            failed_at=bindparam("at", type_=UtcDateTime()), sent_at=bindparam("at", type_=UtcDateTime()))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A row leased to a sender: `fence` proves the lease when it is marked."""

    id: int
    bot_id: int
    chat_id: int
    kind: str
    payload: dict[str, Any]
    priority: int
    attempts: int
    fence: int
    first_failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mark:
    """How a send ended: sent, dropped, unreachable, dead, or pending again at `retry_at`."""

    id: int
    fence: int
    state: str
    message_id: int | None = None
    error: str | None = None
    retry_at: datetime | None = None
    counted: bool = True

    @property
    def is_plainly_sent(self) -> bool:
        """Whether there is nothing to write down but that it went."""
        return self.state == "sent" and self.error is None


@dataclass(frozen=True, slots=True)
class Letter:
    """A row to be queued; `origin` is the message to edit and whether it shows a medium."""

    dedup: str
    bot_id: int
    chat_id: int
    kind: str
    payload: dict[str, Any]
    not_before: datetime
    priority: int = ANSWER


def screen_letter(
    screen: Screen, *, dedup: str, bot_id: int, chat_id: int, now: datetime, origin: tuple[int, bool] | None = None
) -> Letter:
    """A letter that shows `screen`; `origin` is (message id, has a medium) of the message it may edit."""
    payload: dict[str, Any] = {"screen": screen.to_json()}
    if origin is not None and screen.edit:
        payload["origin"] = list(origin)
    return Letter(dedup, bot_id, chat_id, "screen", payload, now)


def put(session: Session, letters: Sequence[Letter], now: datetime) -> None:
    """Queue letters in order; a dedup key known before queues nothing."""
    if letters:
        _PUT.each(session, _rows(letters, now))


def putting(letters: Sequence[Letter], now: datetime) -> list[Step]:
    """`put` as steps to be asked with others."""
    return [_PUT.step(row) for row in _rows(letters, now)]


def _rows(letters: Sequence[Letter], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "dedup": letter.dedup, "bot_id": letter.bot_id, "chat_id": letter.chat_id, "kind": letter.kind,
            "payload": letter.payload, "priority": letter.priority, "not_before": letter.not_before,
            "state": "pending", "attempts": 0, "fence": 0, "created_at": now,
        }
        for letter in letters
    ]  # fmt: skip


def claim(
    session: Session, now: datetime, machine: datetime, limit: int, *, bulk: int = 8, mine: Collection[int] = ()
) -> list[Due]:
    """Lease the oldest due letter of each of up to `limit` chats (at most `bulk` of them bulk). Two statements.

    A letter waits behind an earlier one of its chat only while that one is due: a notice held till morning does not
    hold up the answer to a press. `mine` are on their way with the caller: when the clock jumps they are not leased
    again.
    """
    given = {"now": now, "machine": machine, "beyond": beyond(machine), "most": limit, "mine": list(mine)}
    heads = at_once(session, _HEADS[session.get_bind().dialect.name], given).all()
    ids = [row.id for row in heads if row.priority < BULK] + [row.id for row in heads if row.priority == BULK][:bulk]
    if not ids:
        return []
    leased = at_once(session, _LEASED, {"ids": ids, "until": until(machine)})
    return sorted((Due(*row) for row in leased), key=lambda row: row.id)


def mark(session: Session, marks: Sequence[Mark], now: datetime) -> None:
    """Write down how sends ended, one statement; a mark whose lease has passed to another changes nothing."""
    sent = [item for item in marks if item.is_plainly_sent]
    if len(sent) > 1 and session.get_bind().dialect.name == "postgresql":
        columns = {"ids": [each.id for each in sent], "fences": [each.fence for each in sent]}
        _ALL_SENT.count(session, {**columns, "messages": [each.message_id for each in sent], "at": now})
        marks = [item for item in marks if not item.is_plainly_sent]
    if not marks:
        return
    ended = [
        {
            "b_id": item.id, "b_fence": item.fence, "b_state": item.state, "b_message": item.message_id,
            "b_error": item.error, "b_retry": item.retry_at, "b_uncounted": 0 if item.counted else 1,
            "b_failed": now if item.state == "pending" and item.counted else None,
            "b_sent": now if item.state != "pending" else None, "b_tried": now,
        }
        for item in marks
    ]  # fmt: skip
    _MARKED.each(session, ended)


def put_off(session: Session, row: Due, until: datetime) -> None:
    """Give a leased letter back, uncounted: it may go at `until`."""
    session.execute(
        update(Outbox)
        .where(Outbox.id == row.id, Outbox.fence == row.fence)
        .values(not_before=until, lease_until=None, attempts=Outbox.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def bring_forward(session: Session, now: datetime, latest: datetime, most: int = 500) -> int:
    """Letters queued later than `latest` were queued before the clock went back: they wait as long as was meant.

    Returns how many (at most `most`) were brought forward.
    """
    ahead = select(Outbox).where(Outbox.state == PENDING, Outbox.created_at > latest).order_by(Outbox.id).limit(most)
    letters = session.scalars(ahead.with_for_update(skip_locked=True)).all()
    for letter in letters:
        meant = max(letter.not_before - letter.created_at, timedelta(0))
        letter.not_before, letter.created_at = min(letter.not_before, now + meant), now
    return len(letters)


def gently_sent(session: Session, bot_id: int, chat_id: int, since: datetime) -> list[datetime]:
    """When reminders and offers went to this chat since then (market time), the oldest first."""
    found = select(Outbox.not_before).where(
        Outbox.bot_id == bot_id, Outbox.chat_id == chat_id, Outbox.not_before >= since, Outbox.priority == BULK,
        Outbox.kind == "notice", Outbox.state == "sent",
    )  # fmt: skip
    return list(session.execute(found.order_by(Outbox.not_before)).scalars())


def absorb(session: Session, row: Due, now: datetime, most: int) -> list[dict[str, Any]]:
    """Take up to `most` other reminders and offers due in this chat into a leased letter; their payloads.

    They are noted in the letter too, so that it says the same when it must be sent again.
    """
    mine = (Outbox.bot_id == row.bot_id, Outbox.chat_id == row.chat_id, Outbox.id != row.id)
    waiting = (Outbox.state == PENDING, Outbox.kind == "notice", Outbox.priority == BULK, Outbox.not_before <= now)
    resting = Outbox.lease_until.is_(None)  # one that is on its way cannot be taken back
    found = select(Outbox.id, Outbox.payload).where(*mine, *waiting, resting).order_by(Outbox.id).limit(max(most, 0))
    taken = session.execute(found.with_for_update(skip_locked=True)).all()
    if not taken:
        return []
    gone = update(Outbox).where(Outbox.id.in_([item.id for item in taken]))
    session.execute(gone.values(state="dropped", error=f"told with {row.id}", sent_at=now))
    together = [*row.payload.get("with", ()), *(item.payload for item in taken)]
    session.execute(update(Outbox).where(Outbox.id == row.id).values(payload={**row.payload, "with": together}))
    return [item.payload for item in taken]


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: 1 s, 2 s, 4 s ... up to ten minutes."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 10)), LONGEST_PAUSE)


def card_of(session: Session, bot_id: int, chat_id: int, key: str) -> Card | None:
    """Where a self-editing card stands, if it was sent."""
    found = select(Card).where(Card.bot_id == bot_id, Card.chat_id == chat_id, Card.key == key)
    return session.execute(found).scalar_one_or_none()


def keep_card(session: Session, row: Due, key: str, message_id: int, *, has_media: bool, now: datetime) -> None:
    """Remember (or move) a card to the message that now shows it."""
    card = card_of(session, row.bot_id, row.chat_id, key)
    if card is None:
        session.add(
            Card(
                bot_id=row.bot_id, chat_id=row.chat_id, key=key, message_id=message_id, has_media=has_media,
                updated_at=now,
            )
        )  # fmt: skip
    else:
        card.message_id, card.has_media, card.updated_at = message_id, has_media, now


def next_held(session: Session, now: datetime) -> datetime | None:
    """When the next held letter may go."""
    found = select(func.min(Outbox.not_before)).where(Outbox.state == PENDING, Outbox.not_before > now)
    return session.execute(found).scalar()


def purge(session: Session, before: datetime) -> int:
    """Forget what ended before then; dead letters stay until an operator has seen them."""
    ended = func.coalesce(Outbox.sent_at, Outbox.created_at)
    gone = delete(Outbox).where(Outbox.state.in_(("sent", "dropped", "unreachable")), ended < before)
    return session.connection().execute(gone).rowcount


def due_count(session: Session, now: datetime) -> int:
    """Letters that may go now and have not gone."""
    found = select(func.count()).select_from(Outbox).where(Outbox.state == PENDING, Outbox.not_before <= now)
    return session.execute(found).scalar_one()
