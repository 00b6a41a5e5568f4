"""How long a worker or sender may hold a row before another takes it over."""

from __future__ import annotations

import os
from datetime import timedelta

# read once: tests that kill processes wait seconds, not a minute
LEASE = timedelta(seconds=float(os.environ.get("FARMGATE_LEASE_SECONDS", "60")))


class LeaseLost(Exception):
    """The lease ran out meanwhile and another took the row over: what was done for it must be rolled back."""
