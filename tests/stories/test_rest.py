"""What is free of a harvest goes on sale again: by one tap on the notice, never more than there is, never twice."""

from __future__ import annotations

import pytest

from core.catalog.queries import campaign
from core.catalog.rest import free_stock
from core.members.service import actor_of
from core.orders.cancel import remove
from core.orders.fulfil import CourierStatus
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.ends import changed
from tests.stories.farming import approved, begins, bought, button_data, grower, is_offered, on_sale, settled
from tests.stories.test_final_weight import on_the_scales
from tests.stories.test_undelivered import on_the_road

REST = "♻️ Sell the rest"


def forfeited(shop: Shop, harvest: int = 10) -> tuple[Phone, Phone, int]:
    """Gopal harvested this much; Asha, who had reserved 10 kg, never paid the balance."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Asha", 10)
    market.photographed(shop, sale_id)
    shop.later(days=13)
    market.harvested(shop, sale_id, harvest)
    shop.later(hours=49)
    shop.later(hours=50)
    gopal.sees("closed, the buyer did not pay", anywhere=True)
    gopal.sees("🆓 10 kg is yours again.", anywhere=True)
    asha.sees("⛔ A1 · 10 kg: closed, the balance did not come.", anywhere=True)
    begins(shop, gopal)
    return gopal, asha, sale_id


def relisted(shop: Shop, gopal: Phone) -> int:
    """[Sell the rest], published as it stands, approved; its id."""
    gopal.taps(REST)
    gopal.taps("✅ Publish")
    gopal.sees("sent to the co-op")
    return approved(shop)


def free(shop: Shop, sale_id: int) -> int:
    with shop.database.reading() as session:
        return int(free_stock(session, campaign(session, sale_id)))


def test_the_goods_of_a_forfeited_order_are_published_in_two_taps(shop: Shop) -> None:
    gopal, _asha, sale_id = forfeited(shop)
    gopal.taps(REST)
    gopal.sees("🥭 Mango · 10 kg · ₹120/kg · ready Mon 18 May · deposit 20 %.")
    gopal.sees("♻️ The rest of a harvest: on sale for at least 2 days.")
    gopal.sees("Photo 1 of")
    assert free(shop, sale_id) == 10  # a draft takes nothing
    gopal.taps("✅ Publish")
    assert (gopal.tap_count, gopal.typed_count) == (2, 0)
    gopal.sees("✅ 🥭 Mango · 10 kg, ready Mon 18 May: sent to the co-op")
    assert free(shop, sale_id) == 0
    meera = shop.owner()
    meera.sees("🥭 Mango · 10 kg · ₹120/kg · ready Mon 18 May", anywhere=True)
    meera.sees("♻️ The rest of a harvest of Thu 14 May.", anywhere=True)
    shop.later(hours=20)  # the co-op looks on the next day
    approved(shop)
    gopal.taps("📦 Orders")
    gopal.sees("🥭 Mango · 0 of 10 kg · ready Tue 19 May · on sale")


def test_another_buyer_reserves_the_rest_and_receives_it(shop: Shop) -> None:
    gopal, _asha, sale_id = forfeited(shop)
    rest_id = relisted(shop, gopal)
    bina = shop.buyer("Bina")
    bina.start(f"s_{rest_id}")
    bina.sees("🧺 Harvested Thu 14 May · deposit 20 %")
    bina.taps("✏️ Other")
    bina.types("10")
    bina.taps("✅ Reserve")
    bina.taps("💳 Pay deposit ₹240")
    bina.sees("paid ₹240 · owed ₹960")
    shop.later(days=3)
    gopal.sees("🌾 Is 🥭 Mango ready? 10 kg reserved.", anywhere=True)
    gopal.taps("✅ Ready")
    gopal.taps("All 10 kg")
    gopal.taps("📣 Tell them")
    shop.settles()
    bina.sees("A2 · 10 kg: 🥭 Mango is ready! Balance ₹960", anywhere=True)
    settled(shop, rest_id)
    market.packed(shop, rest_id)
    bina.sees("packed, lot 26E14-", anywhere=True)  # harvested with the rest of it, whenever it was sold
    market.carried(shop, rest_id, CourierStatus.DELIVERED)
    bina.taps("✅ Received")
    bina.sees("A2 received")
    shop.settles()
    gopal.sees("A2 · 10 kg: received by the buyer", anywhere=True)
    assert free(shop, sale_id) == 0


def test_pressed_twice_it_is_one_draft_and_once_published_nothing_is_free(shop: Shop) -> None:
    gopal, _asha, sale_id = forfeited(shop)
    at, data = button_data(gopal, REST)
    gopal.taps(REST)
    gopal.taps_stale(at, data)
    gopal.sees("🥭 Mango · 10 kg")
    gopal.taps("✅ Publish")
    gopal.sees("sent to the co-op")
    gopal.taps_stale(at, data)
    gopal.sees_toast("No whole pack of this harvest is free now: it is ordered, or on sale again.")
    gopal.taps("📦 Orders")
    gopal.sees("📦 2 sales")
    assert free(shop, sale_id) == 0


def test_a_rest_that_nobody_takes_is_told_and_can_be_sold_again(shop: Shop) -> None:
    gopal, _asha, sale_id = forfeited(shop)
    relisted(shop, gopal)
    assert free(shop, sale_id) == 0
    shop.later(days=2)
    shop.later(hours=5)
    gopal.sees("🙏 🥭 Mango: nobody took the rest of the harvest. 10 kg is free.", anywhere=True)
    assert free(shop, sale_id) == 10
    gopal.taps(REST)
    gopal.sees("🆓 Free: 10 kg")
    gopal.taps("✏️ Price")
    gopal.taps("✏️ Other")
    gopal.types("80")
    gopal.sees("🥭 Mango · 10 kg · ₹80/kg")
    gopal.taps("✅ Publish")
    gopal.sees("sent to the co-op")


def test_more_than_is_free_is_refused_with_an_example_and_the_draft_is_kept(shop: Shop) -> None:
    gopal, _asha, sale_id = forfeited(shop, harvest=40)
    gopal.taps(REST)
    gopal.sees("🥭 Mango · 40 kg")
    gopal.taps("✏️ Quantity")
    gopal.sees("40 kg of the harvest is free. How much do you sell?")
    gopal.taps("✏️ Other")
    gopal.types("50")
    gopal.sees("Quantity: 50 kg is too much, 40 kg of this harvest is free. Example: 40 kg")
    gopal.types("15")
    gopal.sees("🥭 Mango · 15 kg")
    gopal.types("15 kg, 90/kg")
    gopal.sees("🥭 Mango · 15 kg · ₹90/kg")
    gopal.taps("✅ Publish")
    gopal.sees("🥭 Mango · 15 kg")
    approved(shop)
    assert free(shop, sale_id) == 25
    gopal.taps("📦 Orders")
    gopal.sees("🥭 Mango · 0 of 15 kg · ready Mon 18 May · on sale")
    at, data = gopal.newest()["message_id"], f"fsale:{sale_id}:0"
    gopal.taps_stale(at, data)
    gopal.sees("🆓 Free: 25 kg")
    gopal.taps(REST)  # what is left of the rest
    gopal.sees("🥭 Mango · 25 kg")


def test_what_was_harvested_beyond_all_orders_is_sold_from_the_sales_card(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id, 60)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.sees("🆓 Free: 50 kg")
    gopal.taps(REST)
    gopal.sees("🥭 Mango · 50 kg")
    gopal.taps("✅ Publish")
    gopal.taps("↩️ Undo")
    gopal.sees("Taken back")
    assert free(shop, sale_id) == 50
    gopal.taps("✅ Publish")
    gopal.sees("sent to the co-op")
    assert free(shop, sale_id) == 0


@pytest.mark.parametrize("how", [("❌ Lost", "🌧 Rain"), ("🚫 Cancel sale", "🤒 I cannot deliver")])
def test_when_a_harvested_sale_ends_nobody_reserves_its_rest_until_the_farmer_has_said_what_becomes_of_it(
    shop: Shop, how: tuple[str, str]
) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id, 60)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    rest_id = relisted(shop, gopal)
    shop.settles()
    begins(shop, gopal)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango · 10 kg")
    for label in (*how, "📣 Tell them"):
        gopal.taps(label)
    gopal.sees("⏸ 1 sale of the rest of this harvest takes no reservations now: what becomes of it?")
    shop.settles()
    asha.sees("back in your wallet ₹240", anywhere=True)
    bina = shop.buyer("Bina")
    bina.start(f"s_{rest_id}")
    assert not is_offered(bina, "✏️ Other")
    gopal.taps("🥭 Mango · 0 kg")
    gopal.taps("▶ Resume")
    bina.start(f"s_{rest_id}")
    bina.taps("✏️ Other")


def test_an_order_settled_undelivered_offers_its_goods_again(shop: Shop) -> None:
    gopal, _asha, jay, _sale = on_the_road(shop)
    jay.taps("⚠️ Trouble")
    jay.taps("🙅 Refused")
    meera = shop.owner()
    for label in ("✅ To decide", "📪 Undelivered: 1", "📪 A1", "🧺 Buyer bears it", "✅ Confirm"):
        meera.taps(label)
    shop.settles()
    gopal.sees("🆓 10 kg is yours again.", anywhere=True)
    gopal.taps(REST)
    gopal.sees("🥭 Mango · 200 kg")


def test_goods_whose_weight_was_refused_are_offered_again(shop: Shop) -> None:
    gopal, (asha,) = on_the_scales(shop, 2)
    gopal.types("2500")
    shop.settles()
    asha.taps("Refuse: full refund")
    asha.taps("❌ Yes, refund all")
    shop.settles()
    gopal.sees("🆓 2.5 kg is yours again.", anywhere=True)
    begins(shop, gopal)
    gopal.taps(REST)
    gopal.sees("🥭 Mango · 200 kg")
    gopal.taps("✅ Publish")
    gopal.sees("sent to the co-op")


def test_a_removed_sale_offers_no_rest_and_its_draft_is_not_published(shop: Shop) -> None:
    gopal, _asha, sale_id = forfeited(shop)
    gopal.taps(REST)
    gopal.sees("🥭 Mango · 10 kg")
    staff_id = market.operator_id(shop)
    with shop.database.writing() as session:
        remove(session, actor_of(session, staff_id), campaign(session, sale_id), "Illegal", now=shop.clock.now())
    shop.settles()
    gopal.taps_stale(*button_data(gopal, "✅ Publish"))
    gopal.sees_toast("No whole pack of this harvest is free now")
    gopal.taps_stale(*button_data(gopal, REST))
    gopal.sees_toast("This changed")
    gopal.sees("removed by the co-op")


def test_less_than_a_pack_is_not_offered(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    changed(shop, sale_id, pack=5)
    bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id, 14)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.sees("🆓 Free: 4 kg")
    assert not is_offered(gopal, REST)
