"""Script 1: people arrive as farmers, enterprises or buyers, in few taps and without typing."""

from __future__ import annotations

import pytest

from tests.kit.golden import same_as_golden
from tests.kit.shop import Shop


@pytest.mark.covers("MEF03")
def test_a_farmer_joins_in_six_taps_and_types_nothing(shop: Shop) -> None:
    gopal = shop.person("Gopal")
    gopal.start()
    gopal.taps("English")
    gopal.sees("By going on you accept the rules")
    gopal.taps("🌱 I grow")
    gopal.sees("Share your number")
    gopal.shares_contact()
    gopal.sees("Where is your farm?")
    gopal.shares_place(16.99, 73.31)
    gopal.sees("Main crop?")
    gopal.taps("🥭 Mango")
    gopal.sees("✅ Gopal, the co-op checks you (about 1 day). You can already prepare a sale.")
    assert (gopal.tap_count, gopal.typed_count) == (6, 0)
    assert {"➕ Sell", "📦 Orders", "💰 Money", "❓ Help"} <= set(gopal.buttons())
    same_as_golden("join_farmer", gopal.transcript())
    gopal.types("/rules")
    gopal.sees("✅ You accepted them Fri 1 May 11:00")


def test_somebody_elses_number_is_not_taken(shop: Shop) -> None:
    gopal, asha = shop.person("Gopal"), shop.person("Asha")
    gopal.start()
    gopal.taps("English")
    gopal.taps("🌱 I grow")
    gopal.shares_contact(of=asha)
    gopal.sees("That is another person's number. Press the button to share yours, or ask your co-op.")
    gopal.shares_contact()
    gopal.sees("Where is your farm?")


def test_a_village_by_its_name_and_a_crop_by_its_name(shop: Shop) -> None:
    gopal = shop.person("Gopal")
    gopal.start()
    gopal.taps("English")
    gopal.taps("🌱 I grow")
    gopal.types("my number is 12345")
    gopal.sees("Press 📱 Share my number below")
    gopal.types("+91 98765 43210")
    gopal.sees_not("I did not understand")
    gopal.sees("Press 📱 Share my number below")
    gopal.shares_contact()
    gopal.taps("Choose village")
    gopal.sees("for example: Ratnagiri")
    gopal.types("42")
    gopal.sees("Where is your farm?")
    gopal.types("Ratnagiri")
    gopal.sees("Main crop?")
    gopal.types("tomatoes")
    gopal.sees("Tomato ✓")
    owner = shop.owner()
    owner.taps("✅ To decide")
    owner.taps("🌱 Farms: 1")
    owner.sees("📍 Ratnagiri")
    owner.sees("Main crop: 🍅 Tomato")


@pytest.mark.parametrize(
    ("language", "grow", "village", "crop", "noted"),
    [("हिन्दी", "🌱", "गाँव", "आम", "आम ✓"), ("中文", "🌱", "村", "芒果", "芒果 ✓")],
)
def test_a_crop_by_its_name_in_the_language_spoken(
    shop: Shop, language: str, grow: str, village: str, crop: str, noted: str
) -> None:
    gopal = shop.person("Gopal")
    gopal.start()
    gopal.taps(language)
    gopal.taps(grow)
    gopal.shares_contact()
    gopal.types(village)
    gopal.types(crop)
    gopal.sees(noted)


@pytest.mark.covers("MEF03", "MEF04")
def test_an_enterprise_adds_its_licence_and_the_co_op_looks_at_it(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.arriving_farmer()
    gopal.taps("🏢 Enterprise")
    gopal.sees("Send 1 photo of the business licence")
    gopal.types("which one?")
    gopal.sees("Send 1 photo of the licence")
    gopal.sends_photo("receipt")
    gopal.sees("🏢 Licence kept, Gopal. The co-op looks at it.")
    shop.settles()
    meera.sees("Gopal, enterprise", anywhere=True)
    meera.sees("🏢 Licence above.", anywhere=True)
    assert meera.picture()[:2] == b"\xff\xd8"


def test_a_buyer_is_home_after_three_taps(shop: Shop) -> None:
    asha = shop.person("Asha")
    asha.start()
    asha.taps("English")
    asha.taps("🧺 I buy")
    asha.sees("Press 🛍 Market")
    assert (asha.tap_count, asha.typed_count) == (3, 0)
    assert {"🛍 Market", "🧺 My orders", "👛 Wallet", "❓ Help"} <= set(asha.buttons())


def test_start_again_in_the_middle_asks_the_same_question_again(shop: Shop) -> None:
    gopal = shop.person("Gopal")
    gopal.start()
    gopal.start()
    gopal.sees("Language?")
    gopal.taps("English")
    gopal.taps("🌱 I grow")
    gopal.start()
    gopal.sees("Share your number")
    gopal.shares_contact()
    gopal.start()
    gopal.sees("Where is your farm?")
    gopal.shares_place()
    gopal.start()
    gopal.sees("Main crop?")
    gopal.taps("Mango")
    gopal.sees("the co-op checks you")


def test_the_last_answer_tapped_twice_opens_one_farm(shop: Shop) -> None:
    gopal = shop.arriving_farmer()
    pressed = next(message for message in gopal.window.bot_messages() if "Mango ✓" in str(message.get("text")))
    gopal.taps_stale(pressed["message_id"], "crop:0:0:tomato")
    gopal.sees("Gopal, what next?")
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("🌱 Farms: 1")
    meera.sees("Main crop: 🥭 Mango")
