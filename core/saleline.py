"""Reads a date and a whole sale as a farmer writes it in one line; what is not found stays missing, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import list_currencies

from core.catalog.crops import Crop, load, mentions
from core.quantity import (
    MARKS,
    PER,
    SIGNS,
    ParseError,
    Price,
    any_word,
    fold,
    parse_number,
    parse_price,
    unit_of,
    unit_words,
    whole_word,
)
from core.saleline_rest import CROP, left_over
from core.saleline_words import DEPOSIT, PRICE, READY, RELATIVE_DAYS, SPOKEN_SPANS

SPANS: tuple[tuple[Literal["day", "week"], int], ...] = (("day", 1), ("week", 7))
LONGEST_LINE = 300
LAST_DAY = 400  # a harvest later than this many days is a slip of the finger
# not part of a longer number (nor 1 200, which may be two), a code (IR64), a fraction (1/2), a range or a share (20%)
NUMBER = r"(?<!\d)(?<!\d[.,' ])(?<![/A-Za-z+.-])\d(?:[\d.,٫']*\d)?(?!\d|[.,'/ -]\d|\s*%)"
SHARE = r"(?<![\d.,+-])\d{1,3}(?:[.,٫]\d+)?"
HAN = "(?-i:[\u3400-\u9fff])"  # no spaces, and no case: to fold so many took half a second at first
BEFORE = rf"(?:(?={HAN})|(?<={HAN})|(?<![\w{MARKS}./-]))"
AFTER = rf"(?:(?<={HAN})|(?![\w{MARKS}/-]))"
FIELDS = ("crop", "variety", "quantity", "unit", "price", "date", "deposit_percent")
Reader = Callable[[re.Match[str], dt.date], dt.date | None]


class NotADate(ParseError):
    """This is not a date."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class DateOutside(ParseError):
    """The date must lie between these two."""

    def __init__(self, first: dt.date, last: dt.date) -> None:
        super().__init__(first, last)
        self.first, self.last = first, last


@dataclass(frozen=True, slots=True)
class SaleLine:
    """What one line said; `missing` names what to ask, `title` is the crop with unknown words, `rest` all others."""

    crop: Crop | None
    variety: str | None
    quantity: Decimal | None
    unit: str | None
    price: Price | None
    date: dt.date | None
    deposit_percent: Decimal | None
    missing: tuple[str, ...]
    title: str | None
    rest: str


def parse_date(text: str, today: dt.date, locale: Locale) -> dt.date:
    """A day from today to 400 days on: 15 May, 15/5, 2026-05-15, in 2 weeks; raises NotADate, DateOutside."""
    plain = fold(text[:LONGEST_LINE]).lower().strip(" .,")
    for pattern, read, _ in _readers(locale):
        match = re.fullmatch(pattern, plain)
        if match:
            return _gated(read(match, today), today, text)
    raise NotADate(text)


def parse_sale_line(
    text: str, locale: Locale, today: dt.date, *, translated: Callable[[str], str] | None = None
) -> SaleLine:
    """The sale one line describes (a letter is none); `translated` gives a crop's name in the writer's language."""
    line = _Line(fold(text) if len(text) <= LONGEST_LINE else "", locale)
    deposit = line.deposit()
    price = line.price()
    day = line.day(today)
    quantity, unit = line.quantity()
    crop = line.crop(translated)
    found = (crop, line.variety(crop), quantity, unit, price, day, deposit)
    missing = tuple(name for name, value in zip(FIELDS, found, strict=True) if value is None)
    return SaleLine(*found, missing, *left_over(line.text, line.named, has_variety=found[1] is not None))


class _Line:
    """The part of a line that is not yet understood."""

    def __init__(self, text: str, locale: Locale) -> None:
        self.text, self.locale = re.sub(r"\s*[-–—]\s*(?=\d)", "-", text.replace(CROP, " ")), locale
        self.named = ""

    def take(self, pattern: str) -> list[re.Match[str]]:
        """Every place that fits, removed from the line."""
        matches = list(re.finditer(pattern, self.text, re.IGNORECASE))
        if matches:
            self.text = re.sub(pattern, " ; ", self.text, flags=re.IGNORECASE)
        return matches

    def deposit(self) -> Decimal | None:
        words, before = any_word(DEPOSIT), self.text
        found = self.take(rf"(?:{words})\s*:?\s*({SHARE})\s*%|({SHARE})\s*%\s*(?:{words})")
        percent = self._number(found[0][1] or found[0][2]) if len(found) == 1 else None
        if percent is None or percent > 100:
            self.text = before  # told back as not understood
            return None
        return percent

    def price(self) -> Price | None:
        found = self.take(_price_pattern())
        if len(found) == 1:
            match = found[0]
            each = match["each"] or match["unit"]
            said = f"{match['first'] or match['bare']}/{each}" if each else match["known"] or match["said"]
            with suppress(ParseError):
                return parse_price(said, self.locale)
        return None

    def day(self, today: dt.date) -> dt.date | None:
        found = [day for reading in _readers(self.locale) for day in self._days(*reading, today)]
        return found[0] if len(found) == 1 else None

    def quantity(self) -> tuple[Decimal | None, str | None]:
        found = self.take(rf"(?P<number>{NUMBER})\s*(?P<unit>{_units()})\.?") or self.take(f"(?P<number>{NUMBER})")
        if len(found) != 1:
            return None, None
        word = found[0].groupdict().get("unit")
        return self._number(found[0]["number"]), unit_of(word) if word else None

    def crop(self, translated: Callable[[str], str] | None) -> Crop | None:
        """The crop named; of two names side by side the first: tomato cherry."""
        found = mentions(self.text, translated=translated)
        others = [span for key, span in found if key != found[0][0]]
        if not found or any(self.text[found[0][1][1] : start].strip() for start, _ in others):
            return None
        for key, (start, end) in reversed(found):
            if key == found[0][0]:
                self.text, self.named = f"{self.text[:start]} {CROP} {self.text[end:]}", self.text[start:end]
        return load()[found[0][0]]

    def variety(self, crop: Crop | None) -> str | None:
        found = [name for name in crop.varieties if self.take(whole_word(name))] if crop else []
        return found[0] if len(found) == 1 else None

    def _days(self, pattern: str, read: Reader, alone: bool, today: dt.date) -> Iterator[dt.date]:
        lead = rf"(?:(?:{any_word(READY)})\s*(?::\s*)?){{{0 if alone else 1},2}}"
        for match in self.take(rf"{BEFORE}{lead}{BEFORE}(?:{pattern}){AFTER}(?!\s*(?:{_units()}))"):
            with suppress(ParseError):
                yield _gated(read(match, today), today, match[0])

    def _number(self, text: str) -> Decimal | None:
        with suppress(ParseError):
            return parse_number(text, self.locale)
        return None


@cache
def _units() -> str:
    return any_word(unit_words())


@cache
def _price_pattern() -> str:
    """A price is known by its unit (120/kg, 每斤3元, 30 रुपये किलो), its currency (₹120) or a word (price 120)."""
    signs = any_word(SIGNS)
    codes = "|".join(code for code in list_currencies() if code != "KGS")  # KGS is som and kilograms
    sign = rf"(?:{signs}|(?-i:\b(?:{codes})\b))"
    lead = rf"(?:(?:{any_word(PRICE)})\s*:?\s*)"
    per_unit = rf"(?:{sign}\s*)?{NUMBER}(?:\s*{sign})?\s*(?:{any_word(PER)})\s*(?:{_units()})"
    first = rf"(?:{any_word(PER)})\s*(?P<each>{_units()})\s*:?\s*(?P<first>(?:{sign}\s*)?{NUMBER}(?:\s*{sign})?)"
    bare = rf"(?P<bare>{sign}\s*{NUMBER}|{NUMBER}\s*{sign})\s*(?P<unit>{_units()})"
    known = rf"(?P<known>{per_unit}|{sign}\s*{NUMBER}|{NUMBER}\s*{sign})"
    return rf"{lead}?(?:{first}|{bare}|{known})|{lead}(?P<said>{NUMBER})"


@cache
def _readers(locale: Locale) -> list[tuple[str, Reader, bool]]:
    """Patterns of dates, how to read each, and whether it is surely a date without a word such as "ready"."""
    months = _months(locale)
    name = "(?P<name>" + "|".join(re.escape(word) for word in sorted(months, key=len, reverse=True)) + r")[.॰]?"
    day, year = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª)?\.?", r"(?:,?\s*(?:de\s+|of\s+)?(?P<year>\d{4})(?:\s*г\.?)?)?"

    def named(match: re.Match[str], today: dt.date) -> dt.date | None:
        return _near(match, months[match["name"].lower()], int(match["day"]), today)

    return [
        (r"(?P<year>\d{4})[-/.年]\s?(?P<month>\d{1,2})[-/.月]\s?(?P<day>\d{1,2})日?", _numeric, True),
        (r"(?P<year>)(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?", _numeric, True),
        (rf"{day}\s*(?:de\s+|of\s+)?{name}{year}", named, True),
        (rf"{name}\s*{day}{year}", named, True),
        *_relative(locale),
        (r"(?P<one>\d{1,2})/(?P<two>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?", _ordered(locale), True),
        (r"(?P<one>\d{1,2})[.-](?P<two>\d{1,2})(?:[.-](?P<year>\d{4}|\d{2}))?", _ordered(locale), False),
    ]


def _months(locale: Locale) -> dict[str, int]:
    """The number of each month's name, in English and in the locale, which wins."""
    return {
        word: number
        for spoken in (Locale("en"), locale)
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, full in spoken.months[form][width].items()
        if not (word := fold(full).lower().strip(".॰")).isdecimal() and not word[0].isdigit()
    } | {"sept": 9}


@cache
def _relative(locale: Locale) -> list[tuple[str, Reader, bool]]:
    """In 2 weeks, in English and in the locale, from CLDR; forms such as the Arabic dual hold no digits."""
    said = {
        _relative_pattern(spoken, unit, days * count, count): _later(days, count)
        for spoken in (Locale("en"), locale)
        for unit, days in SPANS
        for count in (1, 2, 3, 5, 11, 21)
    }
    said |= {whole_word(word): _later(days, 1) for word, days in RELATIVE_DAYS.items()}
    said |= {pattern: _later(days, 1) for pattern, days in SPOKEN_SPANS}
    return [(pattern, said[pattern], True) for pattern in sorted(said, key=len, reverse=True)]


def _relative_pattern(spoken: Locale, unit: Literal["day", "week"], days: int, count: int) -> str:
    delta = dt.timedelta(days)
    said = format_timedelta(delta, granularity=unit, threshold=10**6, add_direction=True, locale=spoken)
    pattern = re.escape(fold(said).lower()).replace(str(count), r"(?P<count>\d{1,3})")
    return pattern.replace(r"\ ", r"\s*")


def _later(days: int, usual_count: int) -> Reader:
    def read(match: re.Match[str], today: dt.date) -> dt.date:
        return today + dt.timedelta(days * int(match.groupdict().get("count") or usual_count))

    return read


def _numeric(match: re.Match[str], today: dt.date) -> dt.date | None:
    return _near(match, int(match["month"]), int(match["day"]), today)


def _ordered(locale: Locale) -> Reader:
    """Day and month as the locale orders them, the other way round when only that is a date."""
    pattern = locale.date_formats["short"].pattern
    month_first = pattern.index("M") < pattern.index("d")

    def read(match: re.Match[str], today: dt.date) -> dt.date | None:
        day, month = int(match["one"]), int(match["two"])
        if (month_first and day <= 12) or month > 12:
            day, month = month, day
        return _near(match, month, day, today)

    return read


def _near(match: re.Match[str], month: int, day: int, today: dt.date) -> dt.date | None:
    """The day in the year that was said, else its next occurrence."""
    said = match.groupdict().get("year")
    if said:
        return _date(int(said) + (2000 if len(said) == 2 else 0), month, day)
    days = (_date(year, month, day) for year in (today.year, today.year + 1))
    return next((found for found in days if found and found >= today), None)


def _date(year: int, month: int, day: int) -> dt.date | None:
    with suppress(ValueError):
        return dt.date(year, month, day)
    return None


def _gated(day: dt.date | None, today: dt.date, text: str) -> dt.date:
    last = today + dt.timedelta(LAST_DAY)
    if day is None:
        raise NotADate(text)
    if not today <= day <= last:
        raise DateOutside(today, last)
    return day
