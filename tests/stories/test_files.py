"""What people send as files is seen by whoever decides on it, and nobody decides under the picture of another."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from core.messaging.models import MediaFile
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market

PDF = "%PDF-1.4 the licence of Gopal"


def company(shop: Shop) -> Phone:
    """Gopal's farm is a company; its licence is a file."""
    gopal = shop.arriving_farmer()
    gopal.taps("🏢 Enterprise")
    gopal.sends_document("licence.pdf", mime_type="application/pdf", text=PDF)
    gopal.sees("Licence kept")
    shop.settles()
    return gopal


def owing(shop: Shop, name: str, sale_id: int) -> Phone:
    """Somebody who reserved 2 kg and was told where to transfer the deposit."""
    phone = shop.person(name)
    phone.start(f"s_{sale_id}")
    for label in ("2 kg", "✅ Reserve", "💳 Pay deposit"):
        phone.taps(label)
    phone.sees("coop@upi")
    return phone


def test_a_licence_sent_as_a_file_is_seen_where_the_farm_is_decided_on(shop: Shop) -> None:
    meera = shop.owner()
    gopal = company(shop)
    meera.sees("🏢 Licence above.", anywhere=True)
    assert meera.attachment("document") == PDF.encode()
    meera.taps("❌ Reject")
    meera.sees("Why not?")
    assert "document" in meera.newest()  # it stays in sight while the reason is chosen
    meera.taps("⬅️ Back")
    meera.taps("✅ Approve")
    meera.sees("✅ approved · Meera")
    gopal.sees("You can sell now", anywhere=True)
    meera.taps("👥 Members")
    meera.taps("Gopal's farm")
    meera.sees("🏢 Licence above.")
    assert meera.newest()["document"]["file_name"] == "licence.pdf"


def test_another_bot_of_the_shop_sends_the_file_anew(shop: Shop) -> None:
    company(shop)
    with shop.database.writing() as session:
        session.execute(delete(MediaFile))  # such ids belong to one bot
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("🌱 Farms: 1")
    meera.sees("🏢 Licence above.")
    assert meera.attachment("document") == PDF.encode()
    assert meera.newest()["document"]["file_name"] == "document-1.pdf"
    with shop.database.reading() as session:
        known = session.scalars(select(func.count()).select_from(MediaFile)).one()
    assert known == 1  # the next time it goes by this bot's own id


def test_each_receipt_is_decided_on_under_its_own_picture_or_file(shop: Shop) -> None:
    market.ways_to_pay(shop, "transfer")
    sale_id = market.sale(shop)
    asha, bela, chitra = (owing(shop, name, sale_id) for name in ("Asha", "Bela", "Chitra"))
    asha.sends_photo("receipt")
    asha.sees("The co-op checks it")
    bela.sends_document("receipt.pdf", mime_type="application/pdf", text="%PDF-1.4 receipt of Bela")
    bela.sees("The co-op checks it")
    chitra.types("UTR 4512")
    chitra.sees("The co-op checks it")
    shop.settles()
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("🏦 Receipts: 3")
    meera.taps("Asha")
    meera.sees("From Asha")
    assert "photo" in meera.newest()
    meera.taps("✅ Money is there")
    meera.taps("➡️ Next")
    meera.taps("Bela")
    meera.sees("From Bela")
    assert "photo" not in meera.newest()
    assert meera.attachment("document") == b"%PDF-1.4 receipt of Bela"
    meera.taps("✅ Money is there")
    meera.taps("➡️ Next")
    meera.sees("From Chitra")
    assert not {"photo", "document"} & set(meera.newest())
    meera.taps("✅ Money is there")
    chitra.sees("Paid ₹96", anywhere=True)


def test_a_listing_without_a_photo_does_not_stand_under_the_photo_of_another(shop: Shop) -> None:
    farmer_id = market.farm(shop)
    with_photo = market.sale(shop, farmer_id)
    market.sale(shop, farmer_id, crop="tomato", title="Roma", price=50)
    market.photographed(shop, with_photo)
    asha = shop.buyer()
    asha.taps("🛍 Market")
    asha.taps("🥭 Alphonso")
    assert "photo" in asha.newest()
    asha.taps("🛍 Market")
    asha.taps("🍅 Roma")
    asha.sees("Roma")
    assert "photo" not in asha.newest()


def test_a_file_too_large_to_fetch_is_still_shown(shop: Shop) -> None:
    meera = shop.owner()
    gopal = shop.arriving_farmer()
    gopal.taps("🏢 Enterprise")
    gopal.sends_document("scan.pdf", mime_type="application/pdf", text="%PDF" + "x" * 21_000_000)
    gopal.sees("Licence kept")
    shop.settles()
    meera.sees("🏢 Licence above.", anywhere=True)
    assert meera.newest()["document"]["file_size"] > 20_000_000
    meera.taps("✅ To decide")
    assert not [label for label in meera.buttons() if "Not sent" in label]
