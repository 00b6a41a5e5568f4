"""Shops for tests of faults: on both databases, on PostgreSQL only, and with time-outs of a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.shop import Shop, shop

__all__ = ["hasty", "shop", "shop_on_postgresql"]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs that a test can wait for, and that a busy machine does not reach."""
    monkeypatch.setenv("FARMGATE_SEND_SECONDS", "5")
    monkeypatch.setenv("FARMGATE_CHECKOUT_SECONDS", "2")


@pytest.fixture
def shop_on_postgresql(postgresql_url: str, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(postgresql_url, tmp_path / "data")
    try:
        yield made
    finally:
        made.close()
