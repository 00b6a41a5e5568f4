"""Gives every story its shop."""

from __future__ import annotations

from tests.kit.shop import shop

__all__ = ["shop"]
