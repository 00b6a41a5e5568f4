"""Named places where a crash test kills this process: `FAILPOINT=name:n` ends it by SIGKILL at the n-th passing."""

from __future__ import annotations

import os
import signal
from collections import Counter

_name, _, _count = os.environ.get("FAILPOINT", "").partition(":")
_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Nothing, unless a crash test armed this name."""
    if name != _name:
        return
    _passed[name] += 1
    if _passed[name] == int(_count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
