"""Lines written in the middle of something else: they mean what they say, not what was asked before."""

from __future__ import annotations

from tests.kit.shop import Shop
from tests.stories.farming import grower

LINE = "200 kg mangoes Alphonso, 120/kg, ready 15 May, deposit 20%"


def test_a_line_about_another_crop_begins_another_sale(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.taps("➕ Sell")
    gopal.taps("🧅 Onion")
    gopal.types(LINE)
    assert "🧅" not in gopal.sees("200 kg · ₹120/kg · ready Fri 15 May")
    gopal.sees("🥭 Alphonso")


def test_other_words_beside_the_crop_are_its_title_not_last_seasons_variety(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.types(LINE)
    gopal.taps("✅ Publish")
    gopal.types("100 kg mangoes Banganapalli, 90/kg, ready 20 May")
    gopal.sees("🥭 Mangoes Banganapalli · 100 kg")
    gopal.types("300 kg tomato cherry, 30/kg, ready 15 May")
    gopal.sees("🍅 Tomato cherry · 300 kg")


def test_what_a_line_says_and_nobody_understood_is_told_back(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.types(LINE)
    gopal.taps("✅ Publish")
    gopal.types("100 kg mangoes, no spray, 90/kg, ready 20 May")
    assert "Alphonso" not in gopal.sees("Not understood: no spray")
    gopal.sees("🥭 Mango · 100 kg")
