"""The balance does not come: more time once, the grace, the call list, and in the end the deposit is the farm's."""

from __future__ import annotations

from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.ends import earned, part_paid, ruled, rupees, wallet
from tests.stories.farming import bought, button_data, grower, on_sale


def harvested(shop: Shop) -> tuple[Phone, Phone, int]:
    """Gopal's mangoes are in; Asha has paid ₹240 of ₹1,200 and owes the rest within 48 hours."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id)
    return gopal, asha, sale_id


def test_who_needs_longer_asks_once_and_the_farmer_is_told(shop: Shop) -> None:
    gopal, asha, _sale = harvested(shop)
    shop.later(hours=24)  # a day before it is late
    asha.sees("₹960 open until", anywhere=True)
    at, data = button_data(asha, "More time")
    asha.taps("More time")
    asha.sees("A1: you have until")
    asha.sees("paid ₹240 · owed ₹960")
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    assert not any("More time" in label for label in asha.buttons())
    shop.settles()
    gopal.sees("the buyer asked for more time, until", anywhere=True)
    shop.later(hours=30)  # beyond the first deadline, within the second
    asha.types("🧺 My orders")
    asha.taps("🥭 A1")
    asha.sees("⏰ Pay ₹960 by")
    asha.taps("💳 Pay balance ₹960")
    asha.sees("paid ₹1,200 · owed ₹0")


def test_a_balance_that_never_comes_is_given_up_by_itself_after_the_calls(shop: Shop) -> None:
    ruled(shop, platform_fee_percent=5)
    gopal, asha, sale_id = harvested(shop)
    shop.later(hours=49)
    asha.sees("the balance ₹960 is late", anywhere=True)
    asha.sees("then the co-op calls you. If it stays unpaid, ₹240 stays with the farm.", anywhere=True)
    shop.later(hours=25)  # the grace is over: staff may call
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("📞 Call list: 1")
    meera.sees("A1 Asha")
    shop.later(hours=25)
    asha.sees("⛔ A1 · 10 kg: closed, the balance did not come. ₹240 stays with the farm.", anywhere=True)
    asha.sees("Paid ₹240 · owed ₹0", anywhere=True)
    gopal.sees("₹240 of the deposit is yours, less the co-op's fee.", anywhere=True)
    gopal.sees("🆓 10 kg is yours again.", anywhere=True)
    assert (earned(shop, sale_id), wallet(shop, asha)) == (rupees(228), rupees(0))
    meera.taps("✅ To decide")
    meera.sees("0 things wait")


def test_staff_who_reached_nobody_give_up_with_the_numbers_before_them(shop: Shop) -> None:
    ruled(shop, forfeit_hours=0)  # never by itself
    gopal, asha, sale_id = harvested(shop)
    shop.later(hours=49)
    shop.later(hours=191)
    asha.sees_not("closed, the balance did not come")
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("📞 Call list: 1")
    meera.taps("⛔ Give up A1")
    meera.sees("⛔ Give up A1? ₹240 stays with the farm, ₹0 goes back to the buyer.")
    at, data = button_data(meera, "✅ Confirm")
    meera.taps("✅ Confirm")
    meera.sees("☑ A1 is closed. Buyer and farmer are told.")
    meera.taps_stale(at, data)
    meera.sees_toast("This changed")
    shop.settles()
    asha.sees("closed, the balance did not come. ₹240 stays with the farm.", anywhere=True)
    gopal.sees("closed, the buyer did not pay", anywhere=True)
    assert (earned(shop, sale_id), wallet(shop, asha)) == (rupees(240), rupees(0))
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.sees("🆓 Free: 200 kg")


def test_what_was_paid_beyond_the_deposit_goes_back_when_an_order_is_given_up(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    market.ways_to_pay(shop, "sandbox", "transfer")
    asha = bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id)
    part_paid(shop, asha, 500)
    shop.later(hours=100)
    shop.later(hours=100)
    shop.later(hours=100)
    asha.sees("Paid ₹740 · back in your wallet ₹500", anywhere=True)
    assert (earned(shop, sale_id), wallet(shop, asha)) == (rupees(240), rupees(500))
