"""[✏️ Change]: another way or another address until it is packed; what it costs stands there before it is pressed."""

from __future__ import annotations

import pytest

from core.payments import books
from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import button_data, is_offered
from tests.stories.market import harvested, member_id, packed, sale
from tests.stories.test_orders_of_a_buyer import bought, card
from tests.stories.test_pick_list import harvest_home


def paid(shop: Shop, to: str) -> tuple[int, Phone]:
    """A sale, and a buyer whose 5 kg of it are harvested and paid in full."""
    sale_id, asha = sale(shop), shop.buyer()
    bought(shop, asha, sale_id, to=to)
    harvested(shop, sale_id)
    card(asha)
    asha.taps("💳 Pay balance")
    return sale_id, asha


def wallet(shop: Shop, phone: Phone) -> int:
    """What is in the wallet, in minor units."""
    owner = member_id(shop, phone)
    with shop.database.reading() as session:
        return books.wallet_holds(session, owner, "INR").minor


def test_before_the_harvest_the_fee_joins_or_leaves_the_balance(shop: Shop) -> None:
    asha = shop.buyer()
    bought(shop, asha, sale(shop), to="🚚 Deliver")
    assert "paid ₹240 · owed ₹1,000" in card(asha)
    begin = len(asha.transcript())
    asha.reset_counts()
    asha.taps("✏️ Change")
    asha.sees("🚚 To: 12 Lake Road, Hill Town (₹40)\n📍 If you pick it up, ₹40 less is to pay.\npaid ₹240 · owed")
    asha.taps("📍 Pick up at Market hall")
    asha.sees("✅ A1: noted.\n📍 Pick up at: Market hall, gate 2\npaid ₹240 · owed ₹960")
    assert asha.tap_count == 2
    card(asha)
    asha.taps("✏️ Change")
    asha.sees("🚚 If it is brought, ₹40 more is to pay.")
    asha.reset_counts()
    asha.taps("🚚 Deliver ₹40")
    asha.types("4 Sea Road")
    asha.sees("🚚 To: 4 Sea Road (₹40)\npaid ₹240 · owed ₹1,000")
    card(asha)
    asha.taps("✏️ Change")
    asha.taps("🏠 Another address")
    asha.types("5 Sea Road")
    asha.sees("🚚 To: 5 Sea Road (₹40)\npaid ₹240 · owed ₹1,000")
    same_as_golden("change_delivery", asha.transcript()[begin:])


def test_a_paid_order_that_is_picked_up_after_all_gets_the_fee_back(shop: Shop) -> None:
    _sale_id, asha = paid(shop, "🚚 Deliver")
    card(asha)
    asha.taps("✏️ Change")
    asha.sees("📍 If you pick it up, ₹40 goes back to your wallet.")
    asha.taps("📍 Pick up at Market hall")
    asha.sees("👛 ₹40 is back in your wallet.\npaid ₹1,200 · owed ₹0")
    assert wallet(shop, asha) == 4000
    assert "📦 Waiting for seller to ship" in card(asha)


def test_a_paid_order_that_shall_be_brought_owes_the_fee_and_may_be_changed_back(shop: Shop) -> None:
    _sale_id, asha = paid(shop, "📍 Pick up")
    for _again in range(2):
        card(asha)
        asha.taps("✏️ Change")
        asha.taps("🚚 Deliver ₹40")
        asha.types("4 Sea Road")
        asha.sees("paid ₹1,200 · owed ₹40")
        assert "⏳ Waiting for buyer to pay" in card(asha)
        asha.taps("✏️ Change")
        asha.sees("📍 If you pick it up, ₹40 less is to pay.")
        asha.taps("📍 Pick up at Market hall")
        asha.sees("paid ₹1,200 · owed ₹0")
    assert wallet(shop, asha) == 0
    card(asha)
    asha.taps("✏️ Change")
    asha.taps("🚚 Deliver ₹40")
    asha.types("4 Sea Road")
    asha.taps("💳 Pay balance ₹40")
    assert "📦 Waiting for seller to ship" in card(asha)


@pytest.mark.parametrize("way", ["🏠 Another address", "📍 Pick up"])
def test_once_it_is_packed_nothing_is_changed(shop: Shop, way: str) -> None:
    sale_id, asha = paid(shop, "🚚 Deliver")
    card(asha)
    asha.taps("✏️ Change")
    at, data = button_data(asha, way)
    if way.startswith("🏠"):
        asha.taps(way)
        packed(shop, sale_id)
        asha.types("4 Sea Road")
        asha.sees("📦 A1 is packed or has ended: nothing was changed.")
    else:
        packed(shop, sale_id)
        asha.taps_stale(at, data)
        asha.sees_toast("This changed")
    shown = card(asha)
    assert "🚚 To: 12 Lake Road, Hill Town (₹40)" in shown
    assert "✏️ Change" not in asha.buttons()
    assert "paid ₹1,240 · owed ₹0" in shown
    assert wallet(shop, asha) == 0


def test_the_farmer_sees_the_change_on_the_pick_list_and_is_told(shop: Shop) -> None:
    gopal, (asha, binu, _devi) = harvest_home(shop, pickup="Binu")
    gopal.taps("📋 Pick list")
    assert is_offered(gopal, "▢ #A1 🚚 2 kg Asha")
    assert is_offered(gopal, "▢ #A2 📍 4 kg Binu")
    asha.taps("🧾 Order")
    asha.taps("✏️ Change")
    asha.taps("📍 Pick up at Market hall")
    binu.taps("🧾 Order")
    binu.taps("✏️ Change")
    binu.taps("🚚 Deliver ₹40")
    binu.types("9 Hill <b> Road")
    shop.settles()
    gopal.sees("A1 · 2 kg: now the buyer picks it up.", anywhere=True)
    gopal.sees("A2 · 4 kg: now to 9 Hill <b> Road.\nIt waits off the list until ₹40 more is paid.", anywhere=True)
    gopal.taps("📋 Pick list")
    gopal.sees("2 orders, 8 kg")
    assert is_offered(gopal, "▢ #A1 📍 2 kg Asha")
    binu.taps("💳 Pay balance ₹40")
    gopal.types("menu")
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("📋 Pick list")
    assert is_offered(gopal, "▢ #A2 🚚 4 kg Binu")
