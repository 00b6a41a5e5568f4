"""The only file that reads the clock: everything else is handed `now`."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """The time zones there are, looked for once: each time it would read some six hundred files."""
    return frozenset(available_timezones())


class Clock(Protocol):
    """Whoever can say what time it is, as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """The market's clock of `demo`, `tour`, `seed` and tests: real time plus a shift people may enlarge."""

    def __init__(self, start: datetime | None = None, *, ticking: bool = True) -> None:
        self._lock = threading.Lock()
        self._ticking = ticking
        self._base = start or datetime.now(UTC)
        self._origin = datetime.now(UTC)
        self._shift = timedelta(0)

    def now(self) -> datetime:
        with self._lock:
            passed = datetime.now(UTC) - self._origin if self._ticking else timedelta(0)
            return self._base + passed + self._shift

    def advance(self, by: timedelta) -> datetime:
        """Move the market's time on by `by` and return the new time."""
        with self._lock:
            self._shift += by
        return self.now()


def machine_now() -> datetime:
    """Machine time, for leases and rate limits, which must not follow a moved market clock."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds of a clock that never jumps, for caches and waiting."""
    return time.monotonic()
