"""An album comes as single pictures: they are one receipt, one line, one answer; never a riddle."""

from __future__ import annotations

from sqlalchemy import func, select

from core.events import Event, EventKind
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.test_files import owing


def test_an_album_is_one_receipt_and_staff_sees_all_of_it(shop: Shop) -> None:
    market.ways_to_pay(shop, "transfer")
    asha = owing(shop, "Asha", market.sale(shop))
    before = len(asha.window.bot_messages())
    asha.sends_album("receipt", "mango", "licence", caption="UTR 4512")
    asha.sees("Photo 3 of 5 ✓")
    shop.settles()
    assert len(asha.window.bot_messages()) == before + 1  # one line, edited
    asha.sees("🔎 Receipt for ₹96 received.")
    asha.sees_not("no use for this")
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("🏦 Receipts: 1")
    meera.sees("📎 Picture 1 of 3")
    shown = {meera.picture()}
    for at in (2, 3):
        meera.taps("📎 Next picture")
        meera.sees(f"📎 Picture {at} of 3")
        shown.add(meera.picture())
    assert len(shown) == 3
    meera.taps("✅ Money is there")
    asha.sees("Paid ₹96", anywhere=True)
    asha.sends_photo("tomato")
    asha.sees("I have no use for this now.")


def test_pictures_sent_one_after_the_other_join_the_receipt_too_but_not_without_end(shop: Shop) -> None:
    market.ways_to_pay(shop, "transfer")
    meera = shop.owner()
    asha = owing(shop, "Asha", market.sale(shop))
    asha.types("UTR 4512")
    asha.sees("The co-op checks it")
    asha.sends_photo("receipt")
    asha.sees("Photo 1 of 5 ✓")
    shop.settles()
    meera.sees("Reference: UTR 4512", anywhere=True)
    assert "photo" in meera.newest()
    asha.sends_document("page.pdf", mime_type="application/pdf", text="%PDF-1.4 page 2")
    asha.sees("Photo 2 of 5 ✓")
    shop.settles()
    meera.sees("📎 Picture 1 of 2", anywhere=True)  # the card that was pushed, edited
    meera.taps("📎 Next picture")
    meera.sees("📎 Picture 2 of 2")
    assert meera.attachment("document") == b"%PDF-1.4 page 2"
    asha.sends_album("mango", "tomato", "licence", "receipt", "mango")
    asha.sees("Photo 5 of 5 ✓")
    shop.settles()
    asha.sees_not("no use for this")
    shop.later(minutes=11)
    asha.sends_photo("tomato")
    asha.sees("I have no use for this now.")


def test_a_picture_shown_for_another_payment_is_flagged_wherever_it_stands_in_an_album(shop: Shop) -> None:
    market.ways_to_pay(shop, "transfer")
    sale_id = market.sale(shop)
    asha, bela = owing(shop, "Asha", sale_id), owing(shop, "Bela", sale_id)
    asha.sends_album("mango", "receipt")
    asha.sees("Photo 2 of 5 ✓")
    bela.sends_album("tomato", "receipt")
    bela.sees("Photo 2 of 5 ✓")
    shop.settles()
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("🏦 Receipts: 2")
    meera.taps("Bela")
    meera.sees("⚠️ The same receipt came before, for A1.")


def test_a_new_receipt_after_a_rejection_shows_nothing_of_the_old_one(shop: Shop) -> None:
    market.ways_to_pay(shop, "transfer")
    asha = owing(shop, "Asha", market.sale(shop))
    asha.sends_album("mango", "tomato")
    asha.sees("Photo 2 of 5 ✓")
    market.receipt_decided(shop, accept=False, reason="Not there yet")
    asha.taps("🧾 Order A1")
    asha.taps("💳 Pay deposit")
    asha.sends_photo("receipt")
    asha.sees("Receipt for ₹96 received")
    shop.settles()
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("🏦 Receipts: 1")
    meera.sees("From Asha")
    assert "📎 Next picture" not in meera.buttons()


def test_of_an_album_where_one_licence_was_asked_the_first_is_kept_and_one_line_says_so(shop: Shop) -> None:
    gopal = shop.arriving_farmer()
    gopal.taps("🏢 Enterprise")
    before = len(gopal.window.bot_messages())
    gopal.sends_album("licence", "receipt", "mango")
    gopal.sees("🏢 1 photo of the licence is enough: I kept the first.")
    shop.settles()
    assert len(gopal.window.bot_messages()) == before + 2
    gopal.taps("🏢 Enterprise")
    gopal.sends_photo("licence")
    gopal.sees("Licence kept")


def test_an_album_that_nobody_asked_for_is_told_once(shop: Shop) -> None:
    asha = shop.buyer()
    before = len(asha.window.bot_messages())
    asha.sends_album("mango", "tomato", "receipt")
    asha.sees("I have no use for this now.")
    shop.settles()
    assert len(asha.window.bot_messages()) == before + 1


def test_of_an_album_of_the_growing_crop_buyers_are_shown_one_photo(shop: Shop) -> None:
    gopal = shop.farmer()
    meera = shop.owner()
    for label in ("➕ Sell", "🥭 Mango", "200 kg", "in 2 weeks", "₹120"):
        gopal.taps(label)
    gopal.taps("✅ Publish")
    shop.settles()
    meera.taps("✅ Approve")
    shop.settles()
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.taps("📷 Photo")
    before = len(gopal.window.bot_messages())
    gopal.sends_album("mango", "tomato", "receipt")
    gopal.sees("📷 Photo kept ✓")
    shop.settles()
    assert len(gopal.window.bot_messages()) == before + 1
    with shop.database.reading() as session:
        told = select(func.count()).select_from(Event).where(Event.kind == EventKind.GROWING_PHOTO.value)
        assert session.scalars(told).one() == 1
