"""The catalogue of crops is sound, found by its names, and suggests prices people would say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import crops

EVERY_CROP = pytest.mark.parametrize("crop", crops.load().values(), ids=lambda crop: crop.key)


def test_there_are_at_least_sixty_four_crops_and_each_code_is_confirmed_in_the_docs() -> None:
    assert len(crops.load()) >= 64
    docs = (Path(__file__).parent.parent / "docs" / "crops.md").read_text(encoding="utf-8")
    listed = {line.split("|")[1].strip() for line in docs.splitlines() if line.startswith("| 0")}
    assert {crop.code for crop in crops.load().values() if crop.code} == listed


@EVERY_CROP
def test_a_crop_fits_its_button_and_is_found_by_every_name(crop: crops.Crop) -> None:
    assert len(crop.name) <= 16
    for word in (crop.name, crop.name.upper(), *crop.words, f"200 kg of {crop.name.lower()}, please"):
        assert crops.find(word) == crop


@EVERY_CROP
def test_a_farm_offers_more_than_a_buyer_takes(crop: crops.Crop) -> None:
    assert crop.buyer_quantities[0] >= crop.pack
    assert crop.usual_quantities[0] >= crop.buyer_quantities[-1]
    assert all(quantity % crop.pack == 0 for quantity in crop.usual_quantities + crop.buyer_quantities)


@pytest.mark.parametrize("currency", sorted(crops.rates()))
def test_suggested_prices_rise_and_are_round(currency: str) -> None:
    for crop in crops.load().values():
        low, middle, high = crops.suggested_prices(crop, currency)
        assert 0 < low < middle < high
        assert all(len(str(price).rstrip("0")) <= 2 for price in (low, middle, high))


@pytest.mark.parametrize(
    ("key", "currency", "prices"),
    [
        ("mango", "INR", (11000, 12000, 13000)),
        ("mango", "USD", (130, 140, 150)),
        ("mango", "JPY", (180, 200, 220)),
        ("tomato", "KWD", (110, 150, 240)),
        ("tomato", "IDR", (580000, 830000, 1300000)),
        ("tomato", "XXX", ()),
    ],
)
def test_prices_are_said_as_in_the_market(key: str, currency: str, prices: tuple[int, ...]) -> None:
    assert crops.suggested_prices(crops.load()[key], currency) == prices


def test_rates_cover_the_currencies_of_the_shops() -> None:
    needed = {"INR", "USD", "EUR", "CNY", "IDR", "RUB", "ETB", "MXN", "BRL", "KES", "TZS", "JPY", "KWD", "GBP", "NGN"}
    assert needed <= set(crops.rates())
    assert len(crops.rates()) >= 25
    assert all(get_currency_precision(currency) in {0, 2, 3} for currency in crops.rates())


@given(st.decimals(min_value="0.01", max_value="1e12", places=2))
def test_a_price_is_rounded_by_at_most_a_twentieth_or_half_a_unit(exact: Decimal) -> None:
    assert abs(crops.price_like(exact) - exact) <= max(exact / 20, Decimal(1))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("200 kg mangoes Alphonso", "mango"),
        ("Sweet potatoes", "sweet-potato"),
        ("sweet corn 100", "sweet-corn"),
        ("CORN", "maize"),
        ("goat's milk", "goat-milk"),
        ("goat’s milk", "goat-milk"),
        ("milk", "cow-milk"),
        ("mangoes and tomatoes", None),
        ("mangosteen", "mangosteen"),
        ("mangoesque", None),
        ("", None),
        ("İİ mango", "mango"),
    ],
)
def test_find_reads_one_crop_or_none(text: str, key: str | None) -> None:
    found = crops.find(text)
    assert (found.key if found else None) == key


def test_find_knows_translated_names_with_and_without_spaces() -> None:
    spoken = {"Mango": "芒果", "Tomato": "टमाटर"}
    assert crops.find("卖200公斤芒果", translated=lambda name: spoken.get(name, name)) == crops.load()["mango"]
    assert crops.find("180 किलो टमाटर", translated=lambda name: spoken.get(name, name)) == crops.load()["tomato"]


def test_seasons_wrap_the_year_and_follow_the_hemisphere() -> None:
    mango = crops.load()["mango"]
    assert mango.harvest_months_south == (1, 2, 11, 12)
    assert crops.in_season(mango, date(2026, 5, 15))
    assert not crops.in_season(mango, date(2026, 5, 15), south=True)
    assert crops.in_season(mango, date(2026, 12, 1), south=True)


def test_usual_amounts_and_main_crops_come_in_button_order() -> None:
    assert crops.usual("mango").quantities == (Decimal(100), Decimal(200), Decimal(500))
    assert [crop.name for crop in crops.main_crops(3)] == ["Mango", "Tomato", "Potato"]
    assert crops.names_for_translation()[0] == "Mango"
    with pytest.raises(crops.UnknownCrop):
        crops.usual("unicorn")


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("name", "A name that is far too long", "column name"),
        ("code", "mango", "column code"),
        ("unit", "stone", "column unit"),
        ("category", "meat", "column category"),
        ("pack", "-1", "must be more than zero"),
        ("pack", "NaN", "is not a number"),
        ("pack", "one", "is not a number"),
        ("pack", "", "is empty"),
        ("usual_quantities", "1|2", "three rising numbers"),
        ("usual_prices", "3|2|1", "three rising numbers"),
        ("harvest_months_north", "4-13", "'13' is not a month"),
        ("storage_celsius_high", "2", "column storage_celsius_high"),
        ("storage_source", "", "column storage_source"),
        ("words", "tomatoes", "names both"),
        ("key", "tomato", "there twice"),
    ],
)
def test_a_bad_file_says_where(tmp_path: Path, column: str, cell: str, says: str) -> None:
    header, mango, tomato = crops.CROPS.read_text(encoding="utf-8").splitlines()[:3]
    cells = mango.split(",")
    cells[header.split(",").index(column)] = cell
    bad = tmp_path / "crops.csv"
    bad.write_text("\n".join([header, tomato, ",".join(cells)]), encoding="utf-8")
    with pytest.raises(crops.CropsFileWrong, match=says):
        crops.read(bad)
