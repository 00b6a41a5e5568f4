"""How a process is told to end: a signal, or a part that ended by itself."""

from __future__ import annotations

import signal
import threading


def heed_signals(ended: threading.Event) -> None:
    """From now on SIGINT and SIGTERM end it in good order."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())


def wait(ended: threading.Event) -> None:
    """Until a signal came, or a part ended by itself."""
    while not ended.wait(0.5):
        continue
