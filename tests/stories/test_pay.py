"""Paying as buyers play it: deposit and balance by every way that fits, then where the goods shall go."""

from __future__ import annotations

import pytest

from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.market import harvested, packed, receipt_decided, sale, ways_to_pay


def reserved(shop: Shop, phone: Phone, sale_id: int, amount: str = "5 kg") -> None:
    """The three taps of a reservation."""
    phone.start(f"s_{sale_id}")
    phone.taps(amount)
    phone.taps("✅ Reserve")
    phone.sees("✅ Reserved")


@pytest.mark.covers("ORF18", "ORF19", "ORF10", "ORF11", "PRE04")
def test_deposit_and_balance_are_one_tap_each_and_the_address_is_asked_once(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    asha.reset_counts()
    begin = len(asha.transcript())
    asha.taps("💳 Pay deposit ₹240")
    asha.sees("✅ Paid ₹240 for A1.\n🌱 Ready about Fri 15 May\nWhere shall it go?\npaid ₹240 · owed ₹960")
    assert asha.tap_count == 1
    assert asha.buttons()[:2] == ["🚚 Deliver ₹40", "📍 Pick up at Market hall, gate 2"]
    asha.taps("🚚 Deliver ₹40")
    asha.types("12 Lake Road, Hill Town")
    asha.sees("🚚 To: 12 Lake Road, Hill Town (₹40)\npaid ₹240 · owed ₹1,000")
    harvested(shop, sale_id)
    asha.sees("is ready! Balance ₹1,000", anywhere=True)
    asha.reset_counts()
    asha.taps("💳 Pay balance ₹1,000")
    asha.sees("✅ Paid ₹1,000 for A1.\npaid ₹1,240 · owed ₹0")
    assert asha.tap_count == 1
    same_as_golden("pay", asha.transcript()[begin:])


@pytest.mark.covers("ORF18")
def test_the_messengers_own_invoice_pays_the_deposit(shop: Shop) -> None:
    ways_to_pay(shop, "messenger_invoice")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    asha.taps("💳 Pay deposit ₹240")
    bill = asha.sees("Deposit ₹240")
    assert "🥭 Alphonso, A1" in bill
    asha.taps("💳 Pay deposit ₹240")  # once more
    asha.sees_toast("The invoice is below.")
    asha.types("hello?")
    asha.sees("Press the pay button on the invoice above")
    asha.pays("fail")
    asha.pays("ok")
    asha.sees("✅ Paid ₹240 for A1.")
    asha.pays("ok")  # the same invoice again: refused before anything is charged
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.sees("paid ₹240 · owed ₹960")


def test_several_ways_are_offered_and_cash_only_for_the_balance(shop: Shop) -> None:
    ways_to_pay(shop, "messenger_invoice", "transfer", "cash", "wallet")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    asha.taps("💳 Pay deposit ₹240")
    asha.sees("💳 ₹240 for A1: how?\npaid ₹0 · owed ₹1,200")
    assert asha.buttons()[:2] == ["💳 Card in chat", "🏦 Transfer"]
    assert "👛 Wallet" not in asha.buttons()[:3]  # nothing is in it
    asha.taps("💳 Card in chat")
    asha.pays()
    asha.taps("📍 Pick up")
    asha.sees("📍 Pick up at: Market hall, gate 2")
    harvested(shop, sale_id)
    asha.taps("💳 Pay balance ₹960")
    asha.taps("💵 Cash at hand-over")
    asha.sees("💵 Agreed: ₹960 in cash at hand-over.")
    asha.sees("paid ₹240 · owed ₹960")
    asha.taps("🧾 A1")
    card = asha.sees("💵 ₹960 in cash at hand-over")
    assert "📦 Waiting for seller to ship" in card
    packed(shop, sale_id)


def test_a_transfer_is_proven_by_a_photo_that_an_operator_confirms(shop: Shop) -> None:
    ways_to_pay(shop, "transfer")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    asha.taps("💳 Pay deposit ₹240")
    asha.sees("🏦 Transfer ₹240 to:\ncoop@upi\nState Bank <b>& Sons</b>\nWrite A1 as the reason.")
    for wrong in ("done", "ok 1", "👍", "Please call me at 98765 43210 before you come"):
        asha.types(wrong)
        asha.sees("📷 Send a photo of the receipt")
    asha.sends_sticker()
    asha.sees("📷 Send a photo of the receipt")
    asha.sends_voice()
    asha.sees("📷 Send a photo of the receipt")
    asha.sends_photo("receipt")
    asha.sees("🔎 Receipt for ₹240 received.")
    asha.taps("🧾 A1")
    asha.sees("🔎 The co-op checks your receipt.")
    assert not [label for label in asha.buttons() if "Pay" in label]
    shop.later(hours=2)  # the timer stands still while the co-op looks
    receipt_decided(shop, accept=False, reason="Not there yet")
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.taps("💳 Pay deposit ₹240")
    asha.types("UPI 4711-0815")
    asha.sees("🔎 Receipt for ₹240 received.")
    receipt_decided(shop, accept=True)
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.sees("paid ₹240 · owed ₹960")
    assert "🚚 Deliver ₹40" in asha.buttons()


def test_money_that_came_back_pays_the_next_order_from_the_wallet(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox", "wallet")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    asha.taps("💳 Pay deposit ₹240")
    asha.taps("📍 Pick up")
    asha.taps("🧾 A1")
    asha.taps("❌ Cancel order")
    asha.taps("❌ Yes, cancel")
    asha.sees("👛 ₹240 is back in your wallet.")
    ways_to_pay(shop, "wallet")
    reserved(shop, asha, sale_id, "2 kg")
    asha.taps("💳 Pay deposit ₹96")
    asha.sees("✅ Paid ₹96 for A2.")
    asha.taps("👛 Wallet")
    asha.sees("👛 ₹144 in your wallet")


def test_without_any_way_to_pay_the_buyer_is_told(shop: Shop) -> None:
    ways_to_pay(shop)
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    asha.taps("💳 Pay deposit ₹240")
    asha.sees("🔧 No way to pay ₹240 is switched on yet. Please tell the co-op.")
    assert "📞 Human" in asha.buttons()


def test_a_deposit_that_no_way_to_pay_takes_is_said_to_be_that(shop: Shop) -> None:
    ways_to_pay(shop, "messenger_invoice")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id, "2 kg")
    asha.taps("💳 Pay deposit ₹96")  # the provider's least is 1.25 dollars
    asha.sees("🔧 ₹96 is too little or too much for the ways to pay that are on.")
    assert "📞 Human" in asha.buttons()


def test_a_hold_that_ran_out_charges_nothing(shop: Shop) -> None:
    ways_to_pay(shop, "messenger_invoice")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    asha.taps("💳 Pay deposit ₹240")
    shop.later(minutes=31)
    payment = asha.pays(reacts=True)
    assert payment["state"] == "refused"
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.sees("✖️ Closed")
    assert not [label for label in asha.buttons() if "Pay" in label]


def test_a_pay_button_of_an_earlier_revision_shows_the_fresh_card(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    shown = asha.newest()
    data = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _tap in range(2):
        asha.taps_stale(shown["message_id"], data, reacts=False)
    shop.settles()
    asha.sees_toast("This changed")
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.sees("paid ₹240 · owed ₹960")  # once


def test_the_address_may_be_words_or_a_shared_place_and_nothing_else(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id = sale(shop)
    asha = shop.buyer()
    reserved(shop, asha, sale_id)
    asha.taps("💳 Pay deposit")
    asha.taps("🚚 Deliver ₹40")
    asha.sees("🏠 Where shall it go?")
    asha.sends_sticker()
    asha.sees("Write street, number and place, for example:")
    asha.sends_photo()
    asha.sees("Write street, number and place, for example:")
    asha.types("12")
    asha.sees("Write street, number and place")
    asha.types("١٢")
    asha.sees("Write street, number and place")
    asha.shares_place(18.52, 73.86)
    asha.sees("🚚 To: 18.52000, 73.86000 (₹40)")


def test_another_buyers_order_cannot_be_paid_seen_or_changed(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id = sale(shop)
    asha, bela = shop.buyer("Asha"), shop.buyer("Bela")
    reserved(shop, asha, sale_id)
    reserved(shop, bela, sale_id)
    own = bela.newest()["message_id"]
    told = set()
    for action in ("border:{}:0", "bpay:{}:1", "bpayby:{}:1:sandbox", "bsend:{}:1:pickup", "bnote:{}:1", "bcancel:{}:1",
                   "bcancel2:{}:1", "btrack:{}:0", "bgot:{}:1", "bscore:{}:0:1"):  # fmt: skip
        for number in (1, 999):  # somebody else's, and none at all
            bela.taps_stale(own, action.format(number))
            told.add(bela.sees_toast())
    assert told == {"I cannot find that. It may have ended."}
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.sees("paid ₹0 · owed ₹1,200")
