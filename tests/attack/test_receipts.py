"""A reference shown twice is flagged, in every script; another is not, nor one beside a transfer just begun."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.db import Database
from core.orders import transfers
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from tests.orders.market import NOW, open_market


@pytest.mark.parametrize(
    ("first", "second", "is_twice"),
    [("УТР 4512", "УТР 4512", True), ("UTR 1", "utr 1", True),
     ("UTR 4512", "UTR 4513", False), (None, "UTR 4512", False)],
)  # fmt: skip
def test_only_the_same_reference_is_flagged(
    database: Database, first: str | None, second: str, *, is_twice: bool
) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale = market.sale()
        found = []
        for name, reference in (("Asha", first), ("Ravi", second)):
            buyer = market.buyer(name)
            order = reserve(session, buyer, sale, Decimal(5), now=NOW)
            payment = start_payment(session, buyer, order, "transfer", now=NOW)
            if reference is not None:
                sent = transfers.submit_receipt(
                    session, buyer, payment, media_id=None, reference=reference, now=NOW
                )  # fmt: skip
                found.append((payment.id, sent.duplicate_of))
        assert found[-1][1] == (found[0][0] if is_twice else None)
