"""A sale typed in Hindi or Chinese: words end where a reader sees them end, plurals and units of prices are known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from babel import Locale

from core.catalog import crops
from core.catalog.spoken import forms
from core.i18n import gettext_of, speaking, speech_for
from core.saleline import SaleLine, parse_sale_line

TODAY = dt.date(2026, 5, 2)


def read(text: str, language: str) -> SaleLine:
    with speaking(speech_for(language, None, "UTC")):
        return parse_sale_line(text, Locale(language), TODAY, translated=gettext_of)


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("100 किलो केला", "hi", "banana"),
        ("100 किलो केले", "hi", "banana"),  # not केल, which is kale
        ("केल 10 किलो", "hi", "kale"),
        ("कच्चे केले 50 किलो", "hi", "plantain"),
        ("50 किलो संतरे", "hi", "mandarin"),
        ("200 अंडे", "hi", "egg"),
        ("टमाटरों के 20 किलो", "hi", "tomato"),
        ("मूलियाँ 20 किलो", "hi", "radish"),
        ("प्याज़ 20 किलो", "hi", "onion"),
        ("फ्रेंच बीन 5 किलो", "hi", "green-bean"),
        ("आमदनी 20", "hi", None),
        ("आमा 20 किलो", "hi", None),
        ("इमली 20 किलो", "hi", None),
        ("卖水牛奶20升", "zh", "buffalo-milk"),
        ("土豆200斤", "zh", "potato"),
    ],
)
def test_a_crop_is_found_as_a_whole_word_in_its_plural_too(text: str, language: str, key: str | None) -> None:
    found = read(text, language).crop
    assert (found.key if found else None) == key


@pytest.mark.parametrize("language", ["hi", "zh"])
def test_every_name_finds_its_own_crop_and_every_plural_some(language: str) -> None:
    with speaking(speech_for(language, None, "UTC")):
        for crop in crops.load().values():
            name, *plurals = forms(gettext_of(crop.name))
            assert crops.find(name, translated=gettext_of) == crop
            assert all(crops.find(plural, translated=gettext_of) for plural in plurals)


def test_a_plural_of_two_crops_is_that_of_the_commoner() -> None:
    found = read("100 किलो केलों", "hi").crop
    assert found is not None
    assert found.key == "banana"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("मूली 20", None),  # the sign for litre is no part of a radish
        ("20 किलो मूली", "kg"),
        ("20 किलोमीटर मूली", None),
        ("100 गड्डियाँ पालक", "bunch"),
        ("10 बोरियाँ गेहूँ", "bag"),
        ("20 ली गाय का दूध", "litre"),
        ("20 लीची", None),
    ],
)
def test_a_unit_is_a_whole_word(text: str, unit: str | None) -> None:
    assert read(text, "hi").unit == unit


@pytest.mark.parametrize(
    ("text", "language", "amount", "unit"),
    [
        ("आलू 200 किलो, 30 रु/किलो", "hi", 30, "kg"),
        ("आलू 200 किलो 30 रुपये किलो", "hi", 30, "kg"),
        ("आलू 200 किलो ₹30 किलो", "hi", 30, "kg"),
        ("गेहूँ 10 बोरी, 2400 प्रति क्विंटल", "hi", 2400, "quintal"),
        ("土豆200斤,3块一斤", "zh", 3, "jin"),
        ("土豆200斤,一斤3块", "zh", 3, "jin"),
        ("玉米1000公斤，每公斤3元", "zh", 3, "kg"),
        ("玉米1000公斤，3元每斤", "zh", 3, "jin"),
    ],
)
def test_a_price_keeps_the_unit_it_was_said_for(text: str, language: str, amount: int, unit: str) -> None:
    price = read(text, language).price
    assert price is not None
    assert (price.amount, price.unit) == (Decimal(amount), unit)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("100 किलो आलू 10 दिनों में", "hi", "2026-05-12"),
        ("100 किलो आलू 2 हफ़्ते बाद", "hi", "2026-05-16"),
        ("100 किलो आलू कल", "hi", "2026-05-03"),
        ("कला 100 किलो आलू", "hi", None),
        ("जूनागढ़ 15 आलू", "hi", None),
        ("土豆20斤3天后", "zh", "2026-05-05"),
        ("玉米1000公斤2周后", "zh", "2026-05-16"),
    ],
)
def test_a_day_is_a_whole_word_and_may_be_counted(text: str, language: str, day: str | None) -> None:
    assert read(text, language).date == (dt.date.fromisoformat(day) if day else None)
