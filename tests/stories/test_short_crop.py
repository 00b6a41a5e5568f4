"""A short crop: four ways of sharing it, the arithmetic for each buyer, who may take the share or have it all back."""

from __future__ import annotations

import pytest

from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.ends import earned, rupees, wallet
from tests.stories.farming import bought, button_data, grower, is_offered, on_sale


def short(shop: Shop, *kilos: int) -> tuple[Phone, int, list[Phone]]:
    """Gopal stands before the question how to share 60 kg among his buyers."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    buyers = [bought(shop, sale_id, name, kilo) for name, kilo in zip(("Asha", "Binu", "Devi"), kilos, strict=False)]
    shop.later(days=13)
    for label in ("📦 Orders", "🥭 Mango", "📉 Less", "✏️ Other"):
        gopal.taps(label)
    gopal.types("60")
    return gopal, sale_id, buyers


def told(shop: Shop, gopal: Phone) -> None:
    gopal.taps("📣 Tell them")
    gopal.sees("were asked for")
    shop.settles()


@pytest.mark.covers("ORF12")
def test_a_fair_share_is_told_with_its_arithmetic_and_can_be_refused_free(shop: Shop) -> None:
    gopal, sale_id, (asha, binu) = short(shop, 40, 80)
    gopal.taps("⚖️ Fair share")
    told(shop, gopal)
    asha.sees("⚖️ The crop came short. You get 20 of 40 kg.", anywhere=True)
    asha.sees("🧮 60 kg for 120 kg ordered: 40 kg × 60 kg ÷ 120 kg, in whole packs.", anywhere=True)
    asha.sees("↩️ ₹480 of your deposit is back in your wallet.", anywhere=True)
    at, data = button_data(asha, "Refund all")
    asha.taps("Refund all")
    asha.sees("❌ Refuse A1, 20 kg? ₹480 goes back to your wallet at once.")
    asha.taps("↩️ Keep it")
    asha.taps("Refund all")
    asha.taps("❌ Yes, refund all")
    asha.sees("✖️ A1 is closed. 👛 ₹480 is back in your wallet.")
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    shop.settles()
    gopal.sees("↩️ A1 · 20 kg: the buyer did not take it and has everything back.", anywhere=True)
    gopal.sees("🆓 20 kg is yours again.\nPaid ₹960 · owed ₹0 · back ₹960", anywhere=True)
    binu.taps("Accept")
    binu.sees("⚖️ 40 kg of 80 kg × ₹120 = ₹4,800")
    assert not any("Refund all" in label for label in binu.buttons())
    binu.taps("💳 Pay balance ₹3,840")
    binu.sees("paid ₹4,800 · owed ₹0")
    assert (wallet(shop, asha), wallet(shop, binu)) == (rupees(960), rupees(960))
    assert earned(shop, sale_id) == rupees(0)


def test_an_equal_share_gives_everybody_the_same_up_to_the_order(shop: Shop) -> None:
    gopal, _sale, (asha, binu, devi) = short(shop, 10, 80, 40)
    gopal.taps("🟰 Equal")
    gopal.sees("#A1 Asha: 10 of 10 kg")
    gopal.sees("#A2 Binu: 25 of 80 kg")
    told(shop, gopal)
    asha.sees_not("came short")
    binu.sees("You get 25 of 80 kg.", anywhere=True)
    devi.sees("🧮 60 kg for 130 kg ordered: the same for everybody, up to the own order.", anywhere=True)


def test_first_come_tells_the_last_that_others_were_first(shop: Shop) -> None:
    gopal, _sale, (_asha, binu) = short(shop, 40, 80)
    gopal.taps("⏱ First come")
    told(shop, gopal)
    binu.sees("You get 20 of 80 kg.", anywhere=True)
    binu.sees("who ordered first is served first", anywhere=True)


def test_the_farmer_types_the_shares_and_the_rest_is_shared_fairly(shop: Shop) -> None:
    gopal, _sale, (asha, binu, devi) = short(shop, 40, 80, 40)
    gopal.taps("✍️ I say who")
    gopal.sees("✍️ 60 kg of 60 kg left to give.")
    for text, words in (("hello", "I need an order and a number"), ("A1 41", "at most 40 kg, in steps of 1"),
                        ("A9 5", "I cannot find that")):  # fmt: skip
        gopal.types(text)
        gopal.sees(words)
    gopal.types("A1 30")
    gopal.sees("✍️ 30 kg of 60 kg left to give.")
    gopal.sees("☑ #A1 Asha: 30 of 40 kg")
    gopal.sees("▢ #A2 Binu: 80 kg asked")
    gopal.taps("⚖️ Rest fairly")
    gopal.sees("#A2 Binu: 20 of 80 kg")
    gopal.sees("#A3 Devi: 10 of 40 kg")
    gopal.taps("✍️ I say who")
    gopal.types("A1 40, A2 40, A3 0")
    gopal.sees("The shares must stay within each order")
    gopal.types("A1 40, A2 20, A3 0")
    gopal.sees("#A1 Asha: 40 of 40 kg")
    gopal.sees("1 order gets nothing and is paid back in full.")
    told(shop, gopal)
    binu.sees("🧮 60 kg for 160 kg ordered: the farmer decided who gets how much.", anywhere=True)
    devi.sees("the crop came too short for you", anywhere=True)
    assert not is_offered(asha, "Refund all")
    assert (wallet(shop, binu), wallet(shop, devi)) == (rupees(1440), rupees(960))
