"""The audit log's seal, as the owner receives it: once a day, and only when something was decided."""

from __future__ import annotations

from core import audit
from tests.kit.shop import Shop
from tests.stories.farming import grower


def test_the_owner_is_sent_the_seal_of_the_log_every_day_that_something_was_decided(shop: Shop) -> None:
    owner = shop.owner()
    shop.ticks()
    grower(shop)  # whose farm an operator approved
    with shop.database.reading() as session:
        count, head = audit.end(session)
    shop.later(days=1, minutes=1)
    told = owner.sees("decisions in the log, seal", anywhere=True)
    assert told == f"🔏 {count} decisions in the log, seal {head}"
    shop.later(days=1, minutes=1)
    assert sum("in the log, seal" in line for line in owner.transcript()) == 1
