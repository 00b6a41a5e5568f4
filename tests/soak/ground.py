"""The ground the seasons are played on: several of each part on one database, and the kills that hit them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.clock import machine_now
from core.members.models import Identity
from core.messaging.models import Due
from core.orders.models import Order
from core.orders.places import Place
from core.payments.models import Payment
from tests.crash.arranged import OWNER, Terms, another_sale
from tests.crash.parts import Part
from tests.crash.road import PATIENCE, Road
from tests.kit.phone import Phone

LEASE_SECONDS = 4.0  # longer than any send, as in service: a dozen seasons at once keep the machine busy
SEVERAL = ("receiver", "receiver", "worker", "worker", "sender", "sender", "scheduler", "scheduler")


Result = TypeVar("Result")


@dataclass(frozen=True)
class Timer:
    """What falls due: the row of a task, and the moment on its subject that it waits for."""

    subject: type[Order] | type[Place]
    owner: str
    moment: str


TIMERS = {
    "order.hold_ends": Timer(Order, "buyer_id", "hold_until"),
    "order.more_ends": Timer(Order, "buyer_id", "more_until"),
    "order.consent_ends": Timer(Order, "buyer_id", "consent_until"),
    "waiting.offer_ends": Timer(Place, "member_id", "offer_until"),
}


class Ground(Road):
    """A road with two of each part on PostgreSQL, the one `run` on SQLite, and a sale on each of these terms."""

    def __init__(self, url: str, folder: Path, sales: Sequence[Terms]) -> None:
        super().__init__(url, folder, zone=where_it_is_noon(), lease=LEASE_SECONDS)
        self.roles = ("run",) if self.database.is_sqlite else tuple(f"{role}.{at}" for at, role in enumerate(SEVERAL))
        self.farms = [another_sale(self.database, number, terms) for number, terms in enumerate(sales)]
        self.farmers = [self.phone(f"Gopal {number}", user) for number, (user, _sale) in enumerate(self.farms)]
        for farmer in self.farmers:  # what they are told comes into a chat
            farmer.start(reacts=False)
        self._owner, self._owner_at_work = self.phone("Meera", OWNER), threading.Lock()

    @contextmanager
    def staff(self) -> Iterator[Phone]:
        """The one who decides, for one season at a time."""
        with self._owner_at_work:
            yield self._owner

    def starts(self) -> None:
        """All parts, forked side by side."""
        self._nursery.is_ready()
        for role in self.roles:
            self.parts[role] = self._forked(role)
        for part in self.parts.values():
            part.says(r"(is served)")

    def kills(self, role: str) -> None:
        """kill -9, and the same part anew."""
        if self.parts[role].is_running:
            self.parts[role].kills()
            self.parts[role].dies(10)
        self.parts[role] = self._forked(role)

    def tends(self) -> None:
        """As a supervisor does: what ended by itself, because the database was away when it started, starts again."""
        for role, part in self.parts.items():
            if not part.is_running:
                self.parts[role] = self._forked(role)

    def stands_again(self) -> None:
        """Every part anew, and up: nothing may depend on what only a survivor knows."""
        for role in self.roles:
            self.kills(role)
        for part in self.parts.values():
            part.says(r"(is served)")

    def falls_due(self, task: str, phone: Phone) -> None:
        """As if the time had passed for the newest order, or place on a waiting list, of this person."""
        timer, past = TIMERS[task], machine_now() - timedelta(minutes=1)
        mine = select(Identity.member_id).where(Identity.user_id == phone.id).scalar_subquery()

        def passes(session: Session) -> None:
            newest = select(func.max(timer.subject.id)).where(getattr(timer.subject, timer.owner) == mine)
            subject = session.scalars(newest).one()
            session.execute(
                update(timer.subject).where(timer.subject.id == subject).values({timer.moment: past}),
                execution_options={"synchronize_session": False},
            )
            row = update(Due).where(Due.task == task, Due.subject == subject, Due.done_at.is_(None))
            session.execute(row.values(due_at=past))

        self._when_there(lambda: self.database.run(passes))

    def order_number(self, phone: Phone) -> str:
        """What this person's newest order is called."""
        return self._when_there(lambda: Road.order_number(self, phone))

    def _when_there(self, work: Callable[[], Result]) -> Result:
        """As soon as the database is there."""
        over = time.monotonic() + PATIENCE
        while True:
            try:
                return work()
            except DBAPIError:
                if time.monotonic() > over:
                    raise
                time.sleep(0.2)

    def booked(self) -> Counter[str]:
        """How many payments each charge of the messenger has."""
        with self.database.reading() as session:
            return Counter(session.scalars(select(Payment.charge_id).where(Payment.charge_id.is_not(None))))

    def _forked(self, role: str) -> Part:
        return self._nursery.farmgate(role.partition(".")[0])


def where_it_is_noon() -> str:
    """A zone in which nobody sleeps now: notices that wait for the morning would outlast the seasons."""
    ahead = 12 - machine_now().hour
    return f"Etc/GMT{-ahead:+d}"
