"""Too few buyers: the farmer is asked before the close and at it; goes anyway, extends once, or all is paid back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.ends import changed, rupees, wallet
from tests.stories.farming import bought, button_data, grower, is_offered, on_sale


def small(shop: Shop) -> tuple[Phone, Phone, int]:
    """Gopal's sale needs 50 kg, Asha has reserved 10; it closes on 14 May at 18:00."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    changed(shop, sale_id, minimum=Decimal(50))
    asha = bought(shop, sale_id, "Asha", 10)
    return gopal, asha, sale_id


def test_the_least_for_a_sale_to_go_ahead_is_read_by_all_before_they_agree(shop: Shop) -> None:
    told = "🎯 The sale goes ahead from 50 kg; else deposits return."
    meera, gopal = shop.owner(), grower(shop)
    for said in ("200 kg mangoes, 120/kg, ready 15 May", "⋯ More", "🎯 Minimum", "50", "⬅️ Back"):
        (gopal.types if said[0].isdigit() else gopal.taps)(said)
    gopal.sees(told)
    gopal.sends_photo()
    gopal.taps("✅ Publish")
    shop.settles()
    meera.sees(told, anywhere=True)
    meera.taps("✅ Approve")
    asha = shop.buyer()
    asha.taps("🛍 Market")
    asha.taps("🥭 Mango")
    asha.taps("ℹ️ Details")
    asha.sees(told)
    asha.taps("⬅️ Back")
    asha.taps("5 kg")
    asha.sees(told)


@pytest.mark.covers("ORF12")
def test_when_the_farmer_says_nothing_everybody_is_paid_back_a_day_after_the_close(shop: Shop) -> None:
    gopal, asha, _sale = small(shop)
    shop.later(days=12, hours=8)  # a day before the close
    gopal.sees("🎯 🥭 Mango: 10 kg of at least 50 kg reserved.", anywhere=True)
    gopal.sees("You can decide now, or then.", anywhere=True)
    shop.later(hours=24)
    gopal.sees("else all deposits go back to the buyers.", anywhere=True)
    asha.sees_not("not enough buyers")
    shop.later(hours=24)
    shop.later(hours=14)  # morning
    asha.sees("🙏 A1 · 10 kg: not enough buyers, the sale does not go ahead.", anywhere=True)
    asha.sees("Paid ₹240 · back in your wallet ₹240", anywhere=True)
    gopal.sees("🙏 🥭 Mango: not enough buyers. All deposits return.", anywhere=True)
    assert wallet(shop, asha) == rupees(240)


def test_a_farmer_goes_on_all_the_same(shop: Shop) -> None:
    gopal, asha, _sale = small(shop)
    shop.later(days=13, hours=7, minutes=31)
    gopal.sees("else all deposits go back to the buyers.", anywhere=True)
    at, data = button_data(gopal, "Go anyway")
    gopal.taps("Go anyway")
    gopal.sees_toast("✅ The sale goes ahead.")
    gopal.sees("goes ahead")
    gopal.taps_stale(at, data)
    gopal.sees_toast("This changed")
    shop.later(hours=48)
    asha.sees_not("not enough buyers")
    assert wallet(shop, asha) == rupees(0)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("✅ Ready")
    gopal.taps("All 200 kg")
    gopal.taps("📣 Tell them")
    shop.settles()
    asha.sees("Balance ₹960 by", anywhere=True)


def test_going_anyway_before_the_close_keeps_it_on_sale(shop: Shop) -> None:
    gopal, _asha, sale_id = small(shop)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.sees("🎯 At least 50 kg, else it does not go ahead.")
    gopal.taps("Go anyway")
    gopal.sees("on sale")
    bought(shop, sale_id, "Binu", 10)
    shop.later(days=14)
    gopal.taps("📦 Orders")
    gopal.sees("goes ahead")


def test_extending_once_moves_the_harvest_too_and_its_buyers_may_leave_free(shop: Shop) -> None:
    gopal, asha, sale_id = small(shop)
    shop.later(days=13, hours=7, minutes=31)
    gopal.taps("Extend")
    gopal.sees("⏳ 🥭 Mango: on sale until")
    gopal.sees("ready Mon 18 May. Its buyers are told.")
    shop.settles()
    asha.sees("now ready about Mon 18 May", anywhere=True)
    binu = bought(shop, sale_id, "Binu", 30)
    shop.later(days=3)
    shop.settles()
    gopal.sees("40 kg of at least 50 kg reserved.", anywhere=True)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    assert "Go anyway" in gopal.buttons()
    assert "Extend" not in gopal.buttons()
    asha.types("🧺 My orders")
    asha.taps("🥭 A1")
    asha.taps("❌ Cancel order")
    asha.taps("❌ Yes, cancel")
    assert wallet(shop, asha) == rupees(240)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("Go anyway")
    shop.later(hours=30)
    binu.sees_not("not enough buyers")
    assert not is_offered(binu, "Refund all")
