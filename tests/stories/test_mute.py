"""Reminders as people hear them: one press and they stop, one more and they come again; money is always told."""

from __future__ import annotations

from tests.kit.shop import Shop
from tests.stories.farming import bought, grower, on_sale


def test_the_bell_stops_reminders_and_undo_brings_them_back(shop: Shop) -> None:
    sale_id = on_sale(shop, grower(shop))
    asha = bought(shop, sale_id, "Asha", 2, paid=False)
    shop.later(minutes=21)
    asha.sees("still open", anywhere=True)
    asha.taps("🔕 Stop reminders")
    told = asha.sees("🔕 No more reminders. What concerns your money still comes.")
    assert told.endswith("To undo it press ↩️ Undo, or later /settings.")
    asha.taps("↩️ Undo")
    asha.sees("🔔 Reminders come again.")
    asha.taps("🔕 Stop reminders")
    shop.later(minutes=15)
    asha.sees("the reservation ended", anywhere=True)
    bought_again = len(asha.transcript())
    shop.later(hours=2)
    assert "still open" not in "\n".join(asha.transcript()[bought_again:])
