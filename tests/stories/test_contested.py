"""Money that would leave twice: a bank takes the deposit of an order that ends; a farm owes a refund; two rule."""

from __future__ import annotations

import pytest

from core.settings import service as settings
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import bought, grower, is_offered, on_sale
from tests.stories.test_cases import complains, delivered, in_dispute, in_wallet
from tests.stories.test_hand_over_order import given


def charged_back(shop: Shop, meera: Phone, charge: str) -> None:
    """Meera enters that the provider took the whole charge of A1 back."""
    for label in ("✅ To decide", "⚖️ All cases", "💳 Chargeback"):
        meera.taps(label)
    meera.types("A1")
    meera.taps(f"sandbox {charge}")
    meera.taps(f"All {charge}")
    meera.taps("✅ Confirm")
    meera.sees("✅ Booked. Both sides are told.")
    shop.settles()


def ended(shop: Shop, meera: Phone, how: str) -> None:
    for label in ("✅ To decide", "⚖️ All cases", "1 · A1", how, "✅ Confirm"):
        meera.taps(label)
    shop.settles()


def cancels(asha: Phone) -> None:
    asha.types("🧺 My orders")
    asha.taps("🥭 A1")
    asha.taps("❌ Cancel order")


@pytest.mark.parametrize(("how", "wallet"), [("✅ Won", "₹48 in your wallet"), ("❌ Lost", "₹0 in your wallet")])
def test_a_cancelled_orders_refund_waits_for_the_bank(shop: Shop, how: str, wallet: str) -> None:
    meera, gopal = shop.owner(), grower(shop)
    asha = bought(shop, on_sale(shop, gopal), "Asha", 2)
    charged_back(shop, meera, "₹48")
    cancels(asha)
    asha.sees("₹48 goes back to your wallet at once.")
    asha.sees("⏳ ₹48 of it waits: the payment provider took as much back.")
    asha.taps("❌ Yes, cancel")
    shop.settles()
    asha.sees("✖️ A1 is cancelled.", anywhere=True)
    asha.sees_not("₹48 is back in your wallet")
    asha.sees("⏳ ₹48 of your refund waits: the payment provider took as much back.", anywhere=True)
    in_wallet(asha, "₹0 in your wallet")
    ended(shop, meera, how)
    in_wallet(asha, wallet)


def test_who_handed_an_order_on_hears_that_the_bank_took_back_what_was_paid_for_it(shop: Shop) -> None:
    meera = shop.owner()
    _gopal, asha, payload = given(shop)
    binu = shop.buyer("Binu")
    binu.start(payload)
    binu.taps("✅ Take it over")
    charged_back(shop, meera, "₹120")
    told = "💳 ₹120 that you paid for A1 were taken back by the payment provider: "
    asha.sees(told + "💳 charged back, waits", anywhere=True)
    binu.sees("provider.\nWhoever had this order before had paid them.", anywhere=True)
    binu.sees_not("that you paid for A1")
    ended(shop, meera, "✅ Won")
    asha.sees(told + "✅ chargeback won", anywhere=True)


def test_a_refund_that_was_paid_before_is_set_aside_out_of_the_wallet(shop: Shop) -> None:
    meera, gopal = shop.owner(), grower(shop)
    asha = bought(shop, on_sale(shop, gopal), "Asha", 2)
    cancels(asha)
    asha.taps("❌ Yes, cancel")
    asha.sees("👛 ₹48 is back in your wallet.")
    charged_back(shop, meera, "₹48")
    meera.sees("⏳ ₹48 of the refund waits until that is decided.", anywhere=True)
    asha.sees("⏳ ₹48 of the refund waits until that is decided.", anywhere=True)
    in_wallet(asha, "₹0 in your wallet")
    ended(shop, meera, "✅ Won")
    asha.sees("👛 ₹48 that waited is back in the wallet.", anywhere=True)
    in_wallet(asha, "₹48 in your wallet")


def test_a_farm_that_owes_for_a_refund_pays_it_with_what_it_earns_next(shop: Shop) -> None:
    gopal, (asha, binu) = delivered(shop, "Asha", "Binu")
    asha.taps("✅ Received")
    shop.settles()
    gopal.taps("💰 Money")
    gopal.taps("All ₹280")
    gopal.types("UPI 9876543245@bank")
    gopal.taps("✅ Confirm")
    asha.types("🧺 My orders")
    asha.taps("🥭 A1")
    complains(shop, asha, "Refund all")
    gopal.taps("Accept ₹280")
    gopal.sees("The co-op paid ₹280: the farm owes it; its next earnings pay it.")
    gopal.taps("💰 Money")
    gopal.sees("🧾 The farm owes the co-op ₹280 for refunds; what it earns next pays that.")
    binu.taps("✅ Received")
    shop.settles()
    gopal.sees("🧾 ₹280 of what came in paid what the farm owes for case 1. Still owed: ₹0", anywhere=True)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹0")


def test_a_great_ruling_takes_two_people_who_say_the_same(shop: Shop) -> None:
    meera, ravi = shop.owner(), shop.operator("Ravi")
    with shop.database.writing() as session:
        settings.put(session, "two_people_above", "10000", by=None, now=shop.clock.now())
    _gopal, asha = in_dispute(shop)
    meera.taps("Refund 50 %")
    meera.sees("👥 Two people must confirm this.")
    meera.taps("✅ Confirm")
    meera.sees("☑ Noted. One more person must confirm: Ravi.")
    shop.settles()
    asha.sees_not("⚖️ ₹140 goes back")
    ravi.sees("☑ Meera confirmed: ₹140 goes back, the farmer bears it. One more person must confirm.", anywhere=True)
    meera.taps("Refund 50 %")
    meera.taps("✅ Confirm")
    meera.sees_toast("One more person must confirm: Ravi")
    ravi.taps("Refund 50 %")
    ravi.taps("✅ Confirm")
    ravi.sees("✅ Decided. Both sides are told.")
    shop.settles()
    asha.sees("⚖️ ₹140 goes back; the farmer bears it.", anywhere=True)
    shop.later(hours=25)
    in_wallet(asha, "₹140")


def test_a_pushed_case_edits_itself_when_a_colleague_rules(shop: Shop) -> None:
    meera, ravi = shop.owner(), shop.operator("Ravi")
    in_dispute(shop)
    assert is_offered(ravi, "Refund 50 %")
    count = len(ravi.window.bot_messages())
    meera.taps("Refund 50 %")
    meera.taps("✅ Confirm")
    shop.settles()
    ravi.sees("⚖️ decided", anywhere=True)
    assert not is_offered(ravi, "Refund 50 %")
    assert len(ravi.window.bot_messages()) == count


def test_who_sends_money_out_is_warned_of_a_chargeback(shop: Shop) -> None:
    meera, gopal = shop.owner(), grower(shop)
    asha = bought(shop, on_sale(shop, gopal), "Asha", 2)
    cancels(asha)
    asha.taps("❌ Yes, cancel")
    asha.types("👛 Wallet")
    asha.taps("Withdraw")
    asha.taps("Half ₹24")
    asha.types("UPI asha@bank")
    asha.taps("✅ Confirm")
    shop.settles()
    for label in ("✅ To decide", "⚖️ All cases", "💳 Chargeback"):
        meera.taps(label)
    meera.types("A1")
    meera.taps("sandbox ₹48")
    meera.taps("All ₹48")
    meera.sees("⏳ ₹24 that went back before is set aside out of the buyer's wallet.")
    meera.taps("✅ Confirm")
    meera.sees("⏳ ₹24 of the refund waits until that is decided.")
    meera.taps("✅ To decide")
    meera.taps("💸 Payouts: 1")
    meera.sees("⚠️ The payment provider took ₹48 back from this person: look at ⚖️ All cases first.")
