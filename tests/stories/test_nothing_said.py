"""What happens when nobody does anything: goods in hand count as received, an order without a deposit is reserved."""

from __future__ import annotations

from core.settings import service as settings
from tests.kit.shop import Shop
from tests.stories.ends import ruled
from tests.stories.farming import grower, on_sale
from tests.stories.test_undelivered import on_the_road


def test_no_word_after_the_delivery_closes_the_order_and_the_farmer_has_his_money(shop: Shop) -> None:
    gopal, asha, jay, _sale = on_the_road(shop)
    jay.taps("🏠 Delivered")
    shop.settles()
    asha.sees("A1 · 10 kg: delivered. All good?", anywhere=True)
    shop.later(hours=8)
    asha.sees("🙂 A1 · 10 kg: how was it?", anywhere=True)
    shop.later(hours=17)
    asha.sees("🕒 A1 · 10 kg: closes tomorrow by itself. All good?", anywhere=True)
    shop.later(hours=22)
    asha.sees_not("closed as received")
    shop.later(hours=2)
    asha.sees("✅ A1 · 10 kg: closed as received. How was it?", anywhere=True)
    shop.later(hours=12)  # nobody is woken for it
    gopal.sees("💰 A1 · 10 kg: received by the buyer. ₹1,200 is yours, free after 3 d.", anywhere=True)
    gopal.sees("Paid ₹1,240: the rest is the delivery.", anywhere=True)
    asha.taps("👍 Good")
    asha.sees("👍")


def test_the_farmer_reads_of_the_co_ops_fee_where_there_is_one(shop: Shop) -> None:
    with shop.database.writing() as session:
        settings.put(session, "platform_fee_percent", "5", by=None, now=shop.clock.now())
    gopal, asha, jay, _sale = on_the_road(shop)
    jay.taps("🏠 Delivered")
    shop.settles()
    asha.taps("✅ Received")
    shop.later(hours=12)
    gopal.sees("Paid ₹1,240: the rest is delivery and the co-op's fee.", anywhere=True)


def test_a_problem_told_in_time_stops_the_clock(shop: Shop) -> None:
    _gopal, asha, jay, _sale = on_the_road(shop)
    jay.taps("🏠 Delivered")
    shop.settles()
    shop.later(hours=25)
    asha.taps("⚠️ Problem")
    asha.taps("Spoiled")
    asha.sends_photo("mango")
    asha.taps("Refund part")
    shop.later(hours=30)
    asha.sees_not("closed as received")
    asha.types("/orders")
    asha.taps("🥭 A1")
    assert "⚖️ Case 1" in asha.buttons()


def test_a_sale_without_a_deposit_is_reserved_with_one_confirm(shop: Shop) -> None:
    ruled(shop, deposit_least=0, deposit_usual=0)
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.taps("5 kg")
    asha.taps("✅ Reserve")
    asha.sees("Reserved A1")
    assert not any("Pay deposit" in label for label in asha.buttons())
    shop.later(hours=2)  # no hold that could run out
    asha.types("/orders")
    asha.sees("A1 · 5 kg")
