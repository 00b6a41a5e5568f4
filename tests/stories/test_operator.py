"""Script 11: what needs the staff is pushed with its buttons and waits under To decide; the first decision wins."""

from __future__ import annotations

import pytest

from core.members.queries import member
from core.members.service import hold_role
from core.permissions import Role
from core.settings import service as settings
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.farming import button_data, is_offered


def offered(gopal: Phone) -> None:
    """Gopal publishes 200 kg of mangoes with a photo."""
    for label in ("➕ Sell", "🥭 Mango", "200 kg", "in 2 weeks", "₹120"):
        gopal.taps(label)
    gopal.sends_photo()
    gopal.taps("✅ Publish")


def test_whoever_approves_while_nobody_can_pay_reads_so(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    market.ways_to_pay(shop, "wallet")
    offered(gopal)
    shop.settles()
    meera.taps("✅ Approve")
    meera.sees("⚠️ Buyers cannot pay yet: switch a way to pay on, ⚙️ Settings, 💳 Ways to pay.")


@pytest.mark.covers("PRE01", "PRE02")
def test_approving_a_listing_takes_one_tap_and_approves_its_farm_too(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    offered(gopal)
    shop.settles()
    meera.sees("🥭 Mango · 200 kg · ₹120/kg · ready Fri 15 May · deposit 20 %", anywhere=True)
    meera.sees("⚠️ This farm waits too: approving approves both.", anywhere=True)
    meera.reset_counts()
    meera.taps("✅ Approve")
    meera.sees("On sale now, and Gopal's farm is approved with it. The farmer is told.")
    assert meera.tap_count == 1
    gopal.sees("is on sale", anywhere=True)
    gopal.sees("You can sell now", anywhere=True)
    asha = shop.buyer()
    asha.taps("🛍 Market")
    asha.sees("Mango")


def test_whoever_sells_and_decides_leaves_the_own_sale_to_a_colleague(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    with shop.database.writing() as session:
        hold_role(session, member(session, market.member_id(shop, gopal)), Role.OPERATOR, now=shop.clock.now())
    offered(gopal)
    shop.settles()
    gopal.sees("⚠️ This farm waits too: approving approves both.", anywhere=True)
    gopal.taps("✅ Approve")
    gopal.sees_toast("This is yours: another person decides on it. Ask Meera.")
    meera.taps("✅ Approve")
    meera.sees("On sale now, and Gopal's farm is approved with it. The farmer is told.")


def test_at_night_staff_reads_when_the_farmer_is_told(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    offered(gopal)
    shop.later(hours=11)  # ten in the evening
    meera.sees("approving approves both", anywhere=True)
    meera.taps("✅ To decide")
    meera.taps("🥭 Listings: 1")
    meera.taps("✅ Approve")
    meera.sees("On sale now, and Gopal's farm is approved with it. It is night there: the farmer is told at 5:30 am.")
    shop.settles()
    gopal.sees_not("is on sale")
    shop.later(hours=8)
    gopal.sees("is on sale", anywhere=True)


def test_the_second_operator_is_told_who_was_first_and_when(shop: Shop) -> None:
    meera, ravi, gopal = shop.owner(), shop.operator("Ravi"), shop.farmer()
    shop.settles()
    meera.sees("🌱 Farm 1: Gopal's farm", anywhere=True)
    ravi.sees("🌱 Farm 1: Gopal's farm", anywhere=True)
    message_id, data = button_data(ravi, "❌ Reject")
    meera.taps("✅ Approve")
    shop.later(minutes=7)
    ravi.sees("🌱 Farm 1: Gopal's farm\n✅ approved\nAlready decided by Meera 11:00", anywhere=True)
    assert not is_offered(ravi, "❌ Reject")  # his card has edited itself
    meera.sees("✅ approved · Meera 11:00", anywhere=True)  # hers is as it answered her
    ravi.taps_stale(message_id, data)
    ravi.sees_toast("Already decided by Meera 11:00")
    ravi.sees("✅ approved · Meera 11:00")
    gopal.sees("You can sell now", anywhere=True)


def test_a_card_with_a_picture_edits_itself_when_a_colleague_decides_and_is_pushed_anew_after(shop: Shop) -> None:
    meera, ravi, gopal = shop.owner(), shop.operator("Ravi"), shop.farmer()
    offered(gopal)
    shop.settles()
    ravi.sees("📍 ", anywhere=True)
    meera.taps("✏️ Ask change")
    meera.taps("A photo")
    shop.settles()
    edited = ravi.sees("✏️ sent back\nAlready decided by Meera 11:00", anywhere=True)
    assert edited.startswith("🥭 Mango · 200 kg")
    gopal.taps("✏️ Fix")
    gopal.taps("✅ Publish")
    shop.settles()
    assert is_offered(ravi, "✅ Approve")
    ravi.sees("✏️ sent back\nAlready decided by Meera", anywhere=True)  # the second push is a message of its own


def test_receipts_and_payouts_edit_themselves_too(shop: Shop) -> None:
    ravi = shop.operator("Ravi")
    asha, meera = transferred(shop), shop.owner()
    meera.taps("✅ Money is there")
    shop.settles()
    ravi.sees("✅ money is there\nAlready decided by Meera", anywhere=True)
    asha.taps("👛 Wallet")


def test_rejecting_takes_two_taps_and_the_farmer_reads_why(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    shop.settles()
    meera.sees("🌱 Farm 1", anywhere=True)
    meera.reset_counts()
    meera.taps("❌ Reject")
    meera.sees("Why not? Press, or write it.")
    meera.taps("Outside our region")
    meera.sees("❌ rejected · Meera")
    meera.sees("Why: Outside our region")
    assert meera.tap_count == 2
    gopal.sees("❌ Your farm was not accepted. Missing: Outside our region", anywhere=True)
    assert is_offered(gopal, "✏️ Fix")
    assert is_offered(gopal, "📞 Human")


def test_a_farm_asked_for_a_change_reads_what_it_is_about(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    shop.settles()
    meera.sees("🌱 Farm 1", anywhere=True)
    meera.taps("✏️ Ask change")
    meera.taps("The place is not clear")
    gopal.sees("⚠️ Your farm. Missing: The place is not clear", anywhere=True)


def test_a_rejected_listing_is_told_as_rejected_not_as_a_change(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    offered(gopal)
    shop.settles()
    meera.sees("deposit 20 %", anywhere=True)
    meera.taps("❌ Reject")
    meera.taps("Here already")
    gopal.sees("❌ 🥭 Mango was not accepted: Here already", anywhere=True)
    gopal.sees_not("please change")
    gopal.taps("📞 Human")
    gopal.sees("Would you like to say what it is about?")


def test_asking_for_a_change_in_own_words_sends_the_draft_back(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    offered(gopal)
    shop.settles()
    meera.sees("deposit 20 %", anywhere=True)
    meera.taps("✏️ Ask change")
    meera.types("...")
    meera.sees("for example: The photo shows another crop.")
    meera.types("Which variety is it?")
    meera.sees("✏️ sent back · Meera")
    gopal.sees("Which variety is it?", anywhere=True)
    gopal.taps("✏️ Fix")
    gopal.sees("200 kg")
    gopal.types("140/kg")
    gopal.sees("· ₹140/kg ·")
    gopal.sees_not("Price: your last.")  # it is compared with the sale before, not with itself
    gopal.taps("✅ Publish")
    shop.settles()
    meera.taps("✅ To decide")
    meera.sees("2 things wait")  # the farm still does
    meera.taps("🥭 Listings: 1")
    meera.sees("deposit 20 %")


def test_a_digit_presses_a_reason_and_zero_leaves_it(shop: Shop) -> None:
    meera = shop.owner()
    shop.farmer()
    shop.settles()
    meera.sees("🌱 Farm 1", anywhere=True)
    meera.taps("✏️ Ask change")
    meera.types("0")
    meera.sees("Meera, what next?")
    meera.taps("✅ To decide")
    meera.taps("🌱 Farms: 1")
    meera.taps("✏️ Ask change")
    meera.types("１")
    meera.sees("Why: The place is not clear")


def transferred(shop: Shop) -> Phone:
    """Asha reserved 2 kg and shows the receipt of her deposit."""
    meera = shop.owner()
    for label in ("⚙️ Settings", "💳 Ways to pay", "🏦 Transfer", "▶ Switch on"):
        meera.taps(label)
    meera.types("coop@upi")
    asha = shop.person("Asha")
    asha.start(f"s_{market.sale(shop)}")
    for label in ("2 kg", "✅ Reserve", "💳 Pay deposit", "🏦 Transfer"):
        asha.taps(label)
    asha.sees("coop@upi")
    asha.sends_photo("receipt", caption="UTR 4512")
    asha.sees("The co-op checks it")
    shop.settles()
    return asha


def test_the_money_of_a_transfer_is_there_with_one_tap(shop: Shop) -> None:
    asha, meera = transferred(shop), shop.owner()
    meera.sees("🏦 ₹96 for A1: is it on the account?", anywhere=True)
    meera.sees("Reference: UTR 4512", anywhere=True)
    assert meera.picture()[:2] == b"\xff\xd8"
    meera.reset_counts()
    meera.taps("✅ Money is there")
    meera.sees("The buyer is told. paid ₹96 · owed ₹384")
    assert meera.tap_count == 1
    asha.sees("Paid ₹96", anywhere=True)


def test_money_that_is_not_there_is_told_with_the_reason_and_the_sums(shop: Shop) -> None:
    asha, meera = transferred(shop), shop.owner()
    meera.sees("is it on the account?", anywhere=True)
    meera.taps("❌ Not there")
    meera.taps("No money came")
    meera.sees("may send another receipt. paid ₹0 · owed ₹480")
    asha.sees("No money came", anywhere=True)


def test_a_payout_is_sent_under_its_reference(shop: Shop) -> None:
    asha, meera = transferred(shop), shop.owner()
    meera.sees("is it on the account?", anywhere=True)
    meera.taps("✅ Money is there")
    asha.taps("🧺 My orders")
    asha.taps("A1")
    asha.taps("❌ Cancel order")
    asha.taps("❌ Yes, cancel")
    asha.taps("👛 Wallet")
    asha.taps("Withdraw")
    asha.taps("All ₹96")
    asha.types("UPI asha@bank")
    asha.taps("✅ Confirm")
    shop.settles()
    meera.sees("₹96 for Asha", anywhere=True)
    meera.sees("To: UPI asha@bank", anywhere=True)
    meera.taps("✅ Sent")
    meera.types("UTR 99")
    meera.sees("paid out ₹96 · owed 0")
    meera.sees("Reference: UTR 99")
    asha.sees("UTR 99", anywhere=True)


def test_members_are_found_and_given_roles_and_links_work_once(shop: Shop) -> None:
    meera = shop.owner()
    asha = shop.buyer("Asha")
    shop.buyer("Bela")
    meera.taps("👥 Members")
    meera.types("ash")
    meera.sees("1 member")
    meera.taps("Asha")
    meera.taps("➕ 🚚 courier")
    meera.sees("🚚 courier")
    asha.start()
    asha.taps("🔁 Switch")
    assert "🚚 My parcels" in asha.buttons()
    meera.taps("⬅️ Back")
    meera.taps("➕ Operator")
    link = next(word for word in meera.screen().split() if word.startswith("https://"))
    ravi, late = shop.person("Ravi"), shop.person("Late")
    ravi.opens(link)
    ravi.sees("You work for the co-op now.")
    late.opens(link)
    late.sees("This link has ended")
    ravi.taps("👥 Members")
    assert "➕ Operator" not in ravi.buttons()
    ravi.taps("Asha")
    assert "➖ 🚚 courier" not in ravi.buttons()


def test_the_last_owner_stays(shop: Shop) -> None:
    meera = shop.owner()
    meera.taps("👥 Members")
    meera.taps("Meera")
    meera.taps("➖ 🔑 owner")
    meera.sees_toast("The shop needs at least one owner.")


def test_the_numbers_of_the_day(shop: Shop) -> None:
    transferred(shop)
    meera = shop.owner()
    meera.taps("✅ Money is there")
    meera.taps("📊 Today")
    meera.sees("reserved 1")
    meera.sees("paid ₹96 · held for buyers ₹96")
    meera.taps("⬅️ Day before")
    meera.sees("reserved 0")


def test_nobody_else_sees_or_decides_what_waits(shop: Shop) -> None:
    gopal, asha = shop.farmer(), shop.buyer()
    asha.types("✅ To decide")
    asha.sees("This is not yours to do.")
    asha.taps_stale(asha.newest()["message_id"], "oc:1:0:f")
    asha.sees_toast("This is not yours to do.")
    gopal.taps_stale(gopal.newest()["message_id"], "oyes:1:1:f")
    gopal.sees_toast("This is not yours to do.")


def test_another_amount_that_came_is_booked_and_the_buyer_hears_the_exact_rest(shop: Shop) -> None:
    asha, meera = transferred(shop), shop.owner()
    meera.sees("is it on the account?", anywhere=True)
    meera.taps("✏️ Amount")
    meera.types("90")
    meera.sees("🏦 ₹90 came of ₹96.\n₹6 stays to be paid; the buyer is told.")
    meera.taps("✅ Book ₹90")
    meera.sees("The buyer is told. paid ₹90 · owed ₹390")
    asha.sees("₹90 came.", anywhere=True)
    asha.sees("⏰ Pay ₹6 by", anywhere=True)
    asha.taps("💳 Pay the rest ₹6")
    asha.sees("₹6")


def test_more_than_was_asked_goes_to_the_buyers_wallet(shop: Shop) -> None:
    asha, meera = transferred(shop), shop.owner()
    meera.taps("✏️ Amount")
    meera.types("100")
    meera.sees("₹4 is too much: it goes to the buyer's wallet")
    meera.taps("✅ Book ₹100")
    asha.sees("₹4 more came than there was to pay. It is in your wallet.", anywhere=True)
    asha.taps("👛 Wallet")
    asha.sees("₹4 in your wallet")


def test_above_the_limit_two_people_confirm(shop: Shop) -> None:
    meera = shop.owner()
    with shop.database.writing() as session:
        settings.put(session, "two_people_above", "5000", by=None, now=shop.clock.now())
    asha = transferred(shop)
    meera.sees("👥 Two people must confirm this.", anywhere=True)
    meera.taps("✅ Money is there")
    meera.sees("One more person must confirm, and nobody else decides here yet: 👥 Members, ➕ Operator.")
    meera.sees("☑ Meera confirmed ₹96. One more person must confirm.")
    ravi = shop.operator("Ravi")
    ravi.taps("✅ To decide")
    ravi.taps("🏦 Receipts: 1")
    ravi.sees("☑ Meera confirmed ₹96. One more person must confirm.")
    ravi.taps("✅ Money is there")
    ravi.sees("The buyer is told. paid ₹96 · owed ₹384")
    asha.sees("Paid ₹96", anywhere=True)


def test_a_great_payout_is_approved_by_one_and_sent_by_another(shop: Shop) -> None:
    asha, meera = transferred(shop), shop.owner()
    meera.taps("✅ Money is there")
    for label in ("🧺 My orders", "A1", "❌ Cancel order", "❌ Yes, cancel", "👛 Wallet", "Withdraw", "All ₹96"):
        asha.taps(label)
    with shop.database.writing() as session:
        settings.put(session, "two_people_above", "5000", by=None, now=shop.clock.now())
    ravi = shop.operator("Ravi")
    asha.types("UPI asha@bank")
    asha.taps("✅ Confirm")
    shop.settles()
    meera.sees("👥 Two people must confirm this.", anywhere=True)
    meera.taps("✅ Approve")
    meera.sees("☑ Noted. One more person must confirm: Ravi.")
    shop.settles()
    ravi.sees("☑ Meera confirmed ₹96.", anywhere=True)
    ravi.taps("✅ Sent")
    ravi.types("UTR 99")
    ravi.sees("paid out ₹96 · owed 0")
    asha.sees("UTR 99", anywhere=True)


def test_nobody_decides_on_his_own_money(shop: Shop) -> None:
    asha, meera = transferred(shop), shop.owner()
    asha_id = market.member_id(shop, asha)
    with shop.database.writing() as session:
        hold_role(session, member(session, asha_id), Role.OPERATOR, now=shop.clock.now())
    asha.start()
    asha.taps("🔁 Switch")
    asha.taps("✅ To decide")
    asha.taps("🏦 Receipts: 1")
    asha.taps("✅ Money is there")
    asha.sees_toast("This is yours: another person decides on it. Ask Meera.")
    meera.taps("✅ Money is there")
    meera.sees("The buyer is told.")


def test_a_member_hears_of_a_role_that_was_given_or_taken(shop: Shop) -> None:
    meera, asha = shop.owner(), shop.buyer("Asha")
    meera.taps("👥 Members")
    meera.types("ash")
    meera.taps("Asha")
    meera.taps("➕ 🚚 courier")
    asha.sees("🚚 You carry for the co-op now.", anywhere=True)
    asha.sees("Meera of the co-op changed it.", anywhere=True)
    meera.taps("➖ 🚚 courier")
    asha.sees("🚚 You do not carry for the co-op any more.", anywhere=True)
