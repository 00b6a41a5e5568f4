"""The kills: a part every so often, now and then the database; each is noted with its moment."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime

from core.clock import machine_now
from tests.soak.ground import Ground

DATABASE = "postgresql"
DATABASE_SHARE = 0.05  # of the strikes: it takes everything down with it, and seconds to recover on a busy disk
SENDING = frozenset({"sender", "run", DATABASE})  # after a kill of these a letter may come twice


@dataclass(frozen=True)
class Strike:
    """What was killed, and when."""

    what: str
    at: datetime


class Weather:
    """It strikes from the thread that started the database: a server dies with the thread that started it anew."""

    def __init__(self, ground: Ground, seed: int, *, restart_database: Callable[[], None] | None, every: float) -> None:
        self._ground, self._random, self._every = ground, random.Random(seed), every
        self._restart_database = restart_database
        self.strikes: list[Strike] = []
        self.began = machine_now()
        self.killed: Counter[str] = Counter()  # while people were at it

    def strikes_until(self, acting: Sequence[Future[object]]) -> None:
        """Strike until all of them are done; then everything runs again."""
        self.began, strikes_at = machine_now(), self._next()
        while wait(acting, 0.5).not_done:
            self._ground.tends()
            if time.monotonic() >= strikes_at:
                self._strike()
                strikes_at = self._next()
        self.killed = Counter(strike.what for strike in self.strikes)
        for role in self._ground.roles:
            self._notes(role)
        self._ground.stands_again()

    def _strike(self) -> None:
        if self._restart_database is not None and self._random.random() < DATABASE_SHARE:
            self._notes(DATABASE)
            self._restart_database()
            return
        role = self._random.choice(self._ground.roles)
        self._notes(role)
        self._ground.kills(role)

    def _next(self) -> float:
        return time.monotonic() + self._random.uniform(0.3, 1.7) * self._every

    def _notes(self, role: str) -> None:
        self.strikes.append(Strike(role.partition(".")[0], machine_now()))
