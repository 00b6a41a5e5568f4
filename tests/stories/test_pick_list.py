"""Script 4: the pick list, the batch's steps, packing and handing over."""

from __future__ import annotations

import pytest

from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.farming import (
    begins,
    bought,
    button_data,
    courier,
    grower,
    is_offered,
    on_sale,
    screens_since,
    settled,
)


def harvest_home(shop: Shop, *, cash: bool = False, pickup: str = "") -> tuple[Phone, list[Phone]]:
    """Gopal's mangoes are harvested and paid for: three orders of 2, 4 and 6 kg, all to be delivered."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    if cash:
        market.ways_to_pay(shop, "cash", "sandbox")
    buyers = [bought(shop, sale_id, name, kilos) for name, kilos in (("Asha", 2), ("Binu", 4), ("Devi", 6))]
    shop.later(days=13)
    market.harvested(shop, sale_id)
    settled(shop, sale_id, cash=cash, pickup=pickup)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.reset_counts()
    return gopal, buyers


@pytest.mark.covers("PRE05", "PRE06", "PRE07", "PRE08", "PRE09")
def test_one_tap_opens_the_list_and_each_step_is_one_tap_the_buyer_reads(shop: Shop) -> None:
    gopal, (asha, *_others) = harvest_home(shop)
    begin = begins(shop, gopal)
    gopal.taps("📋 Pick list")
    assert gopal.tap_count == 1
    gopal.sees("3 orders, 12 kg")
    gopal.taps("▢ #A2")
    assert is_offered(gopal, "☑ #A2 🚚 4 kg Binu")
    gopal.taps("☑ #A2")
    assert is_offered(gopal, "▢ #A2 🚚 4 kg Binu")
    for step in ("🧺 Picked", "🧼 Processed", "📐 Sorted", "🏬 Stocked"):
        gopal.taps(step)
        assert is_offered(gopal, f"{step} ✓")
    gopal.taps("✅ All packed")
    gopal.sees_toast("3 orders packed")
    assert is_offered(gopal, "📦 #A1 🚚 2 kg Asha")
    same_as_golden("pick_list", screens_since(gopal, begin))
    shop.settles()
    asha.taps("📍 Track")
    for words in ("Picked", "Processed", "Sorted", "Stocked", "Packed"):
        assert words in asha.screen()


def test_an_empty_list_says_what_fills_it_and_takes_no_step(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    bought(shop, sale_id, "Asha", 2)
    shop.later(days=13)
    market.harvested(shop, sale_id)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("📋 Pick list")
    gopal.sees("📋 Thu 14 May: 0 orders to pick. An order comes here once its balance is paid.")
    assert not is_offered(gopal, "🧺 Picked")
    message_id, data = button_data(gopal, "🏠 On the way")
    gopal.taps_stale(message_id, data.replace("fway", "fstep") + ":picked")
    gopal.sees_toast("No order is to be picked here yet.")


def test_numbers_mark_rows_and_an_unknown_one_is_told(shop: Shop) -> None:
    gopal, _buyers = harvest_home(shop)
    gopal.taps("📋 Pick list")
    gopal.types("1 ٣")
    gopal.sees("2 orders marked")
    assert is_offered(gopal, "☑ #A1 🚚 2 kg Asha")
    assert is_offered(gopal, "▢ #A2 🚚 4 kg Binu")
    gopal.types("19")
    gopal.sees("I have no order 19 here. Yours: A1, A2, A3.")
    gopal.types("and the rest?")
    gopal.sees("Write the numbers of the orders")
    gopal.sends_sticker()
    gopal.sees("Write the numbers of the orders")
    gopal.types("A2")
    gopal.sees("1 order marked")


@pytest.mark.covers("PRE10", "PRE11")
def test_the_farmer_delivers_himself_and_takes_the_cash(shop: Shop) -> None:
    gopal, (asha, *_others) = harvest_home(shop, cash=True)
    begin = begins(shop, gopal)
    gopal.taps("📋 Pick list")
    gopal.taps("✅ All packed")
    gopal.taps("🚚 Hand to courier")
    gopal.sees("3 packed orders: who carries?")
    gopal.taps("🙋 I deliver myself")
    gopal.sees("3 orders are on their way with you")
    gopal.taps("🏠 On the way")
    gopal.taps("🏠 #A1")
    gopal.sees("take ₹232 in cash from Asha")
    at, data = button_data(gopal, "💵 Taken ₹232")
    gopal.taps("💵 Taken ₹232")
    gopal.sees("2 orders are on their way")
    same_as_golden("hand_over_self", screens_since(gopal, begin))
    gopal.taps_stale(at, data)
    gopal.sees_toast("This changed")
    shop.settles()
    asha.sees("delivered. All good?", anywhere=True)
    asha.taps("📍 Track")
    seen = asha.sees("☑ 🚚 The farmer brings it")
    assert "☑ 📦 Loaded by the farmer" in seen
    assert "ourier" not in seen  # nobody else was on the way


def test_whoever_has_all_back_at_the_door_pays_no_cash(shop: Shop) -> None:
    gopal, (asha, *_others) = harvest_home(shop, cash=True)
    for step in ("📋 Pick list", "✅ All packed", "🚚 Hand to courier", "🙋 I deliver myself", "🏠 On the way"):
        gopal.taps(step)
    shop.settles()
    asha.sees("🚚 A1 · 2 kg: on its way.\n💵 ₹232 to pay in cash.", anywhere=True)
    asha.types("🧺 My orders")
    for step in ("A1", "⚠️ Problem", "Spoiled", "Skip"):
        asha.taps(step)
    asha.sees("all: ₹48 back\n💵 Then ₹232 need not be paid in cash.")
    asha.taps("Refund all")
    shop.settles()
    gopal.sees("wishes ₹48 back\n💵 Then ₹232 need not be paid in cash.", anywhere=True)
    gopal.taps("Accept ₹48")
    shop.settles()
    asha.sees("paid ₹0 · owed ₹0 · back ₹48", anywhere=True)


def test_a_link_is_made_for_each_parcel_and_pressed_again_made_anew(shop: Shop) -> None:
    gopal, _buyers = harvest_home(shop)
    gopal.taps("📋 Pick list")
    gopal.taps("✅ All packed")
    gopal.taps("🚚 Hand to courier")
    at, data = button_data(gopal, "🔗 Send a link")
    gopal.taps("🔗 Send a link")
    first = gopal.sees("#A1: https://t.me/")
    gopal.taps_stale(at, data)
    again = gopal.sees("#A1: https://t.me/")
    assert first != again


def test_nothing_packed_cannot_be_handed_over_and_strangers_find_nothing(shop: Shop) -> None:
    gopal, (asha, *_others) = harvest_home(shop)
    gopal.taps("📋 Pick list")
    at, packing = button_data(gopal, "✅ All packed")
    _at, row = button_data(gopal, "▢ #A1")
    there, _line = button_data(asha, "")
    for data in (packing, row):
        asha.taps_stale(there, data)
        asha.sees_toast("I cannot find that")
    gopal.taps("✅ All packed")
    gopal.taps_stale(at, packing)
    gopal.sees_toast("0 orders packed")
    gopal.taps_stale(at, row)
    gopal.sees_toast("This changed")


def test_a_courier_of_ours_and_the_pick_up_place(shop: Shop) -> None:
    gopal, (_asha, binu, _devi) = harvest_home(shop, pickup="Binu")
    courier(shop, "Kiran")
    gopal.taps("📋 Pick list")
    gopal.taps("✅ All packed")
    gopal.taps("🚚 Hand to courier")
    gopal.taps("🚚 Kiran")
    gopal.sees("2 parcels are given to the courier")
    gopal.sees("1 order waits at the pick-up place: #A2")
    gopal.taps("🏠 On the way")
    gopal.taps("🏠 #A2")
    gopal.sees("0 orders are on their way")
    shop.settles()
    binu.sees("delivered. All good?", anywhere=True)
