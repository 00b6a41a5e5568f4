"""Knows the crops people grow: names, usual packs and prices, seasons and how cold to keep them (docs/crops.md)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from types import MappingProxyType

from babel.numbers import get_currency_precision

from core.catalog.spoken import bare, forms, pattern

CROPS = Path(__file__).with_name("crops.csv")
RATES = Path(__file__).with_name("rates.csv")
CATEGORIES = frozenset({
    "fruit", "vegetable", "root", "grain", "pulse", "oilseed", "nut", "spice", "herb", "leaf", "flower",
    "animal product",
})  # fmt: skip
UNITS = frozenset({"kg", "litre", "piece", "dozen", "crate", "bag", "bunch"})
LONGEST_NAME = 16
CODE = re.compile(r"\d{4,5}(\.\d{2})?")


class CropsFileWrong(ValueError):
    """A row of crops.csv cannot be used; the text says which row, which column and why."""


class UnknownCrop(KeyError):
    """No crop has this key."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What farms usually offer and buyers usually take, in `unit`."""

    unit: str
    pack: Decimal
    quantities: tuple[Decimal, ...]
    buyer_quantities: tuple[Decimal, ...]
    days_to_ripen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Crop:
    """One crop of the catalogue; prices are USD for one unit, temperatures are °C, months run 1-12."""

    key: str
    code: str
    emoji: str
    name: str
    scientific_name: str
    category: str
    unit: str
    pack: Decimal
    usual_quantities: tuple[Decimal, ...]
    buyer_quantities: tuple[Decimal, ...]
    usual_prices: tuple[Decimal, ...]
    days_to_ripen: tuple[int, ...]
    harvest_months_north: tuple[int, ...]
    harvest_months_south: tuple[int, ...]
    shelf_days: int
    storage_celsius_low: Decimal | None
    storage_celsius_high: Decimal | None
    storage_source: str
    varieties: tuple[str, ...]
    words: tuple[str, ...]


@cache
def load() -> Mapping[str, Crop]:
    """Every crop by key, in the order in which crops stand on buttons."""
    return read(CROPS)


def read(path: Path) -> Mapping[str, Crop]:
    """The crops of a file, checked; raises CropsFileWrong."""
    crops: dict[str, Crop] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            crop = _crop(line, row)
            if crop.key in crops:
                raise CropsFileWrong(f"line {line}: key {crop.key} is there twice")
            crops[crop.key] = crop
    _no_word_twice(crops.values())
    return MappingProxyType(crops)


def usual(crop_key: str) -> Usual:
    """The usual amounts of a crop; raises UnknownCrop."""
    crop = load().get(crop_key)
    if crop is None:
        raise UnknownCrop(crop_key)
    return Usual(crop.unit, crop.pack, crop.usual_quantities, crop.buyer_quantities, crop.days_to_ripen)


def main_crops(limit: int) -> tuple[Crop, ...]:
    """The crops to offer first."""
    return tuple(islice(load().values(), limit))


def names_for_translation() -> tuple[str, ...]:
    """The English names shown to people, in file order."""
    return tuple(crop.name for crop in load().values())


def in_season(crop: Crop, on: date, *, south: bool = False) -> bool:
    """Whether this crop is usually harvested in that month, south or north of the equator."""
    return on.month in (crop.harvest_months_south if south else crop.harvest_months_north)


def find(text: str, *, translated: Callable[[str], str] | None = None) -> Crop | None:
    """The one crop this text names, in English or as `translated` calls it; None if none or several."""
    found = mentions(text, translated=translated)
    return load()[found[0][0]] if len({key for key, _ in found}) == 1 else None


def mentions(text: str, *, translated: Callable[[str], str] | None = None) -> list[tuple[str, tuple[int, int]]]:
    """Each crop key named in a text with the span of the word, the longest name winning."""
    known = dict(_english_words())
    if translated is not None:
        spoken: dict[str, str] = {}
        for crop in load().values():
            for form in forms(translated(crop.name)):
                spoken.setdefault(bare(_plain(form)), crop.key)  # केलों are bananas before they are kale
        known |= spoken
    plain = _plain(text)
    return [(known[bare(match.group())], match.span()) for match in _any_of(tuple(known)).finditer(plain)]


def suggested_prices(crop: Crop, currency: str) -> tuple[int, ...]:
    """Three round prices for one unit in minor units of a currency, rising; none for an unknown currency."""
    rate = rates().get(currency)
    if rate is None:
        return ()
    minor = Decimal(10) ** get_currency_precision(currency) * rate
    prices: list[int] = []
    for price in crop.usual_prices:
        rounded = price_like(price * minor)
        while prices and rounded <= prices[-1]:
            rounded += _step(rounded)
        prices.append(rounded)
    return tuple(prices)


def price_like(minor: Decimal) -> int:
    """An amount rounded to two leading digits, as prices are said: 11016 -> 11000, 1.36 -> 1, at least 1."""
    step = _step(int(minor))
    return max(int((minor / step).quantize(Decimal(1), ROUND_HALF_UP)) * step, 1)


@cache
def rates() -> Mapping[str, Decimal]:
    """Rough units of each currency for one US dollar: good for button suggestions, for nothing else."""
    with RATES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return MappingProxyType({row["currency"]: Decimal(row["units_per_usd"]) for row in rows})


def _step(amount: int) -> int:
    return int(10 ** max(len(str(amount)) - 2, 0))


def _plain(text: str) -> str:
    """Lower case of the same length, so that spans still fit the text."""
    lowered = (char.lower() for char in text.replace("\u2019", "'"))
    return "".join(low if len(low) == 1 else char for low, char in zip(lowered, text, strict=True))


@cache
def _english_words() -> Mapping[str, str]:
    return {_plain(word): crop.key for crop in load().values() for word in (crop.name, *crop.words)}


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(pattern(words))


def _crop(line: int, row: Mapping[str, str]) -> Crop:
    cells = _Cells(line, row)
    crop = Crop(
        key=cells.text("key"),
        code=cells.optional("code"),
        emoji=cells.text("emoji"),
        name=cells.text("name"),
        scientific_name=cells.text("scientific_name"),
        category=cells.text("category"),
        unit=cells.text("unit"),
        pack=cells.decimal("pack"),
        usual_quantities=cells.three("usual_quantities"),
        buyer_quantities=cells.three("buyer_quantities"),
        usual_prices=cells.three("usual_prices"),
        days_to_ripen=tuple(int(days) for days in cells.three("days_to_ripen")),
        harvest_months_north=cells.months("harvest_months_north"),
        harvest_months_south=cells.months("harvest_months_south"),
        shelf_days=int(cells.decimal("shelf_days")),
        storage_celsius_low=cells.celsius("storage_celsius_low"),
        storage_celsius_high=cells.celsius("storage_celsius_high"),
        storage_source=cells.optional("storage_source"),
        varieties=cells.several("varieties"),
        words=cells.several("words"),
    )
    cells.check(crop)
    return crop


@dataclass(frozen=True)
class _Cells:
    line: int
    row: Mapping[str, str]

    def wrong(self, column: str, why: str) -> CropsFileWrong:
        return CropsFileWrong(f"line {self.line} ({self.row.get('key')}), column {column}: {why}")

    def optional(self, column: str) -> str:
        cell = self.row.get(column)
        if cell is None:
            raise self.wrong(column, "is missing")
        return cell.strip()

    def text(self, column: str) -> str:
        cell = self.optional(column)
        if not cell:
            raise self.wrong(column, "is empty")
        return cell

    def several(self, column: str) -> tuple[str, ...]:
        return tuple(part for part in self.optional(column).split("|") if part)

    def celsius(self, column: str) -> Decimal | None:
        return self._number(column, self.text(column)) if self.optional(column) else None

    def decimal(self, column: str) -> Decimal:
        return self._positive(column, self.text(column))

    def three(self, column: str) -> tuple[Decimal, ...]:
        parts = tuple(self._positive(column, part) for part in self.several(column))
        if len(parts) != 3 or any(low >= high for low, high in pairwise(parts)):
            raise self.wrong(column, "must be three rising numbers, a|b|c")
        return parts

    def months(self, column: str) -> tuple[int, ...]:
        found: set[int] = set()
        for part in self.text(column).split("|"):
            first, _, last = part.partition("-")
            start, end = self._month(column, first), self._month(column, last or first)
            found.update((start - 1 + step) % 12 + 1 for step in range((end - start) % 12 + 1))
        return tuple(sorted(found))

    def check(self, crop: Crop) -> None:
        low, high = crop.storage_celsius_low, crop.storage_celsius_high
        rules = {
            "key": re.fullmatch(r"[a-z]+(-[a-z]+)*", crop.key) is not None,
            "code": not crop.code or CODE.fullmatch(crop.code) is not None,
            "name": len(crop.name) <= LONGEST_NAME,
            "category": crop.category in CATEGORIES,
            "unit": crop.unit in UNITS,
            "storage_celsius_high": low is None or (high is not None and low <= high),
            "storage_source": bool(crop.storage_source) == (high is not None),
            "varieties": len(crop.varieties) <= 4,
        }
        for column, holds in rules.items():
            if not holds:
                raise self.wrong(column, f"{self.row[column]!r} is not allowed here")

    def _month(self, column: str, text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= 12:
            raise self.wrong(column, f"{text!r} is not a month")
        return int(text)

    def _positive(self, column: str, text: str) -> Decimal:
        number = self._number(column, text)
        if number <= 0:
            raise self.wrong(column, f"{text!r} must be more than zero")
        return number

    def _number(self, column: str, text: str) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise self.wrong(column, f"{text!r} is not a number") from None
        if not number.is_finite():
            raise self.wrong(column, f"{text!r} is not a number")
        return number


def _no_word_twice(crops: Iterable[Crop]) -> None:
    owner: dict[str, str] = {}
    for crop in crops:
        for word in (crop.name, *crop.words):
            if owner.setdefault(_plain(word), crop.key) != crop.key:
                raise CropsFileWrong(f"{word!r} names both {owner[_plain(word)]} and {crop.key}")
