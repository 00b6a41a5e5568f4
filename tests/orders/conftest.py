"""Fixtures of the orders' tests: a market in a writing transaction of each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.db import Database
from core.verify import broken
from tests.orders.market import Market, open_market


@pytest.fixture
def market(database: Database) -> Iterator[Market]:
    """A market in one transaction, committed at the end; every invariant must hold then."""
    with database.writing() as session:
        made = open_market(session)
        yield made
    with database.reading() as session:  # the audit log is chained by the commit
        assert broken(session) == []
