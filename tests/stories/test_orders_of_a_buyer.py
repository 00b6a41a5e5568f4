"""A buyer's orders as they are seen: card, statuses, notes, cancelling, tracking, receiving, the wallet."""

from __future__ import annotations

import pytest

from core.orders.fulfil import CourierStatus
from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.market import carried, farm, harvested, packed, sale, stepped, ways_to_pay

STEPS_AHEAD = [
    "🌱 Ready about Fri 15 May", "🧺 Picked", "🧼 Processed", "📐 Sorted", "🏬 Stocked", "📦 Packed", "🚚 On the road",
    "🏠 Delivered",
]  # fmt: skip


def bought(shop: Shop, phone: Phone, sale_id: int, amount: str = "5 kg", to: str = "📍 Pick up") -> None:
    """Reserved, the deposit paid with play money, and the way chosen."""
    ways_to_pay(shop, "sandbox")
    phone.start(f"s_{sale_id}")
    phone.taps(amount)
    phone.taps("✅ Reserve")
    phone.taps("💳 Pay deposit")
    phone.taps(to)
    if to.startswith("🚚"):
        phone.types("12 Lake Road, Hill Town")


def card(phone: Phone, number: str = "A1") -> str:
    """The order's card, opened from the list."""
    phone.taps("🧺 My orders")
    phone.taps(f"🥭 {number}")
    return phone.sees(f"🧾 {number}")


@pytest.mark.covers("ORF02", "ORF03", "ORF04", "ORF05", "ORF06", "ORF07", "ORF08", "ORF09", "ORF10", "ORF11")
def test_the_card_shows_every_field_of_an_order(shop: Shop) -> None:
    gopal = farm(shop, seller="Gopal <b>", store="Sons & Farm")
    sale_id = sale(shop, gopal)
    asha = shop.buyer()
    bought(shop, asha, sale_id, to="🚚 Deliver")
    shown = card(asha)
    for field in (
        "🧾 A1", "🕒 Ordered Fri 1 May 11:00 am", "🧑‍🌾 Gopal <b> · Sons & Farm", "🥭 Alphonso", "Grade: A & B <large>",
        "⚖️ 5 kg × ₹240 = ₹1,200", "🚚 To: 12 Lake Road, Hill Town (₹40)", "paid ₹240 · owed ₹1,000",
    ):  # fmt: skip
        assert field in shown


@pytest.mark.covers("ORF14", "ORF15", "ORF16", "ORF17", "ORF18", "ORF19", "ORF20", "PRE04")
def test_an_order_goes_through_the_four_statuses_with_one_tap_each(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.taps("5 kg")
    asha.taps("✅ Reserve")
    assert "⏳ Waiting for buyer to pay" in card(asha)
    asha.taps("💳 Pay deposit ₹240")
    asha.taps("🚚 Deliver ₹40")
    asha.types("12 Lake Road, Hill Town")
    assert "📦 Waiting for seller to ship (🌱 growing; ready about Fri 15 May)" in card(asha)
    shop.later(days=14)
    harvested(shop, sale_id)
    assert "⏳ Waiting for buyer to pay" in card(asha)
    asha.taps("💳 Pay balance ₹1,000")
    assert "📦 Waiting for seller to ship" in card(asha)
    packed(shop, sale_id)
    carried(shop, sale_id, CourierStatus.ON_THE_ROAD)
    assert "🚚 Shipped" in card(asha)
    carried(shop, sale_id, CourierStatus.DELIVERED)
    asha.sees("delivered. All good?", anywhere=True)
    asha.reset_counts()
    asha.taps("✅ Received")
    asha.sees("✅ A1 received. Thank you!\nHow was it?\npaid ₹1,240 · owed ₹0")
    assert asha.tap_count == 1
    assert "✅ Transaction successful" in card(asha)


def test_a_second_tap_on_received_does_nothing_more(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    bought(shop, asha, sale_id, to="🚚 Deliver")
    shown = asha.newest()
    asha.taps_stale(shown["message_id"], "bgot:1:3")  # nothing was delivered yet
    asha.sees_toast("not been delivered yet")
    harvested(shop, sale_id)
    card(asha)
    asha.taps("💳 Pay balance")
    packed(shop, sale_id)
    carried(shop, sale_id, CourierStatus.DELIVERED)
    card(asha)
    shown = asha.newest()
    data = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _tap in range(2):
        asha.taps_stale(shown["message_id"], data, reacts=False)
    shop.settles()
    asha.sees_toast("This changed")
    assert "✅ Transaction successful" in card(asha)


@pytest.mark.covers("PRE06", "PRE07", "PRE08", "PRE09", "PRE10", "PRE11")
def test_track_shows_the_steps_and_the_way_on_one_timeline(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    bought(shop, asha, sale_id, to="🚚 Deliver")
    asha.reset_counts()
    begin = len(asha.transcript())
    asha.taps("📍 Track")
    assert asha.tap_count == 1
    ahead = asha.sees("📍 A1 · 🥭 Alphonso · 5 kg")
    assert [line[2:] for line in ahead.splitlines() if line.startswith("▢")] == STEPS_AHEAD
    shop.later(days=14)
    harvested(shop, sale_id)
    stepped(shop, sale_id, "picked", "processed")
    card(asha)
    asha.taps("💳 Pay balance")
    asha.taps("📍 Track")
    asha.sees("☑ 🌾 Harvested · Fri 15 May 11:00 am · lot 26E15-0001")
    assert "☑ 🧼 Processed · Fri 15 May 11:00 am\n▢ 📐 Sorted" in asha.screen()
    stepped(shop, sale_id, "sorted", "stocked")
    packed(shop, sale_id)
    carried(shop, sale_id, CourierStatus.ON_THE_ROAD)
    asha.taps("🔄 Again")
    assert "☑ 📦 Packed" in asha.sees("☑ 🚚 On the road · Fri 15 May 11:00 am\n▢ 🏠 Delivered")
    carried(shop, sale_id, CourierStatus.DELIVERED)
    card(asha)
    asha.taps("📍 Track")
    asha.sees("☑ 🏠 Delivered")
    assert "✅ Received" in asha.buttons()
    same_as_golden("track", asha.transcript()[begin:])


@pytest.mark.covers("ORF21")
def test_cancelling_shows_the_sums_first_and_pays_back_to_the_wallet(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    bought(shop, asha, sale_id)
    card(asha)
    asha.taps("❌ Cancel order")
    asha.sees(
        "❌ Cancel A1, 5 kg?\nFree until Tue 12 May.\n₹240 goes back to your wallet at once.\npaid ₹240 · owed ₹960"
    )
    asha.taps("↩️ Keep it")
    asha.sees("📦 Waiting for seller to ship")
    asha.taps("❌ Cancel order")
    shown = asha.newest()
    data = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _tap in range(2):
        asha.taps_stale(shown["message_id"], data, reacts=False)
    shop.settles()
    asha.sees_toast("This changed")
    assert "✖️ Closed" in card(asha)
    asha.sees("paid ₹240 · owed ₹0 · ₹240 back on Fri 1 May")
    asha.taps("👛 Wallet")
    asha.sees("👛 ₹240 in your wallet")
    asha.start(f"s_{sale_id}")
    asha.sees("⚖️ 200 kg of 200 kg left")  # it is free again


@pytest.mark.covers("ORF21")
def test_an_unpaid_order_is_cancelled_and_a_late_one_costs_its_deposit(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    ways_to_pay(shop, "sandbox")
    asha.start(f"s_{sale_id}")
    asha.taps("1 kg")
    asha.taps("✅ Reserve")
    asha.taps("❌ Cancel order")
    asha.sees("Nothing was paid yet.")
    asha.taps("❌ Yes, cancel")
    asha.sees("✖️ A1 is cancelled.")
    bought(shop, asha, sale_id)
    shop.later(days=13)
    card(asha, "A2")
    asha.taps("❌ Cancel order")
    asha.sees("Cancelling was free until Tue 12 May; the farmer counts on you.")
    asha.taps("❌ Yes, cancel")
    asha.sees("✖️ A2 is cancelled.\n🤝 ₹240 is kept unless the waiting list takes your share")
    assert "✖️ Closed" in card(asha, "A2")


def test_a_note_reaches_the_order_and_bad_ones_are_refused(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.taps("1 kg")
    asha.taps("✅ Reserve")
    asha.taps("📝 Note to farmer")
    asha.sees("what should the farmer know?")
    asha.sends_sticker()
    asha.sees("Write your wish to the farmer, for example: Please pick them green.")
    asha.types("x" * 501)
    asha.sees("A note can have 500 characters, yours has 501.")
    asha.types("Please <b>green</b> & small")
    asha.sees("📝 Please <b>green</b> & small")


def test_a_short_crop_shows_what_was_asked_and_what_is_given(shop: Shop) -> None:
    sale_id = sale(shop, quantity=5)
    asha = shop.buyer()
    bought(shop, asha, sale_id)
    harvested(shop, sale_id, quantity=3)
    assert "⚖️ 3 kg of 5 kg × ₹240 = ₹720" in card(asha)
    asha.sees("paid ₹144 · owed ₹576 · ₹96 back on Fri 1 May")
    asha.taps("💳 Pay balance ₹576")
    asha.sees("paid ₹720 · owed ₹0")


def test_the_list_has_pages_and_a_newcomer_an_invitation(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.taps("🧺 My orders")
    asha.sees("🧺 0 orders.")
    for _order in range(6):
        asha.start(f"s_{sale_id}")
        asha.taps("1 kg")
        asha.taps("✅ Reserve")
        asha.taps("💳 Pay deposit")
    asha.taps("🧺 My orders")
    assert "A1 ·" not in asha.sees("🥭 A6 · 1 kg · ₹240")
    asha.taps("▶ Older")
    asha.sees("🥭 A1 · 1 kg · ₹240")
    asha.types("1")
    asha.sees("🧾 A1")


def refunded(shop: Shop, phone: Phone) -> None:
    """₹240 in the wallet, from a cancelled order."""
    bought(shop, phone, sale(shop))
    card(phone)
    phone.taps("❌ Cancel order")
    phone.taps("❌ Yes, cancel")
    phone.taps("👛 Wallet")


def test_amounts_and_accounts_that_make_no_sense_are_not_withdrawn(shop: Shop) -> None:
    asha = shop.buyer()
    asha.taps("👛 Wallet")
    asha.sees("👛 ₹0 in your wallet")
    assert "Withdraw" not in asha.buttons()
    refunded(shop, asha)
    asha.taps("Withdraw")
    asha.taps("✏️ Other")
    for wrong in ("much", "-5", "1e2"):
        asha.types(wrong)
        asha.sees("xample")
    asha.types("241")
    asha.sees("Your wallet holds ₹240, that is less than ₹241.")
    asha.sends_sticker()
    asha.sees("Write the amount to withdraw, for example: 500")
    asha.types("१००")
    asha.sees("🏦 ₹100: where shall it go?")
    asha.types("x")
    asha.sees("Where shall it go? Write it, for example")


def test_the_wallet_is_paid_out_on_request_once(shop: Shop) -> None:
    asha = shop.buyer()
    refunded(shop, asha)
    asha.sees("➕ ₹240 · A1")
    asha.taps("Withdraw")
    asha.types("100")
    asha.sees("Nobody from us asks for your PIN.")
    asha.types("UPI asha@bank <b>")
    asha.sees("💸 ₹100 → UPI asha@bank <b>\nleft in your wallet: ₹140")
    shown = asha.newest()
    data = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _tap in range(2):
        asha.taps_stale(shown["message_id"], data, reacts=False)
    shop.settles()
    asha.taps("👛 Wallet")
    asha.sees("👛 ₹140 in your wallet")
    asha.taps("Withdraw")
    asha.taps("All ₹140")
    asha.types("UPI asha@bank")
    asha.taps("✅ Confirm")
    asha.sees("✅ Asked: ₹140 → UPI asha@bank. Usually 1 working day.")
