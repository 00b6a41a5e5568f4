"""An edited message answers what it answered before, while that is not confirmed; never the question asked now."""

from __future__ import annotations

from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.market import sale, ways_to_pay

KEPT = "You changed an earlier message; what I noted stays."


def selling(shop: Shop) -> Phone:
    """Gopal typed how much he sells and is asked when."""
    gopal = shop.farmer()
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.types("250")
    gopal.sees("When is it ready?")
    return gopal


def test_an_edit_corrects_the_field_that_the_message_answered(shop: Shop) -> None:
    gopal = selling(shop)
    gopal.types("15 May")
    gopal.sees("Price of one kg?")
    gopal.edits("350", was="250")
    gopal.sees("Price of one kg?")  # 350 is no price
    gopal.types("120")
    gopal.sees("350 kg · ₹120/kg · ready Fri 15 May")
    gopal.edits("130")
    gopal.sees("350 kg · ₹130/kg · ready Fri 15 May")


def test_an_edit_of_any_other_message_answers_nothing(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.types("hello there")
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.edits("500")
    gopal.sees(f"{KEPT} Now I ask this:\nWrite how much, for example: 250 kg")
    gopal.types("250")
    gopal.sees("When is it ready?")


def test_a_refused_answer_is_put_right_by_editing_it(shop: Shop) -> None:
    gopal = selling(shop)
    gopal.types("someday")
    gopal.sees("I know no such day.")
    gopal.edits("15 May")
    gopal.sees("Price of one kg?")
    gopal.edits("16 May")
    gopal.types("120")
    gopal.sees("ready Sat 16 May")


def test_an_edit_does_not_press_a_button(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.types("hello there")
    gopal.taps("➕ Sell")
    gopal.edits("1")
    gopal.sees(KEPT)


def test_another_draft_is_not_changed_by_the_words_of_the_one_before(shop: Shop) -> None:
    gopal = selling(shop)
    gopal.taps("➕ Sell")
    gopal.taps("🗑 Delete")
    gopal.taps("🍅 Tomato")
    gopal.taps("200 kg")
    gopal.edits("700", was="250")
    gopal.sees(KEPT)
    gopal.types("15 May")
    gopal.types("30")
    gopal.sees("🍅 Tomato · 200 kg")


def test_a_line_out_of_the_blue_is_read_again_into_the_same_draft(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.types("200 kg mangoes Alphonso, ready 15 May")
    gopal.sees("I did not find a price.")
    gopal.edits("220 kg mangoes Alphonso, 120/kg, ready 15 May")
    gopal.sees("220 kg · ₹120/kg · ready Fri 15 May")


def test_what_was_confirmed_is_not_changed_by_an_edit(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id, asha = sale(shop), shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.types("3")
    asha.sees("3 kg")
    asha.edits("4 kg")
    asha.sees("4 kg ₹960: deposit ₹192 now")
    asha.taps("✅ Reserve")
    asha.sees("✅ Reserved A1: 🥭 Alphonso, 4 kg")
    asha.edits("9 kg", was="4 kg")
    asha.sees(KEPT)
    asha.taps("💳 Pay deposit ₹192")
    asha.taps("🚚 Deliver")
    asha.edits("12 Lake Road, Hill Town", was="9 kg")
    asha.sees("Now I ask this:\nWrite street, number and place")
    asha.types("14 Lake Road, Hill Town")
    asha.sees("🚚 To: 14 Lake Road, Hill Town")
    asha.edits("15 Lake Road, Hill Town")
    asha.sees("To change it, press here:")
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.sees("🚚 To: 14 Lake Road, Hill Town")
