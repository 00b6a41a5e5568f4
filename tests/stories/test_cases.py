"""Scripts 8 and 11: a buyer has a problem; the farmer agrees, offers half, or the co-op rules; money follows."""

from __future__ import annotations

import pytest

from core.orders.fulfil import CourierStatus
from core.settings import service as settings
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.farming import bought, button_data, grower, is_offered, on_sale, settled


def delivered(shop: Shop, *names: str) -> tuple[Phone, list[Phone]]:
    """Gopal has brought 2 kg (₹240 and ₹40 for the delivery) to each of these buyers."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    buyers = [bought(shop, sale_id, name, 2) for name in names or ("Asha",)]
    shop.later(days=13)
    with shop.database.writing() as session:  # what is released can be read off at once
        settings.put(session, "payout_days", "0", by=None, now=shop.clock.now())
    market.harvested(shop, sale_id)
    settled(shop, sale_id)
    market.packed(shop, sale_id)
    market.carried(shop, sale_id, CourierStatus.DELIVERED)
    shop.later(hours=3)
    shop.settles()
    return gopal, buyers


def complains(shop: Shop, phone: Phone, wish: str = "Refund part", *, photo: bool = True) -> None:
    """Three taps and a photo."""
    phone.reset_counts()
    phone.taps("⚠️ Problem")
    phone.sees("what is wrong?")
    phone.taps("Spoiled")
    phone.sees("Spoiled. Photo 📷")
    if photo:
        phone.sends_photo("mango")
    else:
        phone.taps("Skip")
    phone.sees("Part: ₹112 back · all: ₹280 back")
    phone.taps(wish)
    phone.sees("The farmer is told. Your money waits")
    shop.settles()


def test_a_problem_that_is_told_in_words_or_shown_is_asked_only_which_kind_it_is(shop: Shop) -> None:
    gopal, (asha, binu) = delivered(shop, "Asha", "Binu")
    asha.taps("⚠️ Problem")
    asha.types("the tomatoes are mouldy")
    asha.sees("✍️ Noted. Please press what fits best.\n⚠️ A1: what is wrong?")
    asha.taps("Spoiled")
    asha.taps("Skip")
    asha.taps("Refund part")
    shop.settles()
    gopal.sees("“the tomatoes are mouldy”", anywhere=True)
    binu.taps("⚠️ Problem")
    binu.sends_photo("mango")
    binu.sees("✍️ Noted. Please press what fits best.")
    binu.taps("Less")
    binu.sees("What would make it good?")


def in_wallet(phone: Phone, sum_words: str) -> None:
    """What the buyer's wallet holds."""
    phone.types("👛 Wallet")
    phone.sees(sum_words)


def in_dispute(shop: Shop) -> tuple[Phone, Phone]:
    """Gopal disagrees with Asha and has told his side."""
    gopal, (asha,) = delivered(shop)
    complains(shop, asha)
    gopal.taps("Disagree")
    gopal.sees("Your side of it?")
    gopal.types("They were fine <b>at the door</b>.")
    gopal.sees("✅ Noted.")
    shop.settles()
    return gopal, asha


@pytest.mark.covers("ORF12", "ORF13")
def test_a_farmer_agrees_and_the_money_is_back_at_once(shop: Shop) -> None:
    gopal, (asha,) = delivered(shop)
    complains(shop, asha)
    assert asha.tap_count == 3
    gopal.sees("⚠️ Case 1: ⏳ the farmer answers", anywhere=True)
    gopal.sees("Asha: Spoiled; wishes ₹112 back", anywhere=True)
    at, data = button_data(gopal, "Accept ₹112")
    gopal.reset_counts()
    gopal.taps("Accept ₹112")
    gopal.sees("👛 ₹112 went back; the farmer bears it.")
    assert gopal.tap_count == 1
    gopal.taps_stale(at, data)
    gopal.sees_toast("This changed")
    shop.settles()
    asha.sees("⚠️ Case 1: ✅ agreed", anywhere=True)
    asha.sees("paid ₹168 · owed ₹0 · back ₹112", anywhere=True)
    in_wallet(asha, "₹112")
    shop.later(days=2)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹168 · held ₹0")


def test_the_money_waits_while_a_case_is_open(shop: Shop) -> None:
    gopal, (asha,) = delivered(shop)
    message, received = button_data(asha, "✅ Received")
    complains(shop, asha)
    asha.taps_stale(message, received)
    asha.sees_toast("A case about this order is open.")
    shop.later(hours=47)  # silence would have counted as receipt
    gopal.taps("💰 Money")
    gopal.sees("Free ₹0 · held ₹280")
    asha.types("🧺 My orders")
    asha.taps("🥭 A1")
    asha.sees("⚠️ Case 1: ⏳ the farmer answers")
    asha.taps("⚖️ Case 1")
    asha.taps("↩️ Withdraw")
    asha.sees("↩️ withdrawn")
    shop.later(hours=25)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹280 · held ₹0")


def test_half_is_offered_and_taken(shop: Shop) -> None:
    gopal, (asha,) = delivered(shop)
    complains(shop, asha)
    gopal.taps("Offer half")
    gopal.sees("⏳ the buyer answers")
    shop.settles()
    asha.sees("Gopal's farm offers ₹56 back", anywhere=True)
    asha.taps("Accept ₹56")
    asha.sees("👛 ₹56 went back; the farmer bears it.")
    asha.sees("paid ₹224 · owed ₹0 · back ₹56")
    in_wallet(asha, "₹56")


def test_a_dispute_is_ruled_in_two_taps_and_carried_out_after_the_time_to_appeal(shop: Shop) -> None:
    meera = shop.owner()
    gopal, asha = in_dispute(shop)
    meera.sees("⚖️ the co-op decides", anywhere=True)
    meera.taps("✅ To decide")
    meera.taps("⚖️ Cases: 1")
    meera.taps("⚖️ 1 · A1: Spoiled")
    meera.sees("Gopal's farm: “They were fine <b>at the door</b>.”")
    meera.sees("delivered")
    meera.reset_counts()
    meera.taps("Refund 50 %")
    meera.sees("₹140 goes to the buyer's wallet; the farmer bears it.")
    meera.taps("✅ Confirm")
    meera.sees("✅ Decided. Both sides are told.")
    assert meera.tap_count == 2
    shop.settles()
    for phone in (asha, gopal):
        phone.sees("⚖️ ₹140 goes back; the farmer bears it.", anywhere=True)
    shop.later(hours=25)
    asha.sees("👛 ₹140 went back; the farmer bears it.", anywhere=True)
    in_wallet(asha, "₹140")
    shop.later(hours=25)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹140 · held ₹0")


def test_the_second_operator_is_told_who_ruled_first_and_an_appeal_goes_to_another(shop: Shop) -> None:
    meera, ravi = shop.owner(), shop.operator("Ravi")
    gopal, asha = in_dispute(shop)
    at, data = button_data(ravi, "Refund 100 %")
    meera.taps("Refund 0 %")
    meera.taps("✅ Confirm")
    ravi.taps_stale(at, data)
    ravi.sees_toast("Already decided by Meera")
    shop.settles()
    asha.taps("⚖️ Appeal")
    asha.sees("appealed, the co-op decides again")
    assert not is_offered(asha, "⚖️ Appeal") or "⚖️ Appeal" not in asha.buttons()
    shop.settles()
    meera.taps("Refund 100 %")
    meera.sees_toast("after an appeal another person decides. Ask Ravi.")
    ravi.taps("Refund 100 %")
    ravi.taps("Borne by: the co-op")
    ravi.sees("₹280 goes to the buyer's wallet; the co-op bears it.")
    ravi.taps("✅ Confirm")
    ravi.sees("👛 ₹280 went back; the co-op bears it.")
    in_wallet(asha, "₹280")
    shop.later(hours=49)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹280 · held ₹0")


def test_whoever_decides_alone_rules_on_the_appeal_too(shop: Shop) -> None:
    meera = shop.owner()
    _gopal, asha = in_dispute(shop)
    meera.taps("Refund 0 %")
    meera.taps("✅ Confirm")
    shop.settles()
    asha.taps("⚖️ Appeal")
    shop.settles()
    meera.taps("Refund 100 %")
    meera.taps("✅ Confirm")
    meera.sees("👛 ₹280 went back; the farmer bears it.")
    in_wallet(asha, "₹280")


def test_silence_is_reminded_of_and_then_goes_to_the_co_op(shop: Shop) -> None:
    meera = shop.owner()
    gopal, (asha,) = delivered(shop)
    complains(shop, asha, "Refund all", photo=False)
    shop.later(hours=25)
    gopal.sees("⏰ Please answer.", anywhere=True)
    shop.later(hours=25)
    shop.settles()
    asha.sees("⚖️ the co-op decides", anywhere=True)
    meera.sees("⚖️ the co-op decides", anywhere=True)
    assert is_offered(meera, "Refund 50 %")


def test_goods_are_sent_again_and_the_buyer_closes_the_case(shop: Shop) -> None:
    gopal, (asha,) = delivered(shop)
    complains(shop, asha, "Replace")
    gopal.taps("🔁 Send again")
    gopal.sees("🔁 goods are sent again")
    shop.settles()
    asha.taps("✅ It came")
    asha.sees("✅ replaced")
    asha.sees("paid ₹280 · owed ₹0 · back ₹0")


def test_several_complaints_raise_one_alert_and_one_offer_each_answers_alone(shop: Shop) -> None:
    shop.owner()
    gopal, (asha, binu) = delivered(shop, "Asha", "Binu")
    complains(shop, asha)
    complains(shop, binu, photo=False)
    gopal.sees("2 buyers have a problem with it", anywhere=True)
    shop.owner().sees("2 buyers have a problem with it", anywhere=True)
    gopal.taps("🤝 Offer to all")
    gopal.taps("Offer 25 % to all")
    gopal.sees("2 buyers are offered 25 %: ₹140 in all, if they accept.")
    gopal.taps("✅ Confirm")
    gopal.sees("✅ 2 buyers were offered 25 %.")
    shop.settles()
    asha.taps("Accept ₹70")
    asha.sees("👛 ₹70 went back")
    binu.taps("Disagree")
    binu.sees("⚖️ the co-op decides")
    gopal.taps("⚖️ Cases")
    gopal.sees("⚖️ 2 cases shown")


def test_an_offer_to_all_is_made_with_the_numbers_that_were_shown(shop: Shop) -> None:
    gopal, (asha, binu, devi) = delivered(shop, "Asha", "Binu", "Devi")
    complains(shop, asha)
    complains(shop, binu, photo=False)
    gopal.taps("🤝 Offer to all")
    gopal.taps("Offer 25 % to all")
    gopal.sees("2 buyers are offered 25 %: ₹140 in all, if they accept.")
    at, confirm = button_data(gopal, "✅ Confirm")
    complains(shop, devi)
    gopal.taps_stale(at, confirm)
    gopal.sees_toast("This changed")
    gopal.sees("3 buyers are offered 25 %: ₹210 in all, if they accept.")
    gopal.taps("✅ Confirm")
    gopal.sees("✅ 3 buyers were offered 25 %.")


def test_after_the_release_the_farm_pays_and_the_co_op_what_is_missing(shop: Shop) -> None:
    gopal, (asha,) = delivered(shop)
    asha.taps("✅ Received")
    asha.types("🧺 My orders")
    asha.taps("🥭 A1")
    complains(shop, asha, "Refund all")
    gopal.taps("Accept ₹280")
    gopal.sees("👛 ₹280 went back; the farmer bears it.")
    gopal.sees("paid ₹0 · owed ₹0 · back ₹280")
    in_wallet(asha, "₹280")
    gopal.taps("💰 Money")
    gopal.sees("Free ₹0")


def charged_back(meera: Phone) -> None:
    """Meera enters that ₹100 of A1 were taken back by the provider."""
    meera.taps("✅ To decide")
    meera.taps("⚖️ All cases")
    meera.taps("💳 Chargeback")
    meera.types("Z999")
    meera.sees("I have no order Z999")
    meera.types("A1")
    meera.sees("which charge?")
    meera.taps("sandbox ₹232")
    meera.types("100")
    meera.sees("₹100 of A1 was taken back?")


def test_a_chargeback_freezes_the_order_until_it_is_won_or_lost(shop: Shop) -> None:
    meera = shop.owner()
    gopal, (asha,) = delivered(shop)
    charged_back(meera)
    at, data = button_data(meera, "✅ Confirm")
    meera.taps("✅ Confirm")
    meera.sees("✅ Booked. Both sides are told.")
    meera.taps_stale(at, data)
    meera.sees_toast("entered as a chargeback before")
    shop.later(hours=50)
    gopal.sees("₹100 were taken back by the payment provider", anywhere=True)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹0 · held ₹280")
    meera.taps("✅ To decide")
    meera.taps("⚖️ All cases")
    meera.taps("1 · A1")
    meera.taps("❌ Lost")
    meera.taps("✅ Confirm")
    meera.sees("❌ chargeback lost")
    shop.later(hours=25)
    gopal.taps("💰 Money")
    gopal.sees("Free ₹180 · held ₹0")
    asha.sees("chargeback lost", anywhere=True)


@pytest.mark.covers("CRE01")
def test_an_unfair_review_loses_its_point_by_a_ruling(shop: Shop) -> None:
    meera = shop.owner()
    gopal, asha = in_dispute(shop)
    asha.types("🧺 My orders")
    meera.taps("Refund 0 %")
    meera.taps("✅ Confirm")
    shop.later(hours=25)
    shop.later(hours=25)
    asha.types("🧺 My orders")
    asha.taps("🥭 A1")
    asha.taps("👎 Bad")
    meera.taps("✅ To decide")
    meera.taps("⚖️ All cases")
    meera.taps("1 · A1")
    meera.taps("↩️ Undo bad point")
    meera.sees("⭐ The farm has 1 point back.")
    meera.taps("↩️ Undo bad point")
    meera.sees_toast("was taken back before")
    shop.settles()
    gopal.sees("took the bad point of this review back", anywhere=True)


def test_a_stranger_finds_no_case_and_a_late_problem_is_answered(shop: Shop) -> None:
    gopal, (asha,) = delivered(shop)
    at, data = button_data(asha, "⚠️ Problem")
    complains(shop, asha)
    asha.taps_stale(at, data.replace("kprob", "kkind") + ":late")
    asha.sees_toast("There is already a case about this order.")
    mallory = grower(shop, "Mallory")
    before = button_data(gopal, "Accept ₹112")[1]
    mallory.taps("📦 Orders")
    message = mallory.window.bot_messages()[-1]["message_id"]
    for data in (before, "kcase:1:0", "ksay:1:2:withdraw", "krule2:1:2:100", "kcbook:1:1:100", "kall3:1:0:25"):
        mallory.taps_stale(message, data)
        mallory.sees_not("Case 1")
    gopal.taps("Accept ₹112")
    in_wallet(asha, "₹112")


def test_after_some_days_it_is_too_late_to_complain(shop: Shop) -> None:
    _gopal, (asha,) = delivered(shop)
    asha.taps("✅ Received")
    shop.later(days=4)
    asha.types("🧺 My orders")
    asha.taps("🥭 A1")
    asha.taps("⚠️ Problem")
    asha.taps("Late")
    asha.sees_toast("within 3 days after the delivery")
