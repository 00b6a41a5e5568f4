"""Script 3: ready, less, lost, later; the numbers stand there before anybody is told."""

from __future__ import annotations

import pytest

from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import begins, bought, button_data, grower, on_sale, screens_since


def season(shop: Shop, *, paid: tuple[int, ...] = (10, 20)) -> tuple[Phone, int, list[Phone]]:
    """Gopal, his sale of 200 kg ready on 15 May at ₹120 with 20 % deposit, and its buyers; it is two days before."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    buyers = [bought(shop, sale_id, name, kilos) for name, kilos in zip(("Asha", "Binu", "Devi"), paid, strict=False)]
    shop.later(days=12, hours=8)  # the afternoon of Wed 13 May: the sale still runs
    gopal.reset_counts()
    return gopal, sale_id, buyers


def opens_sale(shop: Shop, phone: Phone) -> int:
    """📦 Orders, the sale; the transcript's length and fresh counts."""
    phone.taps("📦 Orders")
    phone.taps("🥭 Mango")
    phone.sees("200 kg · ₹120/kg")
    return begins(shop, phone)


@pytest.mark.covers("PRE04", "PRE05")
def test_a_ready_crop_is_told_in_three_taps(shop: Shop) -> None:
    gopal, _sale, (asha, binu) = season(shop)
    begin = opens_sale(shop, gopal)
    gopal.taps("✅ Ready")
    gopal.taps("All 200 kg")
    gopal.sees("2 buyers will be asked for ₹2,880")
    gopal.taps("📣 Tell them")
    gopal.sees("2 buyers were asked for ₹2,880")
    assert (gopal.tap_count, gopal.typed_count) == (3, 0)
    same_as_golden("harvest_ready", screens_since(gopal, begin))
    shop.ticks()
    for phone, balance in ((asha, "₹960"), (binu, "₹1,920")):
        phone.sees(balance, anywhere=True)


def test_a_short_crop_is_shared_in_four_taps(shop: Shop) -> None:
    gopal, _sale, (asha, _binu) = season(shop, paid=(50, 100))
    begin = opens_sale(shop, gopal)
    gopal.taps("📉 Less")
    gopal.taps("50 %")
    gopal.sees("100 kg for 150 kg reserved")
    gopal.taps("⚖️ Fair share")
    gopal.sees("#A1 Asha: 33 of 50 kg")
    gopal.sees("#A2 Binu: 67 of 100 kg")
    gopal.taps("📣 Tell them")
    gopal.sees("2 buyers were asked")
    assert (gopal.tap_count, gopal.typed_count) == (4, 0)
    same_as_golden("harvest_short", screens_since(gopal, begin))
    shop.ticks()
    asha.sees("33 kg", anywhere=True)


def test_a_lost_crop_pays_everybody_back_in_three_taps(shop: Shop) -> None:
    gopal, sale_id, (asha, _binu) = season(shop)
    begin = opens_sale(shop, gopal)
    gopal.taps("❌ Lost")
    gopal.taps("🌧 Rain")
    gopal.sees("2 deposits, ₹720, go back in full")
    at, data = button_data(gopal, "📣 Tell them")
    gopal.taps("📣 Tell them")
    gopal.sees("2 buyers were told")
    assert (gopal.tap_count, gopal.typed_count) == (3, 0)
    same_as_golden("harvest_lost", screens_since(gopal, begin))
    gopal.taps_stale(at, data)
    gopal.sees_toast("This changed")
    shop.ticks()
    asha.sees("₹240", anywhere=True)
    asha.start(f"s_{sale_id}")
    asha.sees("🌧 This crop was lost.")
    assert "Ready about" not in asha.newest()["text"]


def test_first_come_serves_who_came_first(shop: Shop) -> None:
    gopal, _sale, _buyers = season(shop, paid=(50, 100))
    opens_sale(shop, gopal)
    gopal.taps("📉 Less")
    gopal.taps("✏️ Other")
    gopal.types("80")
    gopal.taps("⏱ First come")
    gopal.sees("#A1 Asha: 50 of 50 kg")
    gopal.sees("#A2 Binu: 30 of 100 kg")
    gopal.taps("⬅️ Back")
    gopal.sees("200 kg · ₹120/kg")


def test_a_line_enters_the_harvest_and_one_tap_tells(shop: Shop) -> None:
    gopal, _sale, _buyers = season(shop)
    gopal.types("mango 180 kg")
    gopal.sees("2 buyers will be asked for ₹2,880")
    gopal.taps("📣 Tell them")
    gopal.sees("2 buyers were asked for ₹2,880")
    assert (gopal.tap_count, gopal.typed_count) == (1, 1)


def test_far_too_early_is_asked_first(shop: Shop) -> None:
    gopal = grower(shop)
    on_sale(shop, gopal)
    opens_sale(shop, gopal)
    gopal.taps("✅ Ready")
    gopal.sees("Ready was Fri 15 May, today is Fri 1 May.")
    gopal.taps("Oops")
    gopal.sees("on sale")
    gopal.types("mango 180 kg")
    gopal.sees("harvested early, or a new sale?")
    gopal.taps("➕ Sell")
    gopal.sees("2 of 5")
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("✅ Ready")
    gopal.taps("Yes, early")
    gopal.sees("All 200 kg") if "All 200 kg" not in gopal.buttons() else None


def test_later_moves_the_date_and_tells_the_buyers(shop: Shop) -> None:
    gopal, _sale, (asha, _binu) = season(shop)
    begin = opens_sale(shop, gopal)
    gopal.taps("⏳ Later")
    gopal.taps("in 1 week")
    gopal.sees("2 buyers will be told: ready Fri 22 May, not Fri 15 May")
    gopal.taps("📣 Tell them")
    gopal.sees("Now ready Fri 22 May")
    same_as_golden("harvest_later", screens_since(gopal, begin))
    shop.ticks()
    asha.sees("22 May", anywhere=True)
    gopal.taps("⬅️ Back")
    gopal.taps("⏳ Later")
    for text, words in (("30 Feb", "I know no such day"), ("1 Jan 2020", "Date must be between"), ("x", "no such day")):
        gopal.types(text)
        gopal.sees(words)
    gopal.types("30 May")
    gopal.sees("ready Sat 30 May, not Fri 22 May")


def test_bad_amounts_are_answered_with_an_example(shop: Shop) -> None:
    gopal, _sale, _buyers = season(shop)
    opens_sale(shop, gopal)
    gopal.taps("✅ Ready")
    for send in (gopal.sends_sticker, gopal.sends_voice):
        send()
        gopal.sees("Write how much was harvested, for example: 150 kg")
    for text, words in {
        "lots": "How many kg?", "-5": "How many kg?", "1000000000": "is more than the 200 kg", "0": None,
        "5 crates": "Here we count in kg", "201": "is more than the 200 kg",
    }.items():  # fmt: skip
        if words:
            gopal.types(text)
            gopal.sees(words)
    gopal.types("1.200")
    gopal.sees("reads two ways")
    gopal.types("１８０ kg")
    gopal.sees("2 buyers will be asked for ₹2,880")


def test_a_new_order_between_plan_and_confirm_shows_the_numbers_again(shop: Shop) -> None:
    gopal, sale_id, _buyers = season(shop)
    opens_sale(shop, gopal)
    gopal.taps("✅ Ready")
    gopal.taps("All 200 kg")
    bought(shop, sale_id, "Esha", 10)
    gopal.taps("📣 Tell them")
    gopal.sees_toast("Orders came or went meanwhile")
    gopal.sees("3 buyers will be asked for ₹3,840")
    at, data = button_data(gopal, "📣 Tell them")
    gopal.taps("📣 Tell them")
    gopal.sees("3 buyers were asked for ₹3,840")
    gopal.taps_stale(at, data)
    gopal.sees_toast("This changed")


def test_a_photo_of_the_growing_crop_reaches_its_buyers(shop: Shop) -> None:
    gopal, _sale, (asha, _binu) = season(shop)
    opens_sale(shop, gopal)
    gopal.taps("📷 Photo")
    gopal.types("here it is")
    gopal.sees("Send a photo of the crop")
    gopal.sends_photo()
    gopal.sees("Your buyers will see how it grows")
    shop.ticks()
    shop.settles()
    asha.sees("Your 🥭 Mango today", anywhere=True)


def test_orders_shows_each_sale_with_its_counts_and_what_came_today(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.taps("📦 Orders")
    gopal.sees("0 sales so far")
    sale_id = on_sale(shop, gopal)
    for name, kilos in (("Asha <b>&", 10), ("Binu", 20)):
        bought(shop, sale_id, name, kilos)
    begin = begins(shop, gopal)
    gopal.taps("📦 Orders")
    gopal.sees("🥭 Mango · 30 of 200 kg · ready Fri 15 May · on sale")
    gopal.sees("Today +2: 🥭 Mango 30 kg")
    gopal.taps("🥭 Mango · 30 kg")
    gopal.sees("2 buyers")
    gopal.taps("🧾 Orders")
    gopal.sees("#A1 · 10 kg · Asha <b>& · 📦 Waiting for seller to ship (🌱 still growing)")
    gopal.taps("⬅️ Back")
    gopal.taps("⏸ Pause")
    gopal.sees("paused")
    gopal.taps("▶ Resume")
    gopal.sees("on sale")
    same_as_golden("harvest_orders", screens_since(gopal, begin))


def test_at_night_the_farmer_reads_when_the_buyers_hear_it(shop: Shop) -> None:
    gopal, _sale, (asha, *_others) = season(shop)
    shop.later(hours=11)  # ten in the evening
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("⏳ Later")
    gopal.taps("in 1 week")
    gopal.taps("📣 Tell them")
    gopal.sees("buyers were told. Now ready Fri 22 May.\n🌙 It is night: whoever sleeps reads it from 8:00 am on.")
    shop.later(hours=10)
    asha.sees("📅 🥭 Mango: now ready about Fri 22 May. Nothing else of your order changes.", anywhere=True)


def test_money_shows_free_and_held(shop: Shop) -> None:
    gopal, _sale, _buyers = season(shop)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹0 · held ₹720 (buyers must confirm)")
    gopal.sees("owed ₹2,880 by buyers")
