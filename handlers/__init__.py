"""Conversations: one file each, found by scanning; each parses, calls one core verb and returns a Screen."""

from __future__ import annotations

import importlib
import pkgutil


def load_all() -> None:
    """Import every conversation, so that its presses, commands, tiles and states are known."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
