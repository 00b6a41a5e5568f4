"""Named places where a crash test kills this process: `FAILPOINT=name:n` ends it by SIGKILL at the n-th passing."""

from __future__ import annotations

import os
import signal
from collections import Counter

_armed: Counter[str] = Counter()  # how often it is still passed


def arm(spec: str) -> None:
    """Arm `name:n` (n is 1 when left out) and nothing else; an empty one disarms."""
    name, _, count = spec.partition(":")
    _armed.clear()
    if name:
        _armed[name] = int(count or 1)


def failpoint(name: str) -> None:
    """Nothing, unless a crash test armed this name."""
    if name not in _armed:
        return
    _armed[name] -= 1
    if _armed[name] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("FAILPOINT", ""))
