"""Lines written in the middle of something else: they mean what they say, not what was asked before."""

from __future__ import annotations

from tests.kit.shop import Shop

LINE = "200 kg mangoes Alphonso, 120/kg, ready 15 May, deposit 20%"


def test_a_line_about_another_crop_begins_another_sale(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.taps("➕ Sell")
    gopal.taps("🧅 Onion")
    gopal.types(LINE)
    assert "🧅" not in gopal.sees("200 kg · ₹120/kg · ready Fri 15 May")
    gopal.sees("🥭 Alphonso")
