"""One scheduler leads: a lease in the database, renewed while it ticks, with a fence that grows with each leader."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, or_, select, update
from sqlalchemy.orm import Session

from core.clock import machine_now, ticks
from core.db import Database
from core.messaging.models import Lease
from core.prepared import upsert

NAME = "scheduler"
_TABLE = cast("Table", Lease.__table__)
_FIRST = upsert(lambda insert: insert(_TABLE).on_conflict_do_nothing(index_elements=["name"]))
LEASE = timedelta(seconds=30)  # a leader that died is replaced after at most this time and a tick
SHORTEST = timedelta(seconds=3)  # one that ends between two ticks would go from hand to hand


class Fenced(Exception):
    """Another scheduler leads by now: what was being done must not be committed."""


def lasting(claims: timedelta) -> timedelta:
    """How long a lead lasts where claims of the road last so long: half, 30 seconds at most."""
    return max(SHORTEST, min(LEASE, claims / 2))


class Leader:
    """This process's claim to lead."""

    def __init__(
        self, database: Database, now: Callable[[], datetime] = machine_now, lease: timedelta = LEASE
    ) -> None:  # fmt: skip
        self._database, self._now, self._lease = database, now, lease
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[-80:]
        self._fence: int | None = None
        self._renew_at = 0.0

    def leads(self) -> bool:
        """Whether this process leads now: it holds the lease, or takes one that has run out."""
        if self._fence is not None and ticks() < self._renew_at:
            return True
        renew_at = ticks() + self._lease.total_seconds() / 3  # of a clock that never jumps
        with self._database.writing() as session:
            self._fence = self._renew(session) or self._take(session)
        self._renew_at = renew_at
        return self._fence is not None

    def release(self) -> None:
        """Let the lease run out now: whoever comes next need not wait for it."""
        with self._database.writing() as session:
            mine = (Lease.name == NAME, Lease.holder == self._holder, Lease.fence == self._fence)
            session.execute(update(Lease).where(*mine).values(until=self._now()))
        self._fence = None

    def guard(self, session: Session) -> None:
        """Raise Fenced when the lease was lost meanwhile.

        The row is held until the transaction ends, so that nobody takes the lead between this look and the commit.
        """
        found = select(Lease.fence).where(Lease.name == NAME, Lease.holder == self._holder)
        held = session.execute(found.with_for_update(read=True)).scalar_one_or_none()
        if self._fence is None or held != self._fence:
            raise Fenced

    def _renew(self, session: Session) -> int | None:
        mine = (Lease.name == NAME, Lease.holder == self._holder, Lease.fence == self._fence)
        renewed = update(Lease).where(*mine).values(until=self._now() + self._lease).returning(Lease.fence)
        return session.execute(renewed).scalar_one_or_none()

    def _take(self, session: Session) -> int | None:
        """The first leader makes the row; later ones take it over once it has run out."""
        now = self._now()
        _FIRST.count(session, {"name": NAME, "holder": self._holder, "fence": 0, "until": now - self._lease})
        # one that ends later than two leases from now was made before the machine's clock went back: it has run out
        free = or_(Lease.until <= now, Lease.until > now + 2 * self._lease, Lease.holder == self._holder)
        taken = update(Lease).where(Lease.name == NAME, free)
        values = {"holder": self._holder, "fence": Lease.fence + 1, "until": now + self._lease}
        return session.execute(taken.values(**values).returning(Lease.fence)).scalar_one_or_none()
