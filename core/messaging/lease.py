"""How long a worker or sender may hold a row before another takes it over."""

from __future__ import annotations

from datetime import datetime, timedelta

LEASE = timedelta(seconds=60)
_lengths = [LEASE]


class LeaseLost(Exception):
    """The lease ran out meanwhile and another took the row over: what was done for it must be rolled back."""


def last(length: timedelta) -> None:
    """The composition root's word: leases taken from now on last so long."""
    _lengths[:] = [length]


def until(now: datetime) -> datetime:
    """When a lease taken now runs out."""
    return now + _lengths[0]


def beyond(now: datetime) -> datetime:
    """One that ends later than this was made before the machine's clock went back: it counts as run out.

    Twice a lease's length, since the clocks of several machines differ a little.
    """
    return now + 2 * _lengths[0]
