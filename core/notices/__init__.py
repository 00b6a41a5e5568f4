"""Notices: one decorated function each, found by scanning; `post` queues and words them."""

from __future__ import annotations

import importlib
import pkgutil


def load_all() -> None:
    """Import every notice, so that its events are told."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
