"""Goods sold by final weight: the scales, an outlier asked again, and the buyer's word when it weighs otherwise."""

from __future__ import annotations

import pytest

from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.ends import changed, rupees, wallet
from tests.stories.farming import bought, button_data, grower, on_sale


def on_the_scales(shop: Shop, *kilos: int) -> tuple[Phone, list[Phone]]:
    """Gopal's mangoes are sold by final weight and harvested; each buyer ordered so much; he stands at the scales."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    changed(shop, sale_id, by_weight=True)
    buyers = [bought(shop, sale_id, name, kilo) for name, kilo in zip(("Asha", "Binu", "Devi"), kilos, strict=False)]
    shop.later(days=13)
    for label in ("📦 Orders", "🥭 Mango", "✅ Ready", "All 200 kg"):
        gopal.taps(label)
    gopal.sees("once")
    gopal.taps("📣 Tell them")
    gopal.taps("⚖️ Weigh")
    return gopal, buyers


def test_within_the_tolerance_the_balance_is_by_the_gram(shop: Shop) -> None:
    gopal, (asha, binu) = on_the_scales(shop, 2, 5)
    asha.sees_not("is ready!")
    gopal.sees("⚖️ #A1 Asha, 2 kg: write its weight in grams, for example: 2050 (2 to weigh)")
    gopal.types("heavy")
    gopal.sees("I need grams")
    gopal.types("999999999999999999999999 t")
    gopal.sees("Weight must be")
    gopal.types("20500")
    gopal.sees("🤔 20.5 kg for 2 kg? That is far off.")
    gopal.taps("Oops")
    gopal.types("2050")
    gopal.sees("☑ #A1: 2.05 kg, ₹246. The balance is asked for.")
    gopal.sees("⚖️ #A2 Binu, 5 kg")
    gopal.types("4.9 kg")
    gopal.sees("0 orders wait for the scales.")
    shop.settles()
    asha.sees("Balance ₹198 by", anywhere=True)  # of ₹246, ₹48 was the deposit
    asha.taps("💳 Pay balance ₹198")
    asha.sees("paid ₹246 · owed ₹0")
    binu.sees("Balance ₹468 by", anywhere=True)


@pytest.mark.covers("ORF12")
def test_beyond_the_tolerance_the_buyer_takes_it_or_has_everything_back(shop: Shop) -> None:
    gopal, (asha, binu) = on_the_scales(shop, 2, 2)
    gopal.types("2500")
    gopal.sees("☑ #A1: 2.5 kg, ₹300. The buyer is asked first, until")
    gopal.types("1500")
    shop.settles()
    asha.sees("⚖️ A1: it weighs 2.5 kg, your share was 2 kg. Total ₹300.", anywhere=True)
    asha.sees("you pay for 2.2 kg.", anywhere=True)
    asha.sees("Paid ₹48 · owed ₹252", anywhere=True)
    at, data = button_data(asha, "Accept")
    asha.taps("Accept")
    asha.sees("⏰ Pay ₹252 by")
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    asha.taps("💳 Pay balance ₹252")
    asha.sees("paid ₹300 · owed ₹0")
    binu.sees("it weighs 1.5 kg, your share was 2 kg. Total ₹180.", anywhere=True)
    binu.taps("Refuse: full refund")
    binu.sees("❌ Refuse A2, 1.5 kg? ₹48 goes back to your wallet at once.")
    binu.taps("❌ Yes, refund all")
    binu.sees("✖️ A2 is closed. 👛 ₹48 is back in your wallet.")
    shop.settles()
    gopal.sees("A2 · 1.5 kg: the buyer did not take it and has everything back.", anywhere=True)
    assert wallet(shop, binu) == rupees(48)


def test_silence_pays_for_the_agreed_most_and_not_a_gram_more(shop: Shop) -> None:
    gopal, (asha,) = on_the_scales(shop, 2)
    gopal.types("2800")
    gopal.sees("The buyer is asked first")
    shop.later(hours=25)
    asha.sees("A1 · 2.2 kg", anywhere=True)
    asha.sees("Balance ₹216 by", anywhere=True)
    asha.taps("💳 Pay balance ₹216")
    asha.sees("paid ₹264 · owed ₹0")


def test_an_outlier_that_is_meant_counts(shop: Shop) -> None:
    gopal, (asha,) = on_the_scales(shop, 2)
    gopal.types("4000")
    gopal.sees("🤔 4 kg for 2 kg? That is far off.")
    gopal.taps("Yes, 4 kg")
    gopal.sees("☑ #A1: 4 kg, ₹480. The buyer is asked first")
    shop.settles()
    asha.sees("it weighs 4 kg, your share was 2 kg", anywhere=True)


def test_the_form_of_a_sale_says_whether_it_is_sold_by_final_weight(shop: Shop) -> None:
    gopal = grower(shop)
    for label in ("➕ Sell", "🥭 Mango", "200 kg", "in 2 weeks", "₹120", "⋯ More", "⚖️ By final weight"):
        gopal.taps(label)
    assert "⚖️ By final weight ✓" in gopal.buttons()
    gopal.taps("⚖️ By final weight")
    assert "⚖️ By final weight" in gopal.buttons()
