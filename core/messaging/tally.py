"""Counts what happens on the road without a statement for each: in memory, and every few seconds into the database.

A process that is killed loses the counts of its last seconds; they are figures for whoever watches, never a fact.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from core.db import Database
from core.messaging.models import Tally
from core.prepared import upsert

UPDATES, SENDS, FLOODS, HOOK = "updates", "sends", "rate_limited", "webhook"
Counts = Counter[tuple[str, str]]
_TABLE = cast("Table", Tally.__table__)


def _adding(insert: Any) -> Any:  # a statement of one dialect
    made = insert(_TABLE)
    added = {"value": _TABLE.c.value + made.excluded.value}
    return made.on_conflict_do_update(index_elements=["name", "kind"], set_=added)


_ADD = upsert(_adding)


class Counting:
    """What one process counted since it last wrote it down; any thread may count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counts = Counter()

    def add(self, name: str, kind: str = "", number: int = 1) -> None:
        """Count something; `kind` comes from a closed set, never from what people send."""
        with self._lock:
            self._counts[name, kind] += number

    def pending(self) -> Counts:
        """What is not written down yet."""
        with self._lock:
            return Counter(self._counts)

    def take(self) -> Counts:
        """What is not written down yet, which counts as written from now on."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken

    def give_back(self, counts: Counts) -> None:
        """It could not be written down."""
        with self._lock:
            self._counts.update(counts)


_OF: WeakKeyDictionary[Database, Counting] = WeakKeyDictionary()
_making = threading.Lock()


def of(database: Database) -> Counting:
    """The counts of this process for this database."""
    with _making:
        return _OF.setdefault(database, Counting())


def flush(database: Database) -> None:
    """Write down what was counted; it is kept when the database is away."""
    counting = of(database)
    counts = counting.take()
    if not counts:
        return
    try:
        with database.writing() as session:
            write(session, counts)
    except BaseException:
        counting.give_back(counts)
        raise


def write(session: Session, counts: Counts) -> None:
    """Add counts to what stands there; in the order of their names, so that two processes never deadlock."""
    rows = [{"name": name, "kind": kind, "value": number} for (name, kind), number in sorted(counts.items())]
    _ADD.each(session, rows)


def read(session: Session) -> Counts:
    """What all processes counted."""
    rows = session.execute(select(_TABLE.c.name, _TABLE.c.kind, _TABLE.c.value))
    return Counter({(name, kind): value for name, kind, value in rows})
