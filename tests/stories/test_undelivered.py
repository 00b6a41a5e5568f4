"""A delivery that fails: the courier's reasons, the second try, the hours it keeps, and who bears it in the end."""

from __future__ import annotations

import pytest

from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.ends import earned, ruled, rupees, wallet
from tests.stories.farming import bought, button_data, grower, on_sale, settled
from tests.stories.test_courier import link_from


def on_the_road(shop: Shop, *, cash: bool = False) -> tuple[Phone, Phone, Phone, int]:
    """Jay, with a link, is on the road with Asha's 10 kg: ₹1,200 and ₹40 for bringing it."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    market.ways_to_pay(shop, "cash", "sandbox")
    asha = bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id)
    settled(shop, sale_id, cash=cash)
    market.packed(shop, sale_id)
    for label in ("📦 Orders", "🥭 Mango", "📋 Pick list", "🚚 Hand to courier"):
        gopal.taps(label)
    jay = shop.person("Jay")
    jay.start(link_from(gopal))
    jay.taps("📦 Picked up")
    jay.taps("🚚 On the road")
    shop.settles()
    return gopal, asha, jay, sale_id


@pytest.mark.covers("PRE11")
def test_nobody_at_the_door_is_tried_again_and_then_delivered(shop: Shop) -> None:
    gopal, asha, jay, _sale = on_the_road(shop)
    jay.taps("⚠️ Trouble")
    jay.sees("⚠️ Order A1: what happened?")
    at, data = button_data(jay, "🚪 Nobody there")
    jay.taps("🚪 Nobody there")
    jay.sees("⚠️ Not handed over.")
    jay.taps_stale(at, data)
    jay.sees_toast("This changed")
    shop.settles()
    asha.sees("⚠️ A1 · 10 kg: not handed over (🚪 Nobody there).", anywhere=True)
    asha.sees("A second try follows; it keeps until", anywhere=True)
    gopal.sees("not handed over (🚪 Nobody there)", anywhere=True)
    asha.taps("📍 Track")
    asha.sees("🚪 Not handed over")
    jay.taps("🔁 Try again")
    jay.taps("🏠 Delivered")
    jay.sees("delivered. A photo at the door?")
    shop.settles()
    asha.sees("delivered. All good?", anywhere=True)
    shop.later(hours=13)  # nobody is asked to settle it
    shop.owner().taps("✅ To decide")
    shop.owner().sees("0 things wait")


def test_refused_cash_leaves_the_deposit_with_the_farm_and_the_way_with_the_courier(shop: Shop) -> None:
    ruled(shop, platform_fee_percent=5)
    gopal, asha, jay, sale_id = on_the_road(shop, cash=True)
    jay.taps("🏠 Delivered")
    jay.sees("💵 Order A1: take ₹1,000 in cash.")
    jay.taps("⚠️ Trouble")
    jay.sees("Paid ₹240 · owed ₹1,000")
    jay.taps("💵 No cash")
    shop.settles()
    asha.sees("not handed over (💵 No cash)", anywhere=True)
    asha.sees("Paid ₹240 · owed ₹1,000", anywhere=True)
    meera = shop.owner()
    shop.later(hours=9)
    meera.sees_not("not delivered")
    shop.later(hours=4)
    meera.sees("📪 Order A1: 🥭 Mango 10 kg, not delivered", anywhere=True)
    meera.sees("Usual: 🧺 Buyer bears it, back ₹0.", anywhere=True)
    meera.taps("🧺 Buyer bears it")
    meera.sees("📪 A1, 🧺 Buyer bears it: farm ₹240, delivery ₹0, back ₹0.")
    meera.taps("✅ Confirm")
    meera.sees("☑ A1 is settled. Buyer and farmer are told.")
    shop.later(hours=10)  # morning
    asha.sees("📪 A1 · 10 kg: closed without delivery. ₹240 is kept for goods and delivery.", anywhere=True)
    gopal.sees("🆓 10 kg is yours again.", anywhere=True)
    jay.taps("🚚 My parcels")
    jay.sees("🚚 0 parcels")
    assert (earned(shop, sale_id), wallet(shop, asha)) == (rupees(228), rupees(0))


def test_what_the_buyer_refused_goes_back_less_the_deposit_and_the_way(shop: Shop) -> None:
    gopal, asha, jay, sale_id = on_the_road(shop)
    jay.taps("⚠️ Trouble")
    jay.taps("🙅 Refused")
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("📪 Undelivered: 1")
    meera.taps("📪 A1")
    meera.sees("Usual: 🧺 Buyer bears it, back ₹960.")
    meera.taps("🧺 Buyer bears it")
    meera.sees("farm ₹240, delivery ₹40, back ₹960.")
    at, data = button_data(meera, "✅ Confirm")
    meera.taps("✅ Confirm")
    meera.sees("is settled")
    meera.taps_stale(at, data)
    meera.sees_toast("This changed")
    shop.settles()
    asha.sees("Paid ₹1,240 · back in your wallet ₹960", anywhere=True)
    gopal.sees("closed without delivery. ₹280 is kept for goods and delivery.", anywhere=True)
    assert (earned(shop, sale_id), wallet(shop, asha)) == (rupees(240), rupees(960))


def test_what_was_lost_on_the_way_goes_back_in_full(shop: Shop) -> None:
    gopal, asha, jay, sale_id = on_the_road(shop)
    jay.taps("⚠️ Trouble")
    jay.taps("💥 Lost or damaged")
    meera = shop.owner()
    for label in ("✅ To decide", "📪 Undelivered: 1", "📪 A1", "🚚 Carrier bears it", "✅ Confirm"):
        meera.taps(label)
    shop.settles()
    asha.sees("closed without delivery. Whoever carried it bears it.", anywhere=True)
    asha.sees("Paid ₹1,240 · back in your wallet ₹1,240", anywhere=True)
    gopal.sees("Whoever carried it bears it.", anywhere=True)
    assert (earned(shop, sale_id), wallet(shop, asha)) == (rupees(0), rupees(1240))


def test_who_does_not_come_to_the_pick_up_place_is_waited_for_once_more(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id)
    settled(shop, sale_id, pickup="Asha")
    market.packed(shop, sale_id)
    for label in ("📦 Orders", "🥭 Mango", "📋 Pick list", "🚚 Hand to courier", "🙋 I deliver myself",
                  "🏠 On the way", "⚠️ Trouble", "⚠️ #A1 Asha", "🚪 Nobody there"):  # fmt: skip
        gopal.taps(label)
    gopal.sees("not handed over (🚪 Nobody there). Try again, or the co-op settles it.")
    shop.settles()
    asha.sees("not handed over (🚪 Nobody there)", anywhere=True)
    gopal.taps("🔁 Try again")
    gopal.sees("🔁 #A1: the second try. The buyer is told.")
    shop.settles()
    asha.sees("waits for you at Market hall, gate 2", anywhere=True)
    for label in ("🏠 On the way", "⚠️ Trouble", "⚠️ #A1 Asha", "🚪 Nobody there"):
        gopal.taps(label)
    meera = shop.owner()
    for label in ("✅ To decide", "📪 Undelivered: 1", "📪 A1", "🧺 Buyer bears it", "✅ Confirm"):
        meera.taps(label)
    shop.settles()
    asha.sees("Paid ₹1,200 · back in your wallet ₹960", anywhere=True)
    assert (earned(shop, sale_id), wallet(shop, asha)) == (rupees(240), rupees(960))


def test_a_farmer_who_drives_himself_says_that_the_goods_were_not_as_promised(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id)
    settled(shop, sale_id)
    market.packed(shop, sale_id)
    for label in ("📦 Orders", "🥭 Mango", "📋 Pick list", "🚚 Hand to courier", "🙋 I deliver myself",
                  "🏠 On the way", "⚠️ Trouble", "⚠️ #A1 Asha", "🥀 Not as promised"):  # fmt: skip
        gopal.taps(label)
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("📪 Undelivered: 1")
    meera.taps("📪 A1")
    meera.sees("Usual: 🌱 Farm bears it, back ₹1,240.")
    meera.taps("🌱 Farm bears it")
    meera.taps("✅ Confirm")
    shop.settles()
    asha.sees("closed without delivery. The farm bears it.", anywhere=True)
    assert (earned(shop, sale_id), wallet(shop, asha)) == (rupees(0), rupees(1240))
