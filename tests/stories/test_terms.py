"""After the harvest a farmer asks for a higher price, or offers other goods: taken, refused, and without a word."""

from __future__ import annotations

import pytest

from core.orders.fulfil import CourierStatus
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.ends import rupees, wallet
from tests.stories.farming import bought, button_data, grower, is_offered, on_sale, settled


def harvested(shop: Shop, *names: str) -> tuple[Phone, list[Phone]]:
    """Gopal's mangoes are in; each of these ordered 2 kg at ₹120 and has paid ₹48; he looks at his sale."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    buyers = [bought(shop, sale_id, name, 2) for name in names]
    shop.later(days=13)
    for label in ("📦 Orders", "🥭 Mango", "✅ Ready", "All 200 kg", "📣 Tell them"):
        gopal.taps(label)
    shop.settles()
    sees_sale(gopal)
    return gopal, buyers


def sees_sale(gopal: Phone) -> None:
    """The card of the sale."""
    for label in ("📦 Orders", "🥭 Mango"):
        gopal.taps(label)


def asks_price(shop: Shop, gopal: Phone) -> None:
    """₹150 instead of ₹120."""
    for label in ("🔁 Other terms", "💲 Higher price"):
        gopal.taps(label)
    gopal.types("150")
    gopal.taps("📣 Ask them")
    shop.settles()


def asks_goods(shop: Shop, gopal: Phone) -> None:
    """Grade B at ₹20 a kilo."""
    for label in ("🔁 Other terms", "🔄 Other goods"):
        gopal.taps(label)
    gopal.types("Mangoes of grade B")
    gopal.types("20")
    gopal.taps("📣 Ask them")
    shop.settles()


def test_a_higher_price_is_asked_with_its_numbers(shop: Shop) -> None:
    gopal, (_asha, binu) = harvested(shop, "Asha", "Binu")
    binu.taps("💳 Pay balance ₹192")
    gopal.taps("🔁 Other terms")
    gopal.sees("🔁 🥭 Mango: what shall differ? 1 buyer who paid only the deposit may accept")
    gopal.taps("💲 Higher price")
    gopal.sees("💲 Agreed: ₹120/kg. What shall one kg cost? Write for example: ₹144 (at most ₹240)")
    gopal.types("150")
    gopal.sees("₹120/kg → ₹150/kg")
    gopal.sees("👥 1 buyer is asked, until")
    gopal.sees("Who says nothing pays the agreed price.")
    gopal.sees("1 other order stays as it is: paid, late or asked before.")
    gopal.sees("If all accept: paid ₹48 · owed ₹252")
    at, data = button_data(gopal, "📣 Ask them")
    gopal.taps("📣 Ask them")
    gopal.sees("☑ 1 buyer is asked, until")
    gopal.taps_stale(at, data)
    gopal.sees_toast("This changed")
    gopal.sees("🔁 Asked: ₹150/kg")
    gopal.sees("🤔 1 buyer still thinks, until")
    gopal.taps("🔁 Other terms")
    gopal.sees("Taken back, who still thinks owes what was agreed")
    assert gopal.buttons()[:2] == ["↩️ Take back", "⬅️ Back"]
    shop.settles()
    assert not any("higher price" in screen for screen in binu.screens())


def test_a_higher_price_is_taken_and_paid(shop: Shop) -> None:
    gopal, (asha,) = harvested(shop, "Asha")
    asks_price(shop, gopal)
    asha.sees("💲 A1: the farmer asks for a higher price.", anywhere=True)
    asha.sees("₹120/kg → ₹150/kg: total ₹240 → ₹300", anywhere=True)
    asha.sees("If you accept, ₹252 is left to pay.", anywhere=True)
    asha.sees("the agreed price stays.", anywhere=True)
    asha.sees("Paid ₹48 · owed ₹192", anywhere=True)
    at, data = button_data(asha, "Accept")
    asha.taps("Accept")
    asha.sees("⚖️ 2 kg × ₹150 = ₹300")
    asha.sees("⏰ Pay ₹252 by")
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    asha.taps("💳 Pay balance ₹252")
    asha.sees("paid ₹300 · owed ₹0")
    shop.settles()
    gopal.sees("🔁 🥭 Mango: no more answers to wait for.", anywhere=True)
    gopal.sees("✅ 1 accepted · ↩️ 0 refused · 🔕 0 silent, at the agreed price", anywhere=True)


@pytest.mark.covers("ORF12")
def test_a_higher_price_is_refused_and_everything_goes_back(shop: Shop) -> None:
    gopal, (asha,) = harvested(shop, "Asha")
    asks_price(shop, gopal)
    asha.taps("Refuse: full refund")
    asha.sees("❌ Refuse A1, 2 kg? ₹48 goes back to your wallet at once.")
    asha.taps("↩️ Keep it")
    asha.sees("💲 A1: the farmer asks for a higher price.")
    asha.taps("Refuse: full refund")
    asha.taps("❌ Yes, refund all")
    asha.sees("✖️ A1 is closed. 👛 ₹48 is back in your wallet.")
    shop.settles()
    gopal.sees("↩️ A1 · 2 kg: the buyer did not take it and has everything back.", anywhere=True)
    gopal.sees("🆓 2 kg is yours again.", anywhere=True)
    sees_sale(gopal)
    gopal.sees("✅ 0 accepted · ↩️ 1 refused · 🔕 0 silent")
    assert wallet(shop, asha) == rupees(48)


def test_silence_to_a_higher_price_keeps_the_agreed_one(shop: Shop) -> None:
    gopal, (asha,) = harvested(shop, "Asha")
    asks_price(shop, gopal)
    asha.types("/orders")
    asha.taps("A1")
    asha.sees("💲 A1: the farmer asks for a higher price.")
    assert "💳 Pay balance ₹192" not in asha.buttons()
    assert {"Accept", "Refuse: full refund"} <= set(asha.buttons())
    shop.later(hours=25)
    asha.sees("Balance ₹192 by", anywhere=True)
    asha.taps("💳 Pay balance ₹192")
    asha.sees("paid ₹240 · owed ₹0")
    sees_sale(gopal)
    gopal.sees("✅ 0 accepted · ↩️ 0 refused · 🔕 1 silent, at the agreed price")


def test_other_goods_are_taken_and_stand_on_the_pick_list(shop: Shop) -> None:
    gopal, (asha,) = harvested(shop, "Asha")
    gopal.taps("🔁 Other terms")
    gopal.taps("🔄 Other goods")
    gopal.sees("🔄 What do the buyers get instead of 🥭 Mango?")
    gopal.types("Mangoes of grade B")
    gopal.sees("Mangoes of grade B: what does one kg cost? Agreed was ₹120/kg.")
    gopal.taps("Same price")
    gopal.sees("₹120/kg → ₹120/kg")
    gopal.types("20")
    gopal.sees("🔄 🥭 Mango → Mangoes of grade B")
    gopal.sees("Who says nothing has everything back: nobody agreed to get these goods.")
    gopal.sees("If all accept: paid ₹48 · owed ₹0")
    gopal.taps("📣 Ask them")
    shop.settles()
    asha.sees("🔄 A1: instead of 🥭 Mango the farmer offers: Mangoes of grade B", anywhere=True)
    asha.sees("₹120/kg → ₹20/kg: total ₹240 → ₹40", anywhere=True)
    asha.sees("If you accept, ₹8 goes back to your wallet.", anywhere=True)
    asha.sees("the order ends and everything goes back.", anywhere=True)
    asha.taps("Accept")
    asha.sees("🔄 Instead: Mangoes of grade B")
    asha.sees("paid ₹40 · owed ₹0")
    assert wallet(shop, asha) == rupees(8)
    sees_sale(gopal)
    gopal.sees("🔁 Asked: Mangoes of grade B, ₹20/kg")
    gopal.taps("📋 Pick list")
    gopal.sees("🔄 #A1: Mangoes of grade B")


def test_who_answers_a_complaint_or_rules_reads_which_goods_were_accepted(shop: Shop) -> None:
    gopal, (asha,) = harvested(shop, "Asha")
    gopal.taps("🔁 Other terms")
    gopal.taps("🔄 Other goods")
    gopal.types("Mangoes of grade B")
    gopal.taps("Same price")
    gopal.taps("📣 Ask them")
    shop.settles()
    sale_id = int(button_data(gopal, "👀 See")[1].split(":")[1])
    asha.taps("Accept")
    settled(shop, sale_id)
    market.packed(shop, sale_id)
    market.carried(shop, sale_id, CourierStatus.DELIVERED)
    shop.settles()
    for label in ("⚠️ Problem", "Wrong", "Skip", "Refund part"):
        asha.taps(label)
    shop.settles()
    gopal.sees("⚠️ Case 1: ⏳ the farmer answers", anywhere=True)
    gopal.sees("A1 · 2 kg · 🥭 Mango\n🔄 Instead: Mangoes of grade B\n", anywhere=True)
    gopal.taps("Disagree")
    shop.settles()
    shop.owner().sees("A1 · 2 kg · 🥭 Mango\n🔄 Instead: Mangoes of grade B\n", anywhere=True)


def test_other_goods_are_refused(shop: Shop) -> None:
    gopal, (asha,) = harvested(shop, "Asha")
    asks_goods(shop, gopal)
    asha.taps("Refuse: full refund")
    asha.taps("❌ Yes, refund all")
    asha.sees("✖️ A1 is closed. 👛 ₹48 is back in your wallet.")
    shop.settles()
    gopal.sees("↩️ A1 · 2 kg: the buyer did not take it and has everything back.", anywhere=True)
    assert wallet(shop, asha) == rupees(48)


def test_silence_to_other_goods_gives_everything_back(shop: Shop) -> None:
    gopal, (asha,) = harvested(shop, "Asha")
    asks_goods(shop, gopal)
    shop.later(hours=22)  # half-way was at night
    asha.sees("⏰ A1: accept or refuse?", anywhere=True)
    asha.sees("Without a word by", anywhere=True)
    shop.later(hours=3)
    asha.sees("⌛ A1 · 2 kg: without your word to the other goods it ends here.", anywhere=True)
    asha.sees("back in your wallet ₹48", anywhere=True)
    gopal.sees("↩️ A1 · 2 kg: the buyer said nothing to the other goods and has everything back.", anywhere=True)
    gopal.sees("✅ 0 accepted · ↩️ 0 refused · 🔕 1 silent, refunded", anywhere=True)
    assert wallet(shop, asha) == rupees(48)


def test_what_cannot_be_proposed_is_said_with_an_example_and_the_draft_is_kept(shop: Shop) -> None:
    gopal, (asha,) = harvested(shop, "Asha")
    gopal.taps("🔁 Other terms")
    gopal.taps("💲 Higher price")
    gopal.types("120")
    gopal.sees("Price: ₹120 is not higher than the agreed ₹120. Example: ₹144")
    gopal.types("241")
    gopal.sees("Price: it must be more than 0 and at most ₹240, that is twice the agreed price. Example: ₹144")
    gopal.types("dear")
    gopal.sees("What does one kg cost? Write a number above 0")
    gopal.types("$150")
    gopal.sees("it must be in INR")
    gopal.taps("Oops")
    gopal.taps("🔄 Other goods")
    gopal.types("B")
    gopal.sees("I could not read Goods: it must have 3 to 120 characters. Example: Alphonso mangoes")
    gopal.types("call 98450 12345")
    gopal.sees("I could not read Goods: numbers and addresses stay private here.")
    gopal.types("Grade B")
    gopal.taps("Oops")
    gopal.taps("▶ Continue")
    gopal.sees("Grade B: what does one kg cost?")
    gopal.types("241")
    gopal.sees("Price: it must be more than 0 and at most ₹240, that is twice the agreed price. Example: ₹120")
    gopal.taps("Same price")
    at, data = button_data(gopal, "📣 Ask them")
    asha.taps("💳 Pay balance ₹192")
    shop.settles()
    gopal.taps_stale(at, data)
    gopal.sees_toast("Nobody can be asked")
    assert not is_offered(asha, "Accept")


def test_what_was_begun_goes_on_with_another_price(shop: Shop) -> None:
    gopal, _buyers = harvested(shop, "Asha")
    for label, first, second in (("💲 Higher price", "150", "160"), ("🔄 Other goods", "120", "110")):
        gopal.taps("🔁 Other terms")
        gopal.taps(label)
        if label == "🔄 Other goods":
            gopal.types("Grade B")
        gopal.types(first)
        gopal.taps("Oops")
        gopal.taps("▶ Continue")
        gopal.sees(f"₹120/kg → ₹{first}/kg")
        gopal.types(second)
        gopal.sees(f"₹120/kg → ₹{second}/kg")
        sees_sale(gopal)


def test_a_slip_of_the_pen_is_taken_back_and_asked_anew(shop: Shop) -> None:
    gopal, (asha, binu) = harvested(shop, "Asha", "Binu")
    asks_price(shop, gopal)
    binu.taps("Accept")
    at, data = button_data(asha, "Accept")
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("🔁 Other terms")
    gopal.sees("🤔 1 buyer still thinks, until")
    gopal.sees("answers that were given stand.")
    gopal.taps("↩️ Take back")
    gopal.sees("☑ Taken back: 1 buyer owes what was agreed.")
    shop.settles()
    asha.sees("↩️ A1 · 2 kg: the farmer took the question back, all stays as agreed. Balance ₹192 by", anywhere=True)
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    gopal.taps("🔁 Other terms")
    gopal.taps("💲 Higher price")
    gopal.types("130")
    gopal.sees("👥 1 buyer is asked, until")
    gopal.taps("📣 Ask them")
    shop.settles()
    asha.sees("₹120/kg → ₹130/kg: total ₹240 → ₹260", anywhere=True)
    asha.taps("Accept")
    asha.taps("💳 Pay balance ₹212")
    asha.sees("paid ₹260 · owed ₹0")
    binu.types("/orders")
    binu.taps("A2")
    binu.sees("⚖️ 2 kg × ₹150 = ₹300")
