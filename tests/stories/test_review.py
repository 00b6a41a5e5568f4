"""Judging an order: three faces, three indicators, words and pictures; what the farm's reputation makes of it."""

from __future__ import annotations

import pytest

from core.orders.fulfil import CourierStatus
from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.market import carried, farm, harvested, packed, sale, ways_to_pay


def delivered(shop: Shop, sale_id: int, *phones: Phone) -> None:
    """Everybody bought, paid and got the goods."""
    ways_to_pay(shop, "sandbox")
    for phone in phones:
        phone.start(f"s_{sale_id}")
        phone.taps("1 kg")
        phone.taps("✅ Reserve")
        phone.taps("💳 Pay deposit")
        phone.taps("🚚 Deliver")
        phone.types("12 Lake Road, Hill Town")
    harvested(shop, sale_id)
    for phone in phones:
        phone.taps("💳 Pay balance")
    packed(shop, sale_id)
    carried(shop, sale_id, CourierStatus.DELIVERED)


def reputation(phone: Phone, sale_id: int) -> str:
    """What the farm's card and its reviews show."""
    phone.start(f"s_{sale_id}")
    phone.taps("⭐ Reviews")
    return phone.sees("reputation point")


@pytest.mark.covers("CRE02", "CRE05", "CRE09", "CRE10", "CRE11", "CRE12", "CRE13", "CRE14", "CRE15")
def test_a_buyer_judges_with_faces_words_and_pictures_and_everybody_sees_it(shop: Shop) -> None:
    sale_id = sale(shop)
    asha, bela = shop.buyer("Asha <b>"), shop.buyer("Bela")
    delivered(shop, sale_id, asha)
    asha.taps("✅ Received")
    asha.reset_counts()
    begin = len(asha.transcript())
    asha.taps("👍 Good")
    asha.sees("👍 🥭 Alphonso, A1: thank you!\n1 of 3. Quality?")
    assert asha.tap_count == 1
    assert "🧑‍🌾 Gopal's farm · 1 reputation point\n" in reputation(bela, sale_id)  # one tap counts already
    asha.taps("👍")
    asha.sees("2 of 3. Service?")
    asha.taps("😐")
    asha.sees("3 of 3. Delivery speed?")
    asha.taps("👎")
    asha.types("Sweet & <i>fresh</i>")
    asha.sees("📷 Photos? Send up to 5.")
    asha.sends_album("mango", "tomato")
    asha.sees("Photo 2 of 5 ✓")
    asha.taps("✅ Done")
    asha.sees("👍 · Quality 👍 · Service 😐 · Delivery speed 👎\n“Sweet & <i>fresh</i>”")
    seen = reputation(bela, sale_id)
    assert "👍 100 % of 1 review · Quality 100 % · Service 0 % · Delivery speed 0 %" in seen
    assert "👍 Asha <b>, Fri 1 May “Sweet & <i>fresh</i>” 📷 2" in seen
    bela.taps("📷 Asha")
    bela.sees("Sweet & <i>fresh</i>")
    assert bela.picture()[:2] == b"\xff\xd8"  # a JPEG
    same_as_golden("review", asha.transcript()[begin:])


@pytest.mark.covers("CRE05", "CRE06", "CRE07", "CRE08")
def test_good_adds_a_point_bad_takes_one_medium_and_silence_change_nothing(shop: Shop) -> None:
    sale_id = sale(shop, farm(shop))
    people = [shop.buyer(name) for name in ("Asha", "Bela", "Chitra", "Dev")]
    asha, bela, chitra, dev = people
    delivered(shop, sale_id, *people)
    for phone in people:
        phone.taps("✅ Received")
    assert "🧑‍🌾 Gopal's farm · 0 reputation points\n0 reviews yet." in reputation(dev, sale_id)
    asha.taps("👍 Good")
    assert "· 1 reputation point\n" in reputation(dev, sale_id)
    bela.taps("😐 Medium")
    assert "· 1 reputation point\n" in reputation(dev, sale_id)
    chitra.taps("👎 Bad")
    seen = reputation(dev, sale_id)  # Dev said nothing
    assert "🧑‍🌾 Gopal's farm · 0 reputation points\n👍 33 % of 3 reviews" in seen
    dev.taps("⬅️ Back")
    assert dev.sees("🧑‍🌾 Gopal's farm, Ratnagiri\n")  # points that come to nothing say nothing on the card


def test_everything_after_the_first_tap_can_be_skipped(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    delivered(shop, sale_id, asha)
    asha.taps("✅ Received")
    asha.taps("😐 Medium")
    for _step in range(5):
        asha.taps("Skip")
    asha.sees("✅ Your review is there for everybody. Thank you!\n😐")
    asha.taps("🧾 A1")
    assert "👍 Good" not in asha.buttons()


def test_a_review_survives_stickers_double_taps_and_what_is_too_long(shop: Shop) -> None:
    sale_id = sale(shop)
    asha = shop.buyer()
    delivered(shop, sale_id, asha)
    asha.taps("✅ Received")
    shown = asha.newest()
    data = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _tap in range(2):
        asha.taps_stale(shown["message_id"], data, reacts=False)
    shop.settles()
    asha.sees_toast("You have said how this order was.")
    for _step in range(3):
        asha.taps("Skip")
    asha.sends_sticker()
    asha.sees("Write a few words, for example: Sweet and fresh, thank you!")
    asha.types("x" * 1001)
    asha.sees("1,001 characters, 1,000 fit")
    asha.types("Good")
    asha.types("more")
    asha.sees("Send a photo 📷, or press the button above to finish.")
    asha.sends_voice()
    asha.sees("Send a photo 📷")
    asha.sends_photo("mango")
    asha.sees("Photo 1 of 5 ✓")
    asha.taps("✅ Done")
    asha.sees("“Good”")
    assert "· 1 reputation point\n" in reputation(asha, sale_id)


def test_forged_reviews_are_not_found(shop: Shop) -> None:
    sale_id = sale(shop)
    asha, bela = shop.buyer("Asha"), shop.buyer("Bela")
    delivered(shop, sale_id, asha)
    asha.taps("✅ Received")
    asha.taps("👍 Good")
    bela.start(f"s_{sale_id}")
    own = bela.newest()["message_id"]
    told = set()
    for data in ("bscore:1:0:-1", "bscore:999:0:-1", "bscore:1:0:7", "bind:1:0:quality.-1", "bind:999:0:quality.-1",
                 "bind:1:0:points.1", "bwords:1:0", "bdone:1:0"):  # fmt: skip
        bela.taps_stale(own, data)
        told.add(bela.sees_toast())
    assert told == {"I cannot find that. It may have ended."}
    assert "· 1 reputation point\n" in reputation(bela, sale_id)
