"""Script 6 as buyers play it: from a group's card or the market to a reservation, whatever they type and tap."""

from __future__ import annotations

import pytest

from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.market import farm, paused, photographed, resumed, sale, touched, ways_to_pay


def button_data(phone: Phone, label: str) -> tuple[int, str]:
    """Where the newest message shows this button, and what it carries."""
    shown = phone.newest()
    for row in shown["reply_markup"]["inline_keyboard"]:
        for each in row:
            if each["text"].startswith(label):
                return shown["message_id"], each["callback_data"]
    raise AssertionError(f"no [{label}] in\n{phone.screens()}")


def orders_of(phone: Phone) -> str:
    """What [🧺 My orders] lists."""
    phone.taps("🧺 My orders")
    return phone.screen()


@pytest.mark.covers("PRE03")
def test_a_newcomer_reserves_from_a_group_card_in_four_taps_without_any_question(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.person("Asha")
    asha.start(f"s_{sale_id}")
    assert asha.sees("🥭 Alphonso · ₹240/kg")
    assert "🌐" in asha.buttons()
    asha.taps("5 kg")
    asha.sees("5 kg ₹1,200: deposit ₹240 now, ₹960 at harvest; crop fails → full refund")
    asha.taps("✅ Reserve")
    asha.sees("✅ Reserved A1")
    assert asha.tap_count <= 4
    assert asha.typed_count == 0
    assert "💳 Pay deposit ₹240" in asha.buttons()
    assert "🛍 Market" in asha.buttons()
    same_as_golden("buy_newcomer", asha.transcript())


@pytest.mark.covers("PRE03")
def test_a_known_buyer_reserves_from_a_group_card_in_three_taps(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.reset_counts()
    asha.start(f"s_{sale_id}")
    assert "🌐" not in asha.buttons()
    asha.taps("2 kg")
    asha.taps("✅ Reserve")
    asha.sees("✅ Reserved A1: 🥭 Alphonso, 2 kg")
    assert asha.tap_count <= 3


def test_a_newcomer_by_deep_link_may_choose_another_language_and_is_not_asked_again(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.person("Asha")
    asha.start(f"s_{sale_id}")
    asha.taps("🌐")
    asha.sees("Language?")
    asha.start()
    asha.sees("what next?")
    asha.start(f"s_{sale_id}")
    assert "🌐" not in asha.buttons()


def test_a_link_that_somebody_changed_is_a_plain_start(shop: Shop) -> None:
    sale(shop)
    asha = shop.buyer()
    for payload in ("s_999", "s_abc", "s_1_2", "s_99999999999999999999", "s_"):
        asha.start(payload)
        asha.sees("what next?")
    asha.start("s_999")
    asha.sees("This sale is not here any more.", anywhere=True)
    stranger = shop.person("Bela")
    stranger.start("s_999")
    stranger.sees("Language?")


def test_the_market_is_searched_by_category_region_and_words(shop: Shop) -> None:
    gopal = farm(shop)
    sale(shop, gopal)
    sale(shop, gopal, crop="tomato", title="", region="Hills & <Dales>", price=50)
    asha = shop.buyer()
    asha.taps("🛍 Market")
    listed = asha.sees("🛍 2 sales")
    assert "🥭 Alphonso · ₹240/kg · Fri 15 May" in listed
    assert "🍅 Tomato · ₹50/kg" in listed
    asha.taps("📍 Region")
    asha.taps("Hills & <Dales>")
    assert "Alphonso" not in asha.sees("🛍 1 sale · “Hills & <Dales>”")
    asha.taps("🛍 All sales")
    asha.sees("🛍 2 sales")
    asha.taps("🗂 Category")
    asha.taps("Fruit")
    assert "Tomato" not in asha.sees("🛍 1 sale")
    asha.taps("🛍 All sales")
    asha.types("mangoes")
    assert "Tomato" not in asha.sees("🛍 1 sale · “mangoes”")
    asha.types("<b>durian</b> & ٣")
    asha.sees("🛍 0 sales · “<b>durian</b> & ٣”")
    asha.sends_sticker()
    asha.sees("Write what you look for, for example: mango")
    asha.types("gopal")
    asha.sees("🛍 2 sales")
    asha.types("2")  # the second button
    asha.sees("⚖️ 200 kg of 200 kg left")


def test_a_buyer_who_just_writes_a_crop_is_shown_its_sales(shop: Shop) -> None:
    sale(shop)
    asha = shop.buyer()
    asha.types("do you have mangoes?")
    asha.sees("🥭 Alphonso · ₹240/kg")


def test_a_long_market_has_pages(shop: Shop) -> None:
    gopal = farm(shop)
    for crop in ("mango", "tomato", "potato", "onion", "carrot", "cabbage", "banana", "papaya", "guava"):
        sale(shop, gopal, crop=crop, title="")
    asha = shop.buyer()
    asha.taps("🛍 Market")
    assert "Mango" not in asha.sees("🛍 9 sales")
    asha.taps("▶ More")
    asha.sees("1. 🥭 Mango")
    asha.taps("◀ Back")
    assert "Mango" not in asha.sees("Guava")


def test_the_card_tells_what_the_seller_wrote(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    card = asha.screen()
    assert "🌱 Ready about Fri 15 May · deposit 20 %" in card
    assert "🧑‍🌾 Gopal's farm, Ratnagiri\n" in card
    assert "⭐" not in card  # a star with a number would read as so many of five
    assert "Grade: A & B <large>" in card
    assert "🚚 Deliver ₹40 · 📍 Pick up at Market hall, gate 2" in card
    asha.taps("ℹ️ Details")
    asha.sees("Invoice: no")
    asha.taps("⬅️ Back")
    asha.sees("⚖️ 200 kg of 200 kg left")


def test_the_card_has_its_photo_and_keeps_it_while_one_decides(shop: Shop) -> None:
    sale_id = sale(shop)
    photographed(shop, sale_id)
    asha = shop.buyer()
    asha.taps("🛍 Market")
    asha.taps("🥭 Alphonso")
    assert asha.sees("🥭 Alphonso · ₹240/kg") == asha.newest()["caption"]
    assert asha.picture()[:2] == b"\xff\xd8"  # a JPEG
    asha.taps("5 kg")
    asha.taps("✅ Reserve")
    assert asha.newest()["caption"].startswith("✅ Reserved A1")
    assert "photo" in asha.newest()
    asha.taps("📝 Note to farmer")
    asha.types("x" * 500)
    asha.sees("paid ₹0 · owed ₹1,200")  # the sums are never cut off


def test_who_writes_another_crop_before_a_card_is_shown_that_one(shop: Shop) -> None:
    gopal = farm(shop)
    sale(shop, gopal, crop="tomato", title="", price=50)
    sale_id = sale(shop, gopal)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.types("tomatoes?")
    asha.sees("1. 🍅 Tomato · ₹50/kg")


def test_a_quantity_is_read_in_any_digits_and_unit(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    for typed in ("3", "٣", "३ किलो", "3kg", "3000 g", "0.03 quintal"):
        asha.taps("✏️ Other")
        asha.sees("✏️ How many kg?")
        asha.types(typed)
        asha.sees("3 kg ₹720: deposit ₹144 now, ₹576 at harvest")
        asha.taps("⬅️ Back")


def test_what_is_no_quantity_is_refused_with_an_example_and_nothing_is_lost(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    for typed in ("many", "-5", "NaN", "1e5", "3 crates", "5 5", "½"):
        asha.types(typed)
        asha.sees("or example 5 kg")
    asha.types("2.5")
    asha.sees("This is sold in steps of 1 kg, from 1 to 200 kg. Example: 2")
    asha.types("201")
    asha.sees("Only 200 kg left.")
    asha.sends_sticker()
    asha.sees("for example: 5 kg")
    asha.sends_photo()
    asha.sees("for example: 5 kg")
    asha.types("1.200")
    asha.sees("reads two ways")
    assert asha.buttons()[:2] == ["1.2 kg", "1,200 kg"]
    asha.types("4")
    asha.sees("4 kg ₹960")
    asha.types("6 kg")  # on the confirm another amount may be written too
    asha.sees("6 kg ₹1,440")
    asha.taps("✅ Reserve")
    asha.sees("✅ Reserved A1: 🥭 Alphonso, 6 kg")


def test_a_command_in_the_middle_loses_nothing_that_matters(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.taps("5 kg")
    message_id, data = button_data(asha, "✅ Reserve")
    asha.types("/cancel")
    asha.taps_stale(message_id, data)
    asha.sees("5 kg ₹1,200")  # the state is gone: asked once more instead of done
    asha.taps("✅ Reserve")
    asha.sees("✅ Reserved A1")


def test_a_double_tap_makes_one_order(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.taps("5 kg")
    message_id, data = button_data(asha, "✅ Reserve")
    for _tap in range(3):
        asha.taps_stale(message_id, data, reacts=False)
    shop.settles()
    asha.sees("✅ Reserved A1", anywhere=True)
    assert orders_of(asha).count("🥭") == 1


def test_the_same_amount_can_be_reserved_twice_on_purpose(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    for number in ("A1", "A2"):
        asha.start(f"s_{sale_id}")
        asha.taps("5 kg")
        asha.taps("✅ Reserve")
        asha.sees(f"✅ Reserved {number}")


@pytest.mark.covers("PRE03")
def test_who_comes_late_is_offered_what_is_left_and_others_like_it(shop: Shop) -> None:
    gopal = farm(shop)
    sale(shop, gopal, title="Kesar")
    sale_id = sale(shop, gopal, quantity=3)
    asha, bela = shop.buyer("Asha"), shop.buyer("Bela")
    bela.start(f"s_{sale_id}")
    bela.taps("2 kg")
    asha.start(f"s_{sale_id}")
    asha.taps("2 kg")
    asha.taps("✅ Reserve")
    asha.sees("✅ Reserved A1")
    bela.taps("✅ Reserve")
    bela.sees("Only 1 kg left.")
    assert bela.buttons()[:2] == ["Take 1 kg", "🔔 Waiting list"]
    bela.taps("Similar")
    bela.sees("1. 🥭 Kesar")
    bela.start(f"s_{sale_id}")
    assert "2 kg" not in bela.buttons()
    bela.types("2")
    bela.sees("Only 1 kg left.")
    bela.taps("Take 1 kg")
    bela.sees("1 kg ₹240")
    bela.taps("✅ Reserve")
    bela.sees("✅ Reserved A2")
    asha.start(f"s_{sale_id}")
    asha.sees("✖️ Everything is reserved.")
    asha.types("2")  # the second button: nothing is left that a number could be an amount of
    asha.sees("1. 🥭 Kesar")


def test_a_button_of_an_earlier_revision_shows_the_fresh_card_and_reserves_nothing(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.taps("5 kg")
    touched(shop, sale_id)
    asha.taps("✅ Reserve")
    asha.sees_toast("This changed")
    asha.sees("⚖️ 200 kg of 200 kg left")
    assert "🧺 0 orders" in orders_of(asha)
    asha.start(f"s_{sale_id}")
    paused(shop, sale_id)
    asha.types("5")
    asha.sees("This sale is closed.")


def test_a_closed_sale_says_so_asks_no_amount_and_leads_to_others(shop: Shop) -> None:
    gopal = farm(shop)
    sale(shop, gopal, title="Kesar")
    sale_id = sale(shop, gopal)
    paused(shop, sale_id)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    assert "⏸ The farm takes no reservations for now." in asha.screen()
    resumed(shop, sale_id)
    shop.later(days=15)
    asha.start(f"s_{sale_id}")
    assert "🔒 This sale is closed: nothing can be reserved any more." in asha.screen()
    assert "left" not in asha.screen()
    assert asha.buttons()[:6] == ["Similar", "⭐ Reviews", "ℹ️ Details", "❓ Ask", "🔔 Follow farm", "🛍 Market"]
    asha.sends_sticker()
    asha.sees("I can keep photos, voice, places.")
    asha.taps("Similar")
    asha.sees("🛍 ")


def test_what_costs_nothing_to_bring_is_free(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id = sale(shop, fee=0)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    assert "🚚 Free delivery · 📍 Pick up at Market hall, gate 2" in asha.screen()
    for label in ("5 kg", "✅ Reserve", "💳 Pay deposit", "🚚 Deliver (free)"):
        asha.taps(label)
    asha.types("12 Lake Road")
    asha.sees("🚚 To: 12 Lake Road (free)")


def test_forged_buttons_reserve_nothing(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    message_id = asha.newest()["message_id"]
    forged = (
        f"breserve:{sale_id}:3:5-zzzzzz", f"breserve:{sale_id}:3", f"bqty:{sale_id}:3:NaN", f"bqty:{sale_id}:3:-5",
        f"bqty:{sale_id}:3:5e9", "bqty:999:1:5", "bsale:999:0", "btake:1:0:x", "bregion:0:0:77", "bcat:99:0",
        "bpage:0:0:-1",
        "bsimilar:999:0", "breviews:999:0", "bdetails:0:0", "bpics:1:0:0.77",
    )  # fmt: skip
    for data in forged:
        asha.taps_stale(message_id, data)
    assert "🧺 0 orders" in orders_of(asha)


def test_names_with_marks_of_html_are_shown_as_they_are(shop: Shop) -> None:
    gopal = farm(shop, seller="<b>Gopal & Co", store="<i>Farm</i> & Sons")
    sale_id = sale(shop, gopal, title="<u>Alphonso & Kesar")
    asha = shop.person("Asha <b>&")
    asha.start(f"s_{sale_id}")
    asha.sees("Welcome, Asha <b>&.", anywhere=True)
    assert "<i>Farm</i> & Sons" in asha.sees("🥭 <u>Alphonso & Kesar · ₹240/kg")
    asha.taps("1 kg")
    asha.taps("✅ Reserve")
    asha.sees("<u>Alphonso & Kesar")


def test_the_first_confirm_names_the_rules_and_later_ones_do_not(shop: Shop) -> None:
    ways_to_pay(shop, "sandbox")
    sale_id = sale(shop)
    asha = shop.person("Asha")
    asha.start(f"s_{sale_id}")
    asha.taps("1 kg")
    asha.sees("By going on you accept the rules")
    asha.taps("✅ Reserve")
    asha.start(f"s_{sale_id}")
    asha.taps("1 kg")
    asha.sees_not("By going on")
