"""[❌ Cancel order] after the cutoff: the deposit is kept unless the waiting list takes the share; all are told."""

from __future__ import annotations

import pytest

from core.payments import books
from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import begins, button_data, grower, on_sale, screens_since
from tests.stories.market import member_id
from tests.stories.test_orders_of_a_buyer import bought, card


def wallet(shop: Shop, phone: Phone) -> int:
    with shop.database.reading() as session:
        return books.wallet_holds(session, member_id(shop, phone), "INR").minor


def too_late(shop: Shop, *, waits: bool) -> tuple[Phone, Phone, Phone]:
    """Gopal's 5 kg, all Asha's; perhaps Devi waits for them; it is two days before the harvest, about noon."""
    gopal, asha, devi = grower(shop), shop.buyer("Asha"), shop.buyer("Devi")
    sale_id = on_sale(shop, gopal, quantity=5)
    bought(shop, asha, sale_id)
    if waits:
        devi.start(f"s_{sale_id}")
        devi.taps("🔔 Waiting list")
        devi.types("5")
        devi.sees("number 1 on the waiting list")
    shop.later(days=12)
    return gopal, asha, devi


@pytest.mark.covers("ORF21")
def test_nobody_waits_and_the_farm_keeps_the_deposit(shop: Shop) -> None:
    gopal, asha, _devi = too_late(shop, waits=False)
    begin = begins(shop, asha)
    card(asha)
    asha.taps("❌ Cancel order")
    asha.sees("Cancelling was free until Tue 12 May; the farmer counts on you.")
    asha.sees("Your deposit ₹120 is kept, unless somebody of the waiting list takes your share")
    asha.taps("↩️ Keep it")
    asha.taps("❌ Cancel order")
    at, data = button_data(asha, "❌ Yes, cancel")
    asha.taps("❌ Yes, cancel")
    asha.sees("✖️ A1 is cancelled.\n🤝 ₹120 is kept unless the waiting list takes your share")
    asha.sees("paid ₹120 · owed ₹0")
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    assert "🤝 Cancelled late: ₹120 is kept unless the waiting list takes your share." in card(asha)
    same_as_golden("late_cancel", screens_since(asha, begin))
    gopal.sees("✖️ A1 · 5 kg: Asha cancelled late. The share is free again.", anywhere=True)
    gopal.sees("🤝 The deposit ₹120 is yours at the harvest, unless the waiting list takes the share.", anywhere=True)
    shop.later(days=2)
    gopal.types("mango 5 kg")
    gopal.taps("📣 Tell them")
    shop.later(hours=12)
    asha.sees("🤝 A1 · 5 kg: nobody took all of your share. The farm keeps ₹120.", anywhere=True)
    assert "🤝 Cancelled late: the farm keeps ₹120." in card(asha)
    gopal.taps("💰 Money")
    gopal.sees("⏳ ₹120 was released a short while ago")
    assert wallet(shop, asha) == 0


def test_whoever_waits_takes_the_share_and_the_deposit_comes_back(shop: Shop) -> None:
    _gopal, asha, devi = too_late(shop, waits=True)
    card(asha)
    asha.taps("❌ Cancel order")
    asha.sees("🔔 1 person waits.")
    asha.taps("❌ Yes, cancel")
    asha.sees("is kept unless the waiting list takes your share")
    shop.settles()
    devi.sees("5 kg free for you")
    devi.taps("Take")
    assert wallet(shop, asha) == 0, "taking alone is no payment"
    devi.taps("💳 Pay deposit")
    shop.settles()
    asha.sees("👛 A1 · 5 kg: your late cancellation costs nothing. ₹120 is back in your wallet.", anywhere=True)
    assert wallet(shop, asha) == 12000
    assert "paid ₹120 · owed ₹0 · ₹120 back on" in card(asha)
