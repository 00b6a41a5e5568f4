"""Script 2: a farmer puts a crop on sale by taps, by one line of text, or again like last time."""

from __future__ import annotations

import pytest

from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import approved, begins, button_data, grower, on_sale, screens_since, term

LINE = "200 kg mangoes Alphonso, 120/kg, ready 15 May, deposit 20%"


def counts(phone: Phone) -> tuple[int, int, int]:
    return phone.tap_count, phone.typed_count, phone.photo_count


@pytest.mark.covers("COF01", "COF08", "COF09", "COF10", "PRE01")
def test_a_farmer_publishes_in_six_taps_and_a_photo_the_first_time(shop: Shop) -> None:
    gopal = shop.farmer()
    begin = begins(shop, gopal)
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.taps("200 kg")
    gopal.taps("in 2 weeks")
    gopal.taps("₹120")
    gopal.sees("🥭 Mango · 200 kg · ₹120/kg · ready Fri 15 May · deposit 20 %.")
    gopal.sees("Send 1 photo 📷")
    gopal.sends_photo()
    gopal.sees("Photo 1 of")
    gopal.taps("✅ Publish")
    gopal.sees("sent to the co-op")
    assert counts(gopal) == (6, 0, 1)
    same_as_golden("publish_first", screens_since(gopal, begin))


@pytest.mark.covers("PRE01", "PRE02")
def test_the_next_sale_takes_five_taps_and_like_last_time_three(shop: Shop) -> None:
    gopal = grower(shop)
    on_sale(shop, gopal)
    begin = begins(shop, gopal)
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.taps("500 kg")
    gopal.taps("in 4 weeks")
    gopal.sees("Price: your last.")
    gopal.sends_photo()
    gopal.taps("✅ Publish")
    gopal.sees("🥭 Mango · 500 kg")
    assert counts(gopal) == (5, 0, 1)
    gopal.reset_counts()
    gopal.taps("➕ Sell")
    gopal.taps("🔁 Mango, same as last time")
    gopal.sees("500 kg · ₹120/kg · ready Fri 29 May")
    gopal.sends_photo("tomato")
    gopal.taps("✅ Publish")
    gopal.sees("🥭 Mango · 500 kg")
    assert counts(gopal) == (3, 0, 1)
    same_as_golden("publish_again", screens_since(gopal, begin))


def test_one_line_a_photo_and_one_tap_publish(shop: Shop) -> None:
    gopal = grower(shop)
    begin = begins(shop, gopal)
    gopal.types(LINE)
    gopal.sees("🥭 Alphonso · 200 kg · ₹120/kg · ready Fri 15 May · deposit 20 %.")
    gopal.sends_photo()
    gopal.taps("✅ Publish")
    gopal.sees("sent to the co-op")
    assert counts(gopal) == (1, 1, 1)
    same_as_golden("publish_line", screens_since(gopal, begin))


def test_what_a_line_does_not_say_is_asked_with_buttons(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.taps("➕ Sell")
    gopal.types("२०० kg mangoes, ready 15 May")
    gopal.sees("I found 200 kg and Fri 15 May.")
    gopal.sees("I did not find a price.")
    gopal.types("₹12,000 per quintal")
    gopal.sees("· ₹120/kg ·")
    gopal.types("300 kg, deposit 90%")
    gopal.sees("Deposit % must be between 10 and 50")
    gopal.sees("300 kg · ₹120/kg")
    gopal.sends_voice()
    gopal.sees("Your voice note is with the co-op")
    gopal.types("300 kg, deposit 30%")
    gopal.sees("deposit 30 %")


def test_an_album_is_told_in_one_line(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.types(LINE)
    before = len(gopal.window.bot_messages())
    gopal.sends_album("mango", "tomato", "receipt")
    gopal.sees("Photo 3 of")
    shop.settles()
    assert len(gopal.window.bot_messages()) == before + 1
    gopal.taps("✅ Publish")
    gopal.sends_photo("licence")
    gopal.sees("Photo 4 of")


def test_a_sale_can_be_taken_back_for_five_minutes(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.types(LINE)
    gopal.taps("✅ Publish")
    gopal.sees("No photo yet")
    gopal.types("thank you")
    gopal.sees("This sale is sent. Press a button below to go on.")
    gopal.taps("↩️ Undo")
    gopal.sees("Taken back")
    gopal.taps("✏️ Quantity")
    gopal.taps("500 kg")
    gopal.taps("✅ Publish")
    shop.later(minutes=6)
    gopal.taps("↩️ Undo")
    gopal.sees_toast("Undo was possible until")


@pytest.mark.covers("COF02", "COF03", "COF04", "COF05", "COF06", "COF07", "COF11", "COF12", "COF13", "COF14", "COF15")
def test_every_field_of_the_form_is_filled_and_read_by_a_buyer(shop: Shop) -> None:
    gopal = grower(shop)
    term(shop, "type", "Fresh fruit")
    term(shop, "brand", "Konkan Gold")
    gopal.types(LINE)
    gopal.taps("⋯ More")
    for field, text in WRITTEN.items():
        gopal.taps(field)
        gopal.types(text)
        gopal.sees("more fields are filled")
    for field, choice in (("🗂 Type", "Fresh fruit"), ("🗂 Brand", "Konkan Gold"), ("🗂 Category", "fruit")):
        gopal.taps(field)
        gopal.taps(choice)
        gopal.sees("more fields are filled")
    gopal.taps("🧾 Invoice")
    gopal.taps("⚖️ Packed weight")
    for text, words in (("heavy", "How many kg?"), ("-1", "How many kg?"), ("1000000", "must be between")):
        gopal.types(text)
        gopal.sees(words)
    gopal.taps("⬅️ Back")
    gopal.sees("Alphonso, grade A")
    gopal.types("77")
    gopal.sees("write what changes")
    gopal.taps("✅ Publish")
    sale_id = approved(shop)
    asha = shop.person("Asha")
    asha.start(f"s_{sale_id}")
    read = asha.sees("Alphonso, grade A")
    asha.taps("ℹ️")
    read += asha.sees("Category: Fruit")
    for words in (
        "fruit", "Fresh fruit", "Konkan Gold", "Grade: A", "Sweet", "Picked by hand.", "1.2", "In boxes of 5 kg",
        "Spoiled fruit is replaced", "Bring a bag", "organic",
    ):  # fmt: skip
        assert words in read, words


def test_a_delivery_fee_that_cannot_be_read_is_refused_as_a_sum(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.types(LINE)
    gopal.taps("⋯ More")
    gopal.taps("💰 Delivery fee")
    gopal.types("abc")
    gopal.sees("Write a sum above 0, for example ₹")


WRITTEN = {
    "🏷 Title": "Alphonso, grade A", "🏷 Subtitle": "Sweet & <b>old</b> trees", "🔎 Keywords": "organic, hapus",
    "📐 Attributes": "Grade: A\nSize: 250 g", "📝 Description": "Picked by hand.", "🎯 Minimum": "50",
    "📦 Pack": "2", "⚖️ Packed weight": "1.2 kg", "🚚 Shipping": "In boxes of 5 kg, by van.", "💰 Delivery fee": "₹40",
    "📍 Pick-up place": "Market hall, gate 2", "🛡 Guarantee": "Spoiled fruit is replaced.", "ℹ️ Other": "Bring a bag.",
    "🗺 Region": "Konkan",
}  # fmt: skip


BAD_QUANTITIES = {
    "many": "How many kg?", "-5": "How many kg?", "0": None, "1000000000": "Quantity must be between",
    "1e9": "How many kg?", "5 crates": "Here we count in kg", "0.5": "Quantity must be", "9" * 40: "How many kg?",
}  # fmt: skip
BAD_DAYS = {
    "30 Feb": "I know no such day", "1 Jan 2020": "Date must be between", "soon": "I know no such day",
    "1 Jan 2099": "Date must be between Fri 1 May and Sat 5 Jun 2027. Example: Fri 15 May",
}  # fmt: skip
BAD_PRICES = {"cheap": "What does one kg cost?", "-5": "What does one kg cost?", "1000000000": "Price must be between",
              "$2": "it must be in INR", "120 per crate": "Here we count in kg"}  # fmt: skip


def test_bad_input_at_every_prompt_is_answered_with_an_example_and_the_draft_is_kept(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.taps("➕ Sell")
    gopal.sends_sticker()
    gopal.sees("Press a crop")
    gopal.types("what?")
    gopal.sees("Which crop?")
    gopal.taps("🥭 Mango")
    answers_badly(gopal, BAD_QUANTITIES, "Write how much, for example: 250 kg")
    gopal.types("２５０ kg")
    gopal.sees("3 of 5")
    answers_badly(gopal, BAD_DAYS, "Write the day, for example: 15 May")
    gopal.types("15/5")
    gopal.sees("4 of 5")
    answers_badly(gopal, BAD_PRICES, "Write the price of one, for example: 120")
    gopal.types("١٢٠")
    gopal.sees("🥭 Mango · 250 kg · ₹120/kg · ready Fri 15 May")
    gopal.taps("✏️ Deposit")
    answers_badly(gopal, {"a lot": "I need a share", "90": "Deposit % must be between 10 and 50"}, "Write the share")
    gopal.types("30 %")
    gopal.sees("deposit 30 %")


def answers_badly(phone: Phone, texts: dict[str, str | None], example: str) -> None:
    phone.sends_sticker()
    phone.sees(example)
    phone.sends_document("list.pdf")
    phone.sees(example)
    phone.sends_voice()
    phone.sees("Your voice note is with the co-op")
    for text, words in texts.items():
        if words is not None:
            phone.types(text)
            phone.sees(words)


def test_a_number_that_reads_two_ways_is_asked(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.types("1.200")
    gopal.sees("reads two ways")
    gopal.taps("1,200 kg")
    gopal.sees("3 of 5")
    gopal.taps("📅 Date")
    gopal.taps("May 2026")
    gopal.taps("20")
    gopal.types("1.200")
    gopal.taps("₹1,200")
    gopal.sees("🥭 Mango · 1,200 kg · ₹1,200/kg · ready Wed 20 May")


def test_an_edited_message_is_read_again(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.types("250")
    gopal.sees("3 of 5")
    gopal.edits("350")
    gopal.sees("3 of 5")
    gopal.taps("in 2 weeks")
    gopal.taps("₹120")
    gopal.sees("350 kg")


def test_stale_buttons_and_double_taps_change_nothing(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    old, data = button_data(gopal, "500 kg")
    gopal.taps("200 kg")
    gopal.taps_stale(old, data)
    gopal.sees_toast("This changed")
    assert "3 of 5" in gopal.screen()
    gopal.taps_stale(old, "fqty:1:1:<b>")
    gopal.taps_stale(old, "fqty:999999:1:5")
    gopal.sees_toast("I cannot find that")
    gopal.taps("in 2 weeks")
    gopal.taps("₹120")
    at, publish = button_data(gopal, "✅ Publish")
    gopal.taps("✅ Publish")
    gopal.taps_stale(at, publish)
    gopal.sees_toast("This changed")
    gopal.sees("the co-op looks at it")


def test_start_in_the_middle_keeps_the_draft_and_sell_offers_it_again(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.taps("200 kg")
    gopal.start()
    gopal.types("/cancel")
    gopal.taps("➕ Sell")
    gopal.sees("You were selling 🥭 Mango (2 of 5)")
    gopal.taps("▶ Continue")
    gopal.sees("3 of 5")
    gopal.sends_photo()
    gopal.sees("Photo 1 of")
    gopal.taps("➕ Sell")
    gopal.taps("🗑 Delete")
    gopal.sees("What do you sell?")
    gopal.types("200")
    gopal.sees("Which crop?")
    gopal.taps("More")
    gopal.taps("🍅 Tomato")
    gopal.sees("🍅 Tomato: 2 of 5")


def test_another_farmers_draft_is_not_found(shop: Shop) -> None:
    gopal, sita = grower(shop), grower(shop, "Sita")
    gopal.types(LINE)
    _at, publish = button_data(gopal, "✅ Publish")
    sita.taps("➕ Sell")
    at, _choice = button_data(sita, "🥭 Mango")
    sita.taps_stale(at, publish)
    sita.sees_toast("I cannot find that")
