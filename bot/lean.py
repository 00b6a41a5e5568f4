"""Keeps a sender small: imports it without what its libraries take along where they find it, and it never uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# python-telegram-bot takes along what its job queue and its passports need, httpx what its command line needs
# (click), structlog what colours a terminal (Rich): each only if found, 11 MiB together
UNUSED = ("apscheduler", "click", "cryptography", "rich")


def import_sender() -> None:
    """Import the sender before any thread runs: another that imports one of these meanwhile would fail."""
    with without(*UNUSED):
        import bot.sender  # noqa: F401 - for the rest of the process


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Within the block these cannot be imported, as where they are not installed; what is imported already stays.

    None in `sys.modules` is Python's own way to say so (language reference, 5.3.1).
    """
    kept_out = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(kept_out))  # type: ignore[arg-type]  # typeshed knows of no None here
    try:
        yield
    finally:
        for name in kept_out:
            del sys.modules[name]
