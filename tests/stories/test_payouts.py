"""Money going out as people play it: a farmer withdraws, thinks better of it, an operator sends it or cannot."""

from __future__ import annotations

import pytest

from core.members.queries import member
from core.members.service import hold_role
from core.orders.fulfil import CourierStatus
from core.permissions import Role
from core.settings import service as settings
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.farming import bought, button_data, grower, on_sale, settled


def sold(shop: Shop, *, days: int = 3, cash: bool = False) -> Phone:
    """A farmer who sold 10 kg for ₹1,240 in all; the buyer has it, and `days` went by since."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    bought(shop, sale_id, "Asha", 10)
    market.harvested(shop, sale_id)
    settled(shop, sale_id, cash=cash)
    market.packed(shop, sale_id)
    market.carried(shop, sale_id, CourierStatus.ON_THE_ROAD, CourierStatus.DELIVERED)
    shop.later(hours=49)  # the buyer says nothing: it confirms itself
    if days:
        shop.later(days=days, minutes=1)
    gopal.taps("💰 Money")
    return gopal


def asked(gopal: Phone) -> None:
    gopal.taps("All ₹1,240")
    gopal.types("UPI 9876543245@bank")
    gopal.taps("✅ Confirm")


@pytest.mark.covers("PAY03", "PAY16", "PAY17")
def test_a_farmer_withdraws_in_four_taps_and_reads_the_reference(shop: Shop) -> None:
    gopal, meera = sold(shop), shop.owner()
    gopal.sees("Free ₹1,240 · held ₹0 (buyers must confirm)")
    gopal.taps("Half ₹620")
    gopal.sees("🏦 ₹620: where shall it go?")
    gopal.types("UPI 9876543245@bank")
    gopal.sees("💸 ₹620 → UPI 9876543245@bank\nleft free: ₹620")
    gopal.taps("✅ Confirm")
    gopal.sees("✅ Asked: ₹620 → UPI 9876543245@bank. Usually 1 working day.")
    gopal.sees("Nobody from us asks for your PIN.\nasked ₹620 · left ₹620")
    shop.settles()
    meera.sees("₹620 of a farm's earnings for Gopal", anywhere=True)
    meera.sees("Promised by", anywhere=True)
    meera.taps("✅ Sent")
    meera.types("UTR 77")
    meera.sees("paid out ₹620 · owed 0")
    shop.later(hours=12)
    gopal.sees("💰 ₹620 sent, ref UTR 77.\npaid ₹620 · owed 0", anywhere=True)
    gopal.reset_counts()
    gopal.taps("💰 Money")
    gopal.sees("Free ₹620")
    gopal.taps("All ₹620")
    gopal.taps("UPI ••45")
    gopal.taps("✅ Confirm")
    gopal.sees("asked ₹620 · left ₹0")
    assert gopal.tap_count == 4


def test_what_was_just_released_is_not_free_yet_and_too_much_is_offered_as_what_is(shop: Shop) -> None:
    gopal = sold(shop, days=0)
    gopal.sees("Free ₹0 · held ₹0 (buyers must confirm)")
    gopal.sees("⏳ ₹1,240 was released a short while ago and is free soon.")
    assert not [label for label in gopal.buttons() if label.startswith(("All", "Half"))]
    shop.later(days=3, minutes=1)
    gopal.taps("💰 Money")
    bought(shop, on_sale(shop, gopal, crop="guava"), "Bela", 10)
    gopal.taps("✏️ Other")
    gopal.types("abc")
    gopal.sees("Write a sum above 0, for example ₹1,240.")
    gopal.types("5000")
    gopal.sees("Only ₹1,240 is free; ₹240 waits for buyers.")
    gopal.taps("Withdraw ₹1,240")
    gopal.sees("🏦 ₹1,240: where shall it go?")


def test_a_request_is_taken_back_once_and_the_operators_card_says_so(shop: Shop) -> None:
    gopal, meera = sold(shop), shop.owner()
    asked(gopal)
    shop.settles()
    old = button_data(meera, "✅ Sent")
    confirm = button_data(gopal, "Cancel request")
    gopal.taps("Cancel request")
    gopal.sees("↩️ Cancelled: ₹1,240 is free again.\nasked 0 · left ₹1,240")
    shop.settles()
    meera.sees("↩️ taken back", anywhere=True)
    meera.taps_stale(*old)
    meera.sees_toast("This changed")
    gopal.taps_stale(*confirm)
    gopal.sees_toast("This changed")
    gopal.sees("Free ₹1,240")


def test_money_that_could_not_be_sent_is_free_again(shop: Shop) -> None:
    gopal, meera = sold(shop), shop.owner()
    asked(gopal)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹0")
    gopal.sees("⏳ Asked: ₹1,240 → UPI 9876543245@bank")
    meera.taps("❌ Not possible")
    meera.taps("No such account")
    meera.sees("₹1,240 is free for the farm again; the person is told.")
    shop.later(hours=12)
    gopal.sees("💰 ₹1,240 could not be sent (No such account); it is free again.", anywhere=True)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹1,240")


def test_a_great_withdrawal_of_a_farm_takes_two_people(shop: Shop) -> None:
    gopal, meera = sold(shop), shop.owner()
    with shop.database.writing() as session:
        settings.put(session, "two_people_above", "100000", by=None, now=shop.clock.now())
    ravi = shop.operator("Ravi")
    asked(gopal)
    shop.settles()
    meera.taps("✅ Approve")
    meera.sees("☑ Noted. One more person must confirm: Ravi.")
    shop.settles()
    ravi.sees("☑ Meera confirmed ₹1,240.", anywhere=True)
    ravi.taps("✅ Sent")
    ravi.types("UTR 5")
    ravi.sees("paid out ₹1,240 · owed 0")


def test_a_buyer_cancels_a_request_and_the_wallet_has_it_again(shop: Shop) -> None:
    market.ways_to_pay(shop, "sandbox")
    sale_id = market.sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    for label in (
        "5 kg",
        "✅ Reserve",
        "💳 Pay deposit ₹240",
        "📍 Pick up",
        "🧾 A1",
        "❌ Cancel order",
        "❌ Yes, cancel",
    ):
        asha.taps(label)
    asha.taps("👛 Wallet")
    asha.taps("Withdraw")
    asha.taps("All ₹240")
    asha.types("UPI asha@bank")
    asha.taps("✅ Confirm")
    asha.taps("👛 Wallet")
    asha.sees("⏳ Asked: ₹240 → UPI asha@bank")
    asha.taps("Cancel request")
    asha.sees("↩️ Cancelled: ₹240 is free again.")
    asha.taps("👛 Wallet")
    asha.sees("👛 ₹240 in your wallet")


def test_cash_that_was_taken_is_owed_until_the_operator_counts_it(shop: Shop) -> None:
    market.ways_to_pay(shop, "sandbox", "cash")
    gopal, meera = grower(shop), shop.owner()
    sale_id = on_sale(shop, gopal)
    bought(shop, sale_id, "Asha", 10)
    market.harvested(shop, sale_id)
    settled(shop, sale_id, cash=True)
    market.packed(shop, sale_id)
    farmer_id = market.member_id(shop, gopal)
    with shop.database.writing() as session:
        hold_role(session, member(session, farmer_id), Role.COURIER, now=shop.clock.now())
    market.carried(shop, sale_id, CourierStatus.ON_THE_ROAD)
    gopal.taps("🔁 Switch")
    market.cash_taken(shop, sale_id)
    gopal.taps("🚚 My parcels")
    gopal.sees("💵 You carry ₹1,000 in cash for the co-op.")
    meera.taps("📊 Today")
    meera.taps("💵 Cash carried")
    meera.taps("💵 ₹1,000 · Gopal")
    meera.sees("💵 Gopal carries ₹1,000 for the co-op. Count it.")
    counted = button_data(meera, "✅ Handed in")
    meera.taps("✅ Handed in")
    meera.sees("✅ Gopal handed in ₹1,000 · owed 0")
    gopal.sees("💵 ₹1,000 handed in, thank you. paid ₹1,000 · owed ₹0", anywhere=True)
    meera.taps_stale(*counted)
    meera.sees_toast("This changed")
