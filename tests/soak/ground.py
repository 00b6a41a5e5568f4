"""The ground the seasons are played on: several of each part on one database, and the kills that hit them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from pathlib import Path

from sqlalchemy import select

from core.clock import machine_now
from core.payments.models import Payment
from tests.crash.arranged import another_sale
from tests.crash.parts import Part
from tests.crash.road import Road

SEVERAL = ("receiver", "worker", "worker", "sender", "sender", "scheduler", "scheduler")


class Ground(Road):
    """A road with two of each part on PostgreSQL, the one `run` on SQLite, and a sale for each season."""

    def __init__(self, url: str, folder: Path, seasons: int) -> None:
        super().__init__(url, folder, zone=where_it_is_noon())
        self.roles = ("run",) if self.database.is_sqlite else tuple(f"{role}.{at}" for at, role in enumerate(SEVERAL))
        self.farms = [another_sale(self.database, number) for number in range(seasons)]
        self.farmers = [self.phone(f"Gopal {number}", user) for number, (user, _sale) in enumerate(self.farms)]
        for farmer in self.farmers:  # what they are told comes into a chat
            farmer.start(reacts=False)

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

    def booked(self) -> Counter[str]:
        """How many payments each charge of the messenger has."""
        with self.database.reading() as session:
            return Counter(session.scalars(select(Payment.charge_id).where(Payment.charge_id.is_not(None))))

    def _forked(self, role: str) -> Part:
        return self._nursery.farmgate(role.partition(".")[0])


class Weather:
    """Kills a part every so often, now and then the database; `struck` counts what was hit.

    It strikes from the thread that started the database: a server dies with the thread that started it anew.
    """

    def __init__(self, ground: Ground, seed: int, *, restart_database: Callable[[], None] | None, every: float) -> None:
        self._ground, self._random, self._every = ground, random.Random(seed), every
        self._restart_database = restart_database
        self.struck: Counter[str] = Counter()

    def strikes_until(self, acting: Sequence[Future[object]]) -> None:
        """Strike until all of them are done; then everything runs again."""
        while wait(acting, self._random.uniform(0.3, 1.7) * self._every).not_done:
            self._strike()
        self._ground.stands_again()

    def _strike(self) -> None:
        if self._restart_database is not None and self._random.random() < 0.1:
            self._restart_database()
            self.struck["postgresql"] += 1
            return
        self._ground.tends()
        role = self._random.choice(self._ground.roles)
        self._ground.kills(role)
        self.struck[role.partition(".")[0]] += 1


def where_it_is_noon() -> str:
    """A zone in which nobody sleeps now: notices that wait for the morning would outlast the seasons."""
    ahead = 12 - machine_now().hour
    return f"Etc/GMT{-ahead:+d}"
