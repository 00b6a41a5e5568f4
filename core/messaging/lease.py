"""How long a worker or sender may hold a row before another takes it over."""

from __future__ import annotations

import os
from datetime import timedelta

# read once: tests that kill processes wait seconds, not a minute
LEASE = timedelta(seconds=float(os.environ.get("FARMGATE_LEASE_SECONDS", "60")))
# one that ends later than this was made before the machine's clock went back: it counts as run out. Twice its length,
# since the clocks of several machines differ a little
NO_LEASE_LASTS = 2 * LEASE


class LeaseLost(Exception):
    """The lease ran out meanwhile and another took the row over: what was done for it must be rolled back."""
