"""What the list of requirements asks for, one by one, where a person would look for it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from PIL import Image

from tests.kit.shop import Shop
from tests.stories.farming import approved, bought, grower, on_sale, term
from tests.stories.market import harvested, ways_to_pay


@dataclass(frozen=True)
class Field:
    """A field of the seller's form: the button, what is written or chosen, and what a buyer reads where."""

    label: str
    written: str
    read: str
    on_card: bool = False
    is_choice: bool = False


FIELDS = {
    "COF02": Field("🗂 Category", "fruit", "Category: Fruit", on_card=True, is_choice=True),
    "COF03": Field("🗂 Type", "Fresh fruit", "Type: Fresh fruit", on_card=True, is_choice=True),
    "COF04": Field("📐 Attributes", "Grade: A\nSize: 250 g", "Size: 250 g", on_card=True),
    "COF05": Field("🏷 Title", "Alphonso, grade A", "🥭 Alphonso, grade A · ₹120/kg", on_card=True),
    "COF06": Field("🏷 Subtitle", "Sweet, from old trees", "Sweet, from old trees", on_card=True),
    "COF07": Field("🔎 Keywords", "organic, hapus", "Keywords: organic, hapus"),
    "COF11": Field("📝 Description", "Picked by hand at dawn.", "Picked by hand at dawn.", on_card=True),
    "COF12": Field("⚖️ Packed weight", "1.2 kg", "Packed weight: 1.2 kg"),
    "COF13": Field("🚚 Shipping", "In boxes of 5 kg, by van.", "Shipping: In boxes of 5 kg, by van."),
    "COF14": Field("🛡 Guarantee", "Spoiled fruit is replaced.", "Guarantee: Spoiled fruit is replaced."),
    "COF15": Field("ℹ️ Other", "Bring your own bag.", "Other: Bring your own bag."),
}


@pytest.mark.covers("COF01", "COF08", "COF09", "COF10", *FIELDS)
def test_each_field_the_seller_fills_stands_where_buyers_look_for_it(shop: Shop) -> None:
    gopal = grower(shop)
    term(shop, "type", "Fresh fruit")
    gopal.types("200 kg mangoes, 120/kg, ready 15 May, deposit 20%")
    gopal.sends_photo()
    gopal.taps("⋯ More")
    for field in FIELDS.values():
        gopal.taps(field.label)
        gopal.taps(field.written) if field.is_choice else gopal.types(field.written)
        gopal.sees("more fields are filled")
    gopal.taps("🧾 Invoice")
    gopal.taps("⬅️ Back")
    gopal.taps("✅ Publish")
    sale_id = approved(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    card = asha.sees("Alphonso")
    assert "₹120/kg" in card  # COF08
    assert "200 kg of 200 kg left" in card  # COF09
    with Image.open(io.BytesIO(asha.picture())) as picture:  # COF10
        assert min(picture.size) > 50
    for id_, field in FIELDS.items():
        if field.on_card:
            assert field.read in card, id_
    asha.taps("ℹ️ Details")
    details = asha.sees("Invoice: yes")
    for id_, field in FIELDS.items():
        if not field.on_card:
            assert field.read in details, id_


@pytest.mark.covers("COF01", "COF07", "PRE02")
def test_a_sale_is_found_by_its_keywords(shop: Shop) -> None:
    gopal = grower(shop)
    gopal.types("200 kg mangoes, 120/kg, ready 15 May, deposit 20%")
    gopal.taps("⋯ More")
    gopal.taps("🔎 Keywords")
    gopal.types("organic, hapus")
    gopal.taps("⬅️ Back")
    gopal.taps("✅ Publish")
    approved(shop)
    asha = shop.buyer()
    asha.taps("🛍 Market")
    asha.types("hapus")
    asha.sees("🛍 1 sale · “hapus”")
    assert "🥭 Mango · ₹120/kg" in asha.screen()


@pytest.mark.covers("ORF14", "ORF19", "PRE04")
def test_a_late_balance_still_waits_for_the_buyer_and_can_be_paid(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Asha", 10)
    ways_to_pay(shop, "sandbox")
    harvested(shop, sale_id)
    shop.later(days=2, hours=3)
    asha.sees("the balance ₹960 is late", anywhere=True)
    asha.types("/orders")
    asha.taps("🥭 A1")
    assert "⏳ Waiting for buyer to pay" in asha.sees("🧾 A1")
    asha.taps("💳 Pay balance ₹960")
    asha.sees("paid ₹1,200 · owed ₹0")


@pytest.mark.covers("PRE05")
def test_the_farmer_reads_all_orders_of_a_sale_in_one_sum(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    for name, kilos in (("Asha", 10), ("Binu", 20), ("Devi", 30)):
        bought(shop, sale_id, name, kilos)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.sees("60 of 200 kg")
    assert "3 buyers" in gopal.screen()


@pytest.mark.covers("MEF03")
def test_a_newcomer_reads_the_rules_before_going_on_accepts_them(shop: Shop) -> None:
    asha = shop.person("Asha")
    asha.start()
    asha.taps("English")
    asha.sees("By going on you accept the rules of the co-op: /rules")
    asha.types("/rules")
    asha.sees("📜")
    asha.start()
    asha.taps("🧺 I buy")
    asha.sees("Welcome, Asha.")
