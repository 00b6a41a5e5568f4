"""The bench's market, which six people know."""

from __future__ import annotations

from pathlib import Path

from bench.market import FIRST, make_market
from bench.reserving import TOKEN

PEOPLE = range(FIRST, FIRST + 6)


def known_market(url: str, folder: Path) -> None:
    """Fill a database with it."""
    make_market(url, folder, TOKEN, len(PEOPLE))
