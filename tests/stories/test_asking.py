"""Script 7: a buyer asks, the farmer answers with one touch, everybody reads it without names; numbers stay private."""

from __future__ import annotations

import pytest

from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.farming import begins, bought, button_data, grower, on_sale, settled
from tests.stories.test_groups import village

SOUND = b"OggS is it organic"


def asks(shop: Shop, phone: Phone, sale_id: int, text: str) -> None:
    """Somebody opens the sale, presses [❓ Ask] and writes."""
    phone.start(f"s_{sale_id}")
    phone.taps("❓ Ask")
    phone.sees("Write or speak.")
    phone.types(text)


def test_a_question_is_answered_with_one_touch_and_joins_the_card_without_names(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha, bela = shop.buyer(), shop.buyer("Bela")
    asha.start(f"s_{sale_id}")
    begins(shop, asha)
    asha.taps("❓ Ask")
    asha.sees("Write or speak.")
    asha.types("Organic?")
    asha.sees("✅ Asked. You are told as soon as there is an answer.")
    assert (asha.tap_count, asha.typed_count) == (1, 1)
    shop.settles()
    begins(shop, gopal)
    gopal.sees("❓ Asha asks about 🥭 Mango: “Organic?”", anywhere=True)
    at, data = button_data(gopal, "👎 No")
    gopal.taps("👍 Yes")
    gopal.sees("💬 Answered: 👍 Yes")
    assert gopal.tap_count == 1
    gopal.taps_stale(at, data)
    gopal.sees_toast("This changed")
    asha.sees("💬 🥭 Mango: “Organic?” 👍 Yes", anywhere=True)
    assert "🛒 Reserve" in asha.buttons()
    bela.start(f"s_{sale_id}")
    assert "Asha" not in bela.sees("❓ “Organic?” 👍 Yes")


def test_an_answer_in_own_words_and_a_question_by_voice(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.taps("❓ Ask")
    asha.sends_voice(SOUND)
    asha.sees("✅ Asked.")
    shop.settles()
    gopal.sees("🎤 Asha asks about 🥭 Mango by voice.", anywhere=True)
    assert gopal.attachment("voice") == SOUND
    gopal.taps("💬 Answer")
    gopal.types("No chemicals since 2020, come and see on 15.05.2026")
    gopal.sees("✅ Answered.")
    asha.sees("No chemicals since 2020, come and see on 15.05.2026", anywhere=True)
    asha.start(f"s_{sale_id}")
    asha.sees("🥭 Mango · ₹120/kg")
    asha.sees_not("No chemicals")  # a voice tells who asked, so neither it nor its answer is for everybody


@pytest.mark.parametrize("number", ["98450 12345", "९८४५०१२३४५", "٩٨٤٥٠١٢٣٤٥", "9️⃣8️⃣4️⃣5️⃣0️⃣1️⃣2️⃣3️⃣", "asha@example.org"])
def test_a_number_in_a_question_goes_only_without_it(shop: Shop, number: str) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = shop.buyer()
    asks(shop, asha, sale_id, f"Organic? Write to {number} please")
    asha.sees("🔒 Numbers stay private here. Send without it?")
    at, data = button_data(asha, "Send")
    asha.taps("Edit")
    asha.sees("Write or speak.")
    asha.types(f"Is it ripe? {number}")
    asha.sees("“Is it ripe? …”")
    asha.taps("Send")
    asha.sees("✅ Asked.")
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    shop.settles()
    said = gopal.sees("❓ Asha asks about 🥭 Mango: “Is it ripe? …”", anywhere=True)
    assert number not in said
    assert sum("asks about" in line for line in gopal.transcript()) == 1


def test_only_a_number_is_nothing_to_send(shop: Shop) -> None:
    sale_id = on_sale(shop, grower(shop))
    asha = shop.buyer()
    asks(shop, asha, sale_id, "+91 98450 12345")
    asha.taps("Send")
    asha.sees_toast("Numbers stay private here, and without them nothing is left.")


@pytest.mark.covers("COB08", "COB09")
def test_a_silent_farmer_is_asked_again_then_staff_may_answer(shop: Shop) -> None:
    meera, gopal = shop.owner(), grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = shop.buyer()
    asks(shop, asha, sale_id, "Organic?")
    shop.settles()
    begins(shop, gopal)
    shop.later(hours=24)
    gopal.sees("⏰ Still without an answer:", anywhere=True)
    shop.later(hours=24)
    meera.sees("⏰ Gopal's farm does not answer. You may answer instead.", anywhere=True)
    meera.taps("✅ To decide")
    meera.taps("❓ Questions: 1")
    meera.sees("❓ Asha asks about 🥭 Mango: “Organic?”")
    meera.taps("👎 No")
    meera.sees("💬 Answered: 👎 No")
    asha.sees("“Organic?” 👎 No", anywhere=True)
    gopal.taps("👍 Yes")
    gopal.sees_toast("This changed")
    meera.taps("✅ To decide")
    meera.sees("0 things wait")


def test_nobody_asks_without_end(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = shop.buyer()
    for number in range(10):
        asks(shop, asha, sale_id, f"Question {'abcdefghij'[number]}?")
        asha.sees("✅ Asked.")
    asks(shop, asha, sale_id, "One more?")
    asha.sees("You have written 10 times lately.")
    shop.later(days=1, minutes=1)
    asks(shop, asha, sale_id, "One more?")
    asha.sees("✅ Asked.")


def test_too_long_a_question_says_how_much_fits(shop: Shop) -> None:
    sale_id = on_sale(shop, grower(shop))
    asha = shop.buyer()
    asks(shop, asha, sale_id, "so " * 200)
    asha.sees("That is 599 characters; at most 300 fit.")


def test_a_group_member_asks_from_the_post_in_private(shop: Shop) -> None:
    gopal, asha = grower(shop), shop.person("Asha")
    _meena, group = village(shop, asha)
    on_sale(shop, gopal)
    group.sees("🥭 Mango · 200 kg")
    assert group.buttons() == ["🛒 Reserve", "❓ Ask"]
    group.taps_as(asha, "❓ Ask")
    asha.sees("🧺 Welcome, Asha.", anywhere=True)
    asha.sees("Write or speak.")
    asha.types("Organic?")
    asha.sees("✅ Asked.")
    shop.settles()
    gopal.sees("❓ Asha asks about 🥭 Mango", anywhere=True)
    gopal.taps("👍 Yes")
    asha.sees("“Organic?” 👍 Yes", anywhere=True)
    group.sees_not("Organic")


def test_buyer_and_farmer_write_to_each_other_about_an_order(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Asha", 10)
    mallory = shop.buyer("Mallory")
    asha.taps("🧾 Order")
    asha.taps("💬 Message")
    asha.sees("💬 A1 · Gopal's farm")
    asha.types("I come at 5, call 98450 12345")
    asha.sees("🔒 Numbers stay private here. Send without it?")
    asha.taps("Send")
    asha.sees("✅ A1: sent to Gopal's farm.")
    shop.settles()
    said = gopal.sees("💬 Asha about A1 · 10 kg: I come at 5, call …", anywhere=True)
    assert "98450" not in said
    gopal.taps("💬 Answer")
    gopal.sees("Asha: I come at 5, call …")
    gopal.types("Come to gate 2.")
    gopal.sees("✅ A1: sent to Asha.")
    asha.sees("💬 Gopal's farm about A1 · 10 kg: Come to gate 2.", anywhere=True)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("🧾 Orders")
    gopal.taps("💬 A1")
    gopal.sees("You: Come to gate 2.")
    gopal.sends_voice(SOUND)
    gopal.sees("✅ A1: sent to Asha.")
    shop.settles()
    assert asha.attachment("voice") == SOUND
    mallory.taps_stale(mallory.newest()["message_id"], "bsay:1:0")
    mallory.sees_toast("I cannot find that.")


@pytest.mark.covers("INT06", "ORF01")
def test_a_wish_can_be_changed_until_it_is_packed_and_stands_on_the_pick_list(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Asha", 10)
    asha.taps("🧾 Order")
    asha.taps("📝 Note to farmer")
    asha.types("Please pick them green.")
    asha.sees("📝 Please pick them green.")
    market.harvested(shop, sale_id)
    settled(shop, sale_id)
    asha.taps("🧾 Order")
    asha.taps("📝 Note to farmer")
    asha.types("Half green, half ripe.")
    asha.sees("📝 Half green, half ripe.")
    shop.settles()
    gopal.sees("📝 A1 · 10 kg: Half green, half ripe.", anywhere=True)
    gopal.taps("📋 Pick list")
    gopal.sees("📝 #A1: Half green, half ripe.")
    market.packed(shop, sale_id)
    asha.taps("📝 Note to farmer")
    asha.sees_toast("This changed")
    assert "📝 Note to farmer" not in asha.buttons()


def test_a_photo_of_the_growing_crop_is_asked_for_sent_and_stays_on_the_card(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha, bela = bought(shop, sale_id, "Asha", 10), shop.buyer("Bela")
    shop.later(days=10)
    gopal.sees("📷 Photo of your 🥭 Mango?", anywhere=True)
    gopal.taps("Skip")
    gopal.sees("⏭ No photo this time. I ask again in 10 days")
    gopal.taps("📷 Photo")
    gopal.sends_photo("mango")
    gopal.sees("📷 Photo kept ✓")
    shop.ticks()
    asha.sees("🌱 Your 🥭 Mango today.", anywhere=True)
    assert "❓ Ask" in asha.buttons()
    bela.start(f"s_{sale_id}")
    bela.taps("🌱 How it grows")
    bela.sees("🌱 🥭 Mango: photo 1 of 1")
    assert bela.picture()


def test_each_call_and_its_outcome_is_noted_for_colleagues(shop: Shop) -> None:
    meera, ravi = shop.owner(), shop.operator("Ravi")
    sale_id = on_sale(shop, grower(shop))
    asha = bought(shop, sale_id, "Asha", 10)
    market.harvested(shop, sale_id)
    shop.later(days=2, hours=1)
    shop.later(days=1, hours=1)  # the grace is over; a day later it would be given up
    meera.taps("✅ To decide")
    meera.taps("📞 Call list")
    meera.sees("A1 Asha")
    meera.taps("☎️ Asha")
    meera.sees("paid ₹240 · owed ₹960")
    meera.taps("☎️ Called")
    meera.sees("☎️ Asha: what came of it?")
    meera.types("Pays on Monday.")
    meera.sees("☎️ Pays on Monday. · Meera")
    ravi.taps("✅ To decide")
    ravi.taps("📞 Call list")
    ravi.sees("☎️ Pays on Monday. · Meera")
    asha.taps_stale(asha.newest()["message_id"], "ocall:2:0")
    asha.sees_toast("This is not yours to do.")


def test_whoever_is_back_in_touch_leaves_the_call_list(shop: Shop) -> None:
    ravi = shop.operator("Ravi")
    bela = bought(shop, on_sale(shop, grower(shop)), "Bela", 5)
    shop.ticks()
    bela.blocks()
    shop.later(days=1, minutes=1)
    ravi.sees("1 person", anywhere=True)
    ravi.taps("📞 Call list")
    ravi.sees("blocked or never wrote · owed ₹480")
    ravi.taps("☎️ Bela")
    ravi.sees("🚫 Cannot be reached by messages.")
    ravi.taps("☎️ Called")
    ravi.taps("📵 No reply")
    ravi.sees("☎️ 📵 No reply · Ravi")
    bela.unblocks()
    ravi.taps("✅ Back in touch")
    ravi.sees("☎️ ✅ Back in touch · Ravi")
    assert "✅ Back in touch" not in ravi.buttons()
    ravi.taps("✅ To decide")
    ravi.sees("0 things wait")


def test_whoever_asked_for_a_person_stays_on_the_list_until_answered(shop: Shop) -> None:
    shop.owner()  # whoever is expected and never wrote stands on the call list
    ravi, asha, bela = shop.operator("Ravi"), shop.buyer(), shop.buyer("Bela")
    asha.types("/help")
    asha.taps("📞 Human")
    bela.sends_voice(SOUND)
    shop.ticks()
    shop.later(hours=1, minutes=1)
    ravi.sees("✅ 2 wait, oldest 1 h.", anywhere=True)
    ravi.taps("✅ To decide")
    ravi.taps("📞 People: 2")
    ravi.sees("📞 Asha asks for a person.")
    ravi.taps("✅ Done")
    ravi.sees("🎤 Bela left a voice note.")
    ravi.taps("✍️ Answer here")
    ravi.types("I call you at 5.")
    ravi.sees("✅ Passed on to Bela.")
    ravi.taps("✅ To decide")
    ravi.sees("0 things wait")
    bela.sees("I call you at 5.", anywhere=True)
