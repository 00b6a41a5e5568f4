"""Numbers, quantities, prices, dates and whole sales are read as people write them; doubt is asked, never guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit
from hypothesis import given
from hypothesis import strategies as st

from core.quantity import (
    UNIT_WORDS,
    UNITS,
    NotANumber,
    NotConvertible,
    ParseError,
    Price,
    ReadsTwoWays,
    UnknownUnit,
    convert,
    parse_number,
    parse_price,
    parse_quantity,
    unit_of,
)
from core.saleline import DateOutside, NotADate, parse_date, parse_sale_line

LANGUAGES = ["en", "en_IN", "hi", "id", "ru", "ar", "ar_EG", "pt_BR", "sw", "fr", "zh", "es", "es_MX", "am"]
IN_EVERY_LANGUAGE = pytest.mark.parametrize("locale", [Locale.parse(tag) for tag in LANGUAGES], ids=str)
EN = Locale("en")
TODAY = dt.date(2026, 5, 2)
WHOLE = st.integers(min_value=0, max_value=10**9).map(Decimal)
TENTHS = st.decimals(min_value=0, max_value=10**9, places=1)
CENTS = st.decimals(min_value=0, max_value=10**9, places=2)
DAYS = st.integers(min_value=0, max_value=364).map(lambda days: TODAY + dt.timedelta(days))


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("200", "en", "200"),
        ("１２", "en", "12"),
        ("٣", "ar", "3"),
        ("४", "hi", "4"),
        ("١٬٢٠٠٫٥", "ar", "1200.5"),
        ("1,200", "en", "1200"),
        ("1.200", "id", "1200"),
        ("1\u00a0200", "ru", "1200"),
        ("1\u202f200,5", "fr", "1200.5"),
        ("12,34,567.5", "hi", "1234567.5"),
        ("12,34,567", "en", "1234567"),
        ("1,5", "en", "1.5"),
        ("1,5", "fr", "1.5"),
        ("1.5", "id", "1.5"),
        ("0.125", "en", "0.125"),
        ("0,125", "en", "0.125"),
        ("1.234,56", "en", "1234.56"),
        ("1,234.56", "id", "1234.56"),
        ("1.234.567", "en", "1234567"),
        ("1'200", "en", "1200"),
        (".5", "en", "0.5"),
        (",5", "ru", "0.5"),
        (" 007 ", "en", "7"),
        ("\u200f12\u200f", "ar", "12"),
    ],
)
def test_a_number_is_read_as_its_writer_meant_it(text: str, tag: str, value: str) -> None:
    assert parse_number(text, Locale.parse(tag)) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "Infinity", "1e5", "-5", "+5", "1_000", "half", "½", "5²", "፲", "二百", "1,2,3", "12 14",
     "1,23,45", "1.", ",5", "1..2", "1,200,5", "0,123,456", "0x10", "9" * 25, "1.2.3", "1 2", "−5", "1,234 567"],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber) as refusal:
        parse_number(text, EN)
    assert refusal.value.text == text


@pytest.mark.parametrize(("text", "tag"), [("1.200", "en"), ("1.200", "hi"), ("1,200", "ru"), ("1,200", "id")])
def test_a_number_that_reads_two_ways_is_asked(text: str, tag: str) -> None:
    with pytest.raises(ReadsTwoWays) as doubt:
        parse_number(text, Locale.parse(tag))
    assert (doubt.value.first, doubt.value.second) == (Decimal("1.2"), Decimal(1200))


@IN_EVERY_LANGUAGE
@given(value=WHOLE | TENTHS | CENTS)
def test_what_we_write_we_read(locale: Locale, value: Decimal) -> None:
    for digits in ("latn", "default"):
        shown = format_decimal(value, locale=locale, decimal_quantization=False, numbering_system=digits)
        assert parse_number(shown, locale) == value


@IN_EVERY_LANGUAGE
@given(grams=st.integers(min_value=1001, max_value=999_999))
def test_grams_are_read_back_or_asked(locale: Locale, grams: int) -> None:
    value = Decimal(grams) / 1000
    shown = format_decimal(value, locale=locale)
    if grams % 10:
        with pytest.raises(ReadsTwoWays) as doubt:
            parse_number(shown, locale)
        assert value in (doubt.value.first, doubt.value.second)
    else:
        assert parse_number(shown, locale) == value


@given(st.text(max_size=12) | st.from_regex(r"[0-9.,' ٣٫]{1,10}", fullmatch=True))
def test_any_text_is_a_number_or_a_parse_error(text: str) -> None:
    for tag in ("en", "ru", "id"):
        try:
            assert parse_number(text, Locale(tag)) >= 0
        except ParseError:
            continue


@pytest.mark.parametrize(
    ("text", "quantity", "unit"),
    [
        ("200 kg", "200", "kg"),
        ("200kg", "200", "kg"),
        ("200 Kg.", "200", "kg"),
        ("200 KGS", "200", "kg"),
        ("2 quintal", "2", "quintal"),
        ("kg 5", "5", "kg"),
        ("200公斤", "200", "kg"),
        ("五", None, None),
        ("３０斤", "30", "jin"),
        ("२ क्विंटल", "2", "quintal"),
        ("20 ኪ.ግ.", "20", "kg"),
        ("1,200 kg", "1200", "kg"),
        ("3 dozen", "3", "dozen"),
        ("500 m2", "500", "m2"),
        ("12", "12", None),
        ("half", None, None),
        ("½ kg", None, None),
        ("-5 kg", None, None),
        ("5 kg 500", None, None),
        ("kg 5 kg", None, None),
    ],
)
def test_a_quantity_is_a_number_with_or_without_a_unit(text: str, quantity: str | None, unit: str | None) -> None:
    if quantity is None:
        with pytest.raises(NotANumber):
            parse_quantity(text, EN)
    else:
        assert parse_quantity(text, EN) == (Decimal(quantity), unit)


def test_an_unknown_unit_is_said() -> None:
    with pytest.raises(UnknownUnit, match="stone"):
        parse_quantity("200 stone", EN)
    with pytest.raises(ReadsTwoWays):
        parse_quantity("1.200 kg", EN)


@IN_EVERY_LANGUAGE
@given(value=st.integers(min_value=1, max_value=10**6))
def test_kilograms_as_each_language_writes_them_are_kilograms(locale: Locale, value: int) -> None:
    assert parse_quantity(format_unit(value, "mass-kilogram", "short", locale=locale), locale) == (Decimal(value), "kg")


def test_no_word_names_two_units_and_every_unit_has_a_word() -> None:
    assert set(UNIT_WORDS) == set(UNITS)
    for code, words in UNIT_WORDS.items():
        assert {unit_of(word) for word in words.split()} == {code}


@pytest.mark.parametrize(
    ("quantity", "source", "target", "result"),
    [
        ("2", "quintal", "kg", "200"),
        ("500", "g", "kg", "0.5"),
        ("1", "t", "quintal", "10"),
        ("3", "jin", "kg", "1.5"),
        ("3", "mu", "m2", "2000.01"),
        ("2", "dozen", "piece", "24"),
        ("4", "crate", "kg", "50"),
        ("4", "crate", "crate", "4"),
    ],
)
def test_units_convert_exactly(quantity: str, source: str, target: str, result: str) -> None:
    assert convert(Decimal(quantity), source, target, {"crate": Decimal("12.5")}) == Decimal(result)


@pytest.mark.parametrize(("source", "target"), [("bag", "kg"), ("kg", "litre"), ("mu", "kg"), ("piece", "kg")])
def test_what_nobody_declared_does_not_convert(source: str, target: str) -> None:
    with pytest.raises(NotConvertible):
        convert(Decimal(1), source, target)


@pytest.mark.parametrize(
    ("text", "tag", "price"),
    [
        ("120/kg", "en", Price(Decimal(120), None, "kg")),
        ("120", "en", Price(Decimal(120), None, None)),
        ("₹1,200", "en_IN", Price(Decimal(1200), "INR", None)),
        ("Rs. 120 / kg", "en", Price(Decimal(120), None, "kg")),
        ("1.50 USD per kg", "en", Price(Decimal("1.5"), "USD", "kg")),
        ("40 руб/кг", "ru", Price(Decimal(40), "RUB", "kg")),
        ("R$ 4,50 por kg", "pt_BR", Price(Decimal("4.5"), "BRL", "kg")),
        ("१२०/किलो", "hi", Price(Decimal(120), None, "kg")),
        ("12元/斤", "zh", Price(Decimal(12), "CNY", "jin")),
        ("$5", "es_MX", Price(Decimal(5), None, None)),
    ],
)
def test_a_price_names_only_what_it_says(text: str, tag: str, price: Price) -> None:
    assert parse_price(text, Locale.parse(tag)) == price


@pytest.mark.parametrize("text", ["", "free", "-5", "200 KGS", "120/stone", "12 QQQ", "1e3/kg"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_price(text, EN)


@pytest.mark.parametrize(
    ("text", "tag", "day"),
    [
        ("15 May", "en", "2026-05-15"),
        ("May 15th, 2026", "en", "2026-05-15"),
        ("15/5", "en", "2026-05-15"),
        ("5/6", "en", "2026-05-06"),
        ("5/6", "en_IN", "2026-06-05"),
        ("15.05.26", "ru", "2026-05-15"),
        ("2026-05-15", "en", "2026-05-15"),
        ("in 2 weeks", "en", "2026-05-16"),
        ("in 1 day", "en", "2026-05-03"),
        ("in 2 weeks", "am", "2026-05-16"),
        ("tomorrow", "en", "2026-05-03"),
        ("today", "en", "2026-05-02"),
        ("1 May", "en", "2027-05-01"),
        ("१५ मई", "hi", "2026-05-15"),
        ("कल", "hi", "2026-05-03"),
        ("15 мая", "ru", "2026-05-15"),
        ("خلال أسبوعين", "ar", "2026-05-16"),
        ("5月15日", "zh", "2026-05-15"),
        ("15 de mayo de 2026", "es", "2026-05-15"),
    ],
)
def test_a_date_is_read_in_the_order_of_its_place(text: str, tag: str, day: str) -> None:
    assert parse_date(text, TODAY, Locale.parse(tag)) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "30 Feb", "Feb 30 2027", "31/4", "29 Feb", "15", "soon", "2026-13-01", "13/13"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        parse_date(text, TODAY, EN)


@pytest.mark.parametrize("text", ["1 May 2026", "2026-05-01", "15 May 2030", "in 58 weeks", "1/5/25"])
def test_a_date_past_or_too_far_names_the_bounds(text: str) -> None:
    with pytest.raises(DateOutside) as refusal:
        parse_date(text, TODAY, Locale.parse("en_GB"))
    assert (refusal.value.first, refusal.value.last) == (TODAY, dt.date(2027, 6, 6))


def test_a_leap_day_waits_for_its_year() -> None:
    assert parse_date("29 Feb", dt.date(2027, 5, 2), EN) == dt.date(2028, 2, 29)


@IN_EVERY_LANGUAGE
@given(day=DAYS)
def test_dates_as_each_language_writes_them_are_read_back(locale: Locale, day: dt.date) -> None:
    for written in (
        format_date(day, "short", locale=locale),
        format_date(day, "long", locale=locale),
        format_skeleton("MMMd", dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC), locale=locale),
    ):
        assert parse_date(written, TODAY, locale) == day


@IN_EVERY_LANGUAGE
@given(weeks=st.integers(min_value=1, max_value=57))
def test_weeks_from_now_are_read_in_each_language(locale: Locale, weeks: int) -> None:
    delta = dt.timedelta(weeks=weeks)
    written = format_timedelta(delta, granularity="week", threshold=10**6, add_direction=True, locale=locale)
    assert parse_date(written, TODAY, locale) == TODAY + delta


def test_the_sentence_of_the_journeys_fills_the_whole_draft() -> None:
    line = parse_sale_line("200 kg mangoes Alphonso, 120/kg, ready 15 May, deposit 20%", EN, TODAY)
    assert line.crop is not None
    assert (line.crop.key, line.variety, line.quantity, line.unit) == ("mango", "Alphonso", Decimal(200), "kg")
    assert line.price == Price(Decimal(120), None, "kg")
    assert (line.date, line.deposit_percent) == (dt.date(2026, 5, 15), Decimal(20))
    assert not line.missing
    assert not line.rest


@pytest.mark.parametrize(
    ("text", "tag", "found"),
    [
        ("tomato 180 kg", "en", {"crop": "tomato", "quantity": 180, "unit": "kg"}),
        ("200 mangoes", "en", {"crop": "mango", "quantity": 200}),
        ("200 mangoes 120", "en", {"crop": "mango"}),
        ("10-12 kg onion", "en", {"crop": "onion"}),
        ("10 - 12 kg onion", "en", {"crop": "onion"}),
        ("1.200 kg honey", "en", {"crop": "honey", "unit": "kg"}),
        ("mango 1/2 kg", "en", {"crop": "mango"}),
        ("mango 1 200 kg", "en", {"crop": "mango"}),
        ("mango 200 120/kg", "en", {"crop": "mango"}),
        ("groundnut TMV 2, 200 kg", "en", {"crop": "groundnut", "variety": "TMV 2", "quantity": 200, "unit": "kg"}),
        ("mango 200 kg,120/kg", "en", {"crop": "mango", "quantity": 200, "unit": "kg", "price": 120}),
        ("rice IR64 @ 30", "en", {"crop": "rice", "variety": "IR64", "price": 30}),
        ("mango and tomato 20 kg", "en", {"quantity": 20, "unit": "kg"}),
        ("20 kg mango 15 May or 16 May", "en", {"crop": "mango", "quantity": 20, "unit": "kg"}),
        ("20 kg mango ready 30 Feb", "en", {"crop": "mango", "quantity": 20, "unit": "kg"}),
        ("mango deposit 120%", "en", {"crop": "mango"}),
        ("mango 20%", "en", {"crop": "mango"}),
        ("okra 20kg 1.5/kg ready 15.5", "en",
         {"crop": "okra", "quantity": 20, "unit": "kg", "price": Decimal("1.5"), "date": dt.date(2026, 5, 15)}),
        ("2 crates tomato, price: 300", "en", {"crop": "tomato", "quantity": 2, "unit": "crate", "price": 300}),
        ("200 KGS potato in 2 weeks 10% advance", "en",
         {"crop": "potato", "quantity": 200, "unit": "kg", "date": dt.date(2026, 5, 16), "deposit_percent": 10}),
        ("-5 kg mango", "en", {"crop": "mango"}),
        ("hello", "en", {}),
        ("", "en", {}),
        ("芒果200公斤,12元/公斤,5月15日成熟,定金20%", "zh",
         {"crop": "mango", "quantity": 200, "unit": "kg", "price": 12, "date": dt.date(2026, 5, 15),
          "deposit_percent": 20}),
        ("आम २०० किलो, १२०/किलो, १५ मई, अग्रिम २०%", "hi",
         {"crop": "mango", "quantity": 200, "unit": "kg", "price": 120, "date": dt.date(2026, 5, 15),
          "deposit_percent": 20}),
        ("манго 200 кг, 40 руб/кг, готов 15.05, задаток 10%", "ru",
         {"crop": "mango", "quantity": 200, "unit": "kg", "price": 40, "date": dt.date(2026, 5, 15),
          "deposit_percent": 10}),
    ],
)  # fmt: skip
def test_a_line_gives_what_it_says_and_the_rest_is_missing(text: str, tag: str, found: dict[str, object]) -> None:
    spoken = {"zh": "芒果", "hi": "आम", "ru": "манго"}
    line = parse_sale_line(
        text, Locale(tag), TODAY, translated=lambda name: spoken.get(tag, name) if name == "Mango" else name
    )
    said = {
        "crop": line.crop and line.crop.key, "variety": line.variety, "quantity": line.quantity, "unit": line.unit,
        "price": line.price and line.price.amount, "date": line.date, "deposit_percent": line.deposit_percent,
    }  # fmt: skip
    assert {name: value for name, value in said.items() if value is not None} == found
    assert set(line.missing) == set(said) - set(found)


@pytest.mark.parametrize(
    ("text", "crop", "title", "rest"),
    [
        ("200 kg sweet organic mangoes", "mango", "Sweet organic mangoes", ""),
        ("100 kg strawberry wild, 300/kg", "strawberry", "Strawberry wild", ""),
        ("300 kg tomato cherry, 30/kg", "tomato", "Tomato cherry", ""),
        ("I sell 200 kg of fresh mangoes at 120/kg, please", "mango", "Fresh mangoes", ""),
        ("mangoes 200 kg, price is 120 per kg", "mango", None, ""),
        ("mango Alphonso sweet 20 kg", "mango", None, "sweet"),
        ("mangoes, organic, no spray, 20 kg", "mango", None, "organic no spray"),
        ("mango minimum 50 kg", "mango", None, "minimum"),
        ("mango deposit 120%", "mango", None, "deposit 120%"),
        ("mango from the old trees up the hill 20 kg", "mango", None, "old trees up hill"),
        ("mango and tomato 20 kg", None, None, "mango tomato"),
    ],
)
def test_words_nobody_understood_join_the_title_or_are_told_back(
    text: str, crop: str | None, title: str | None, rest: str
) -> None:
    line = parse_sale_line(text, EN, TODAY)
    assert (line.crop.key if line.crop else None, line.title, line.rest) == (crop, title, rest)


@given(st.text(max_size=60))
def test_any_line_is_read_without_a_fault(text: str) -> None:
    line = parse_sale_line(text, EN, TODAY)
    assert line.quantity is None or line.quantity >= 0
