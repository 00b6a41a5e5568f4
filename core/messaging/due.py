"""Work that falls due: planned as rows, claimed by ticks, done once per occurrence however many schedulers tick."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from core.db import at_once
from core.messaging.models import Due
from core.prepared import upsert

_TABLE = cast("Table", Due.__table__)


_ONCE = ["task", "subject", "occurrence"]


def _plan(insert: Any) -> Any:  # a statement of one dialect
    row = insert(_TABLE)
    return row.on_conflict_do_update(
        index_elements=_ONCE, set_={"due_at": row.excluded.due_at}, where=_TABLE.c.done_at.is_(None)
    )


_PLAN = upsert(_plan)  # made once, run by each reservation
_PLAN_ONCE = upsert(lambda insert: insert(_TABLE).on_conflict_do_nothing(index_elements=_ONCE))
_MINE = (_TABLE.c.task.in_(bindparam("tasks", expanding=True)), _TABLE.c.subject == bindparam("of"))
_FREE = select(_TABLE.c.id).where(*_MINE, _TABLE.c.done_at.is_(None)).with_for_update(skip_locked=True)
_DROP = delete(_TABLE).where(_TABLE.c.id.in_(_FREE))
_NEXT = (
    select(Due).where(Due.done_at.is_(None), Due.due_at <= bindparam("now"))
    .order_by(Due.due_at, Due.id).limit(1).with_for_update(skip_locked=True)
)  # fmt: skip
Task = Callable[[Session, int, datetime], None]
_TASKS: dict[str, Task] = {}
RECURRING = "every."  # how the names of recurring rows begin


def task(name: str) -> Callable[[Task], Task]:
    """Register what happens when a row of this name falls due: `work(session, subject, now)`."""

    def register(work: Task) -> Task:
        _TASKS[name] = work
        return work

    return register


def task_named(name: str) -> Task:
    return _TASKS[name]


def known_tasks() -> frozenset[str]:
    """Names of everything that can fall due."""
    return frozenset(_TASKS)


def plan(session: Session, name: str, subject: int, due_at: datetime, *, occurrence: str = "") -> None:
    """Note that `name` is due for `subject` at `due_at`; planning an open occurrence again moves it."""
    plan_all(session, {name: due_at}, subject, occurrence=occurrence)


def plan_all(session: Session, planned: dict[str, datetime], subject: int, *, occurrence: str = "") -> None:
    """Note several tasks of one subject, each with its moment, in one statement."""
    _PLAN.each(session, [_row(name, subject, due_at, occurrence) for name, due_at in planned.items()])


def _row(name: str, subject: int, due_at: datetime, occurrence: str = "") -> dict[str, Any]:
    return {"task": name, "subject": subject, "occurrence": occurrence, "due_at": due_at, "attempts": 0}


def plan_once(session: Session, name: str, due_at: datetime) -> None:
    """Make the one row of a recurring task unless it is there."""
    _PLAN_ONCE.count(session, _row(name, 0, due_at))


def bring_forward(session: Session, name: str, latest: datetime, due_at: datetime) -> None:
    """A recurring row that is due later than `latest` was planned before the clock went back: it is due at `due_at`."""
    late = (Due.task == name, Due.subject == 0, Due.due_at > latest)
    session.execute(update(Due).where(*late).values(due_at=due_at), execution_options={"synchronize_session": False})


def drop(session: Session, name: str, subject: int) -> None:
    """Forget what is still open of `name` for `subject`."""
    drop_all(session, [name], subject)


def drop_all(session: Session, names: Collection[str], subject: int) -> None:
    """Forget what is still open of all these for `subject` (1 statement).

    A row that a scheduler works off at this moment stays: it waits for what we hold, and then looks again.
    """
    at_once(session, _DROP, {"tasks": list(names), "of": subject})


def claim(session: Session, now: datetime) -> Due | None:
    """The oldest due row, locked until this transaction ends; call its task and `finish` it in the same transaction."""
    return session.execute(_NEXT, {"now": now}).scalar_one_or_none()


def again(session: Session, row: Due, due_at: datetime) -> None:
    """A recurring row: done for now, and due again then."""
    values = {"due_at": due_at, "attempts": 0, "error": None}
    session.execute(update(Due).where(Due.id == row.id).values(**values))


def forget_done(session: Session, before: datetime) -> int:
    """Forget what was done before then; returns how much. Long after no occurrence can come again."""
    return session.connection().execute(delete(Due).where(Due.done_at < before)).rowcount


def finish(session: Session, row: Due, now: datetime) -> None:
    """The occurrence is done."""
    session.execute(update(Due).where(Due.id == row.id).values(done_at=now))


def postpone(session: Session, due_id: int, error: str, now: datetime) -> None:
    """A task failed: try again later, each time later, and keep the reason for the operator."""
    row = session.get(Due, due_id)
    if row is None:
        return  # dropped meanwhile by whoever made it fail
    row.attempts += 1
    row.error = error[:500]
    row.due_at = now + timedelta(minutes=min(2**row.attempts, 60))


def next_due(session: Session) -> datetime | None:
    """When the next row falls due; for the market clock's "next job". Recurring rows only look around: left out."""
    found = select(Due.due_at).where(Due.done_at.is_(None), ~Due.task.startswith(RECURRING))
    return session.execute(found.order_by(Due.due_at).limit(1)).scalar()
