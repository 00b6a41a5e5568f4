"""Reads what people type into quantities, prices and days; what cannot be read is refused with an example."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from babel import Locale

from core.errors import BadInput, OutOfBounds, Refusal
from core.i18n import _, day
from core.money import Money
from core.quantity import (
    NotConvertible,
    ParseError,
    ReadsTwoWays,
    UnknownUnit,
    convert,
    fold,
    parse_number,
    parse_price,
    parse_quantity,
)
from core.saleline import DateOutside, parse_date

FAR_TOO_MUCH = Decimal(10) ** 12  # beyond every bound of a field, within what decimal arithmetic holds exactly
# whose a sign may be that core.quantity reads as no currency in particular
SHARED_SIGNS = {
    r"\$": frozenset({
        "USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD", "TWD", "ARS", "CLP", "COP", "BRL", "UYU", "DOP", "JMD", "TTD",
        "BBD", "BSD", "BZD", "FJD", "GYD", "LRD", "NAD", "SRD", "XCD", "ZWG",
    }),
    "[¥￥]": frozenset({"JPY", "CNY"}),
    r"\brs\b|रु": frozenset({"INR", "PKR", "LKR", "NPR", "MUR", "SCR"}),
}  # fmt: skip


class NotAnAmount(Refusal):
    """How many {unit}? Write a number above 0, for example {example}."""


class OtherUnit(Refusal):
    """Here we count in {unit}. How many {unit}? For example {example}."""


class NotAPrice(Refusal):
    """What does one {unit} cost? Write a number above 0, for example {example}."""


class NotASum(Refusal):
    """Write a sum above 0, for example {example}."""


class NotADay(Refusal):
    """I know no such day. Write it like this: {example}."""


class NotAShare(Refusal):
    """I need a share in whole per cent, from 0 to 100. Example: 20 %"""


class TwoReadings(Exception):
    """What was typed reads two ways: both readings, in the unit asked for; whoever asked offers two buttons."""

    def __init__(self, first: Decimal, second: Decimal) -> None:
        super().__init__(first, second)
        self.first, self.second = first, second


def read_quantity(text: str, unit: str, unit_word: str, locale: Locale, example: str) -> Decimal:
    """A quantity in `unit`. Refuses NotAnAmount, OtherUnit, OutOfBounds; raises TwoReadings."""
    try:
        quantity, said = parse_quantity(text, locale)
    except ReadsTwoWays as error:
        raise TwoReadings(error.first, error.second) from error
    except UnknownUnit:
        raise OtherUnit(unit=unit_word, example=example) from None
    except ParseError:
        raise NotAnAmount(unit=unit_word, example=example) from None
    try:
        found = _sane(quantity, example) if said is None else convert(_sane(quantity, example), said, unit)
    except NotConvertible:
        raise OtherUnit(unit=unit_word, example=example) from None
    return found.quantize(Decimal("0.001"))


def read_price(text: str, currency: str, unit: str, unit_word: str, locale: Locale, example: Money) -> Money:
    """A price per `unit`; one per another unit (quintal, tonne) is converted. Refuses and raises like quantities."""
    try:
        price = parse_price(text, locale)
        one = convert(Decimal(1), price.unit, unit) if price.unit else Decimal(1)
    except ReadsTwoWays as error:
        raise TwoReadings(error.first, error.second) from error
    except (UnknownUnit, NotConvertible):
        raise OtherUnit(unit=unit_word, example=example) from None
    except ParseError:
        raise NotAPrice(unit=unit_word, example=example) from None
    if price.currency not in (None, currency) or names_another(text, currency):
        raise BadInput(field=_("Price"), reason=_("it must be in {currency}", currency=currency), example=example)
    return Money.of(_sane(price.amount, example) / one, currency)


def names_another(text: str, currency: str) -> bool:
    """Whether a sign that other currencies share stands there, but not this one ($ where rupees count)."""
    said = fold(text).casefold()
    return any(currency not in users for sign, users in SHARED_SIGNS.items() if re.search(sign, said))


def read_money(text: str, currency: str, locale: Locale, example: Money) -> Money:
    """An amount of the shop's currency, zero allowed. Refuses NotASum, BadInput, OutOfBounds; raises TwoReadings."""
    try:
        return read_price(text, currency, "kg", "", locale, example)
    except (NotAPrice, OtherUnit):
        raise NotASum(example=example) from None


def read_share(text: str, locale: Locale) -> int:
    """A whole share in per cent, with or without the sign. Refuses NotAShare."""
    try:
        share = parse_number(fold(text).replace("%", "").strip(), locale)
    except ParseError:
        raise NotAShare from None
    if share != int(share) or share > 100:
        raise NotAShare
    return int(share)


def read_day(text: str, today: date, locale: Locale) -> date:
    """A day from today on. Refuses NotADay, OutOfBounds."""
    example = today + timedelta(days=14)
    try:
        return parse_date(text, today, locale)
    except DateOutside as error:
        bounds = {"least": day(error.first, today), "most": day(error.last, today)}
        raise OutOfBounds(field=_("Date"), **bounds, example=day(example, today)) from None
    except ParseError:
        raise NotADay(example=day(example, today)) from None


def _sane(number: Decimal, example: object) -> Decimal:
    if number > FAR_TOO_MUCH:
        raise OutOfBounds(field=_("Number"), least=0, most=FAR_TOO_MUCH, example=example)
    return number
