"""Money is a whole number of minor units with a currency; nothing else in the project formats or splits it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from functools import cache, lru_cache, total_ordering

from babel import Locale
from babel.numbers import format_currency, get_currency_precision


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one sum."""


@cache
def exponent(currency: str) -> int:
    """Digits after the decimal mark, from CLDR: JPY 0, INR 2, KWD 3."""
    return get_currency_precision(currency)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents, paise) of one currency."""

    minor: int
    currency: str

    @classmethod
    def of(cls, major: Decimal | int | str, currency: str) -> Money:
        """Money from major units, rounded half up to the currency's smallest unit."""
        scaled = Decimal(major).scaleb(exponent(currency))
        return cls(int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, quantity: Decimal) -> Money:
        """This price for a quantity, rounded half up."""
        with localcontext() as context:
            context.prec = 40
            exact = self.minor * quantity
            return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), self.currency)

    def percent(self, share: Decimal | int) -> Money:
        """A share in per cent, rounded half even (a deposit and its balance then add up to the whole)."""
        exact = Decimal(self.minor) * Decimal(share) / 100
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)), self.currency)

    def split(self, weights: Sequence[int | Decimal]) -> list[Money]:
        """Parts in proportion to `weights` that sum to the whole: largest remainder, ties to the first."""
        total = sum(Decimal(weight) for weight in weights)
        if total <= 0:
            raise ValueError("weights must sum to more than zero")
        exact = [Decimal(self.minor) * Decimal(weight) / total for weight in weights]
        floors = [int(share // 1) for share in exact]
        order = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
        for i in order[: self.minor - sum(floors)]:
            floors[i] += 1
        return [Money(part, self.currency) for part in floors]

    def format(self, locale: Locale) -> str:
        """As people of `locale` write it; whole amounts without the empty cents (₹1,200, not ₹1,200.00)."""
        return _formatted(self, locale)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")


@lru_cache(maxsize=4096)  # the same prices stand on every page of the market
def _formatted(money: Money, locale: Locale) -> str:
    whole = money.minor % 10 ** exponent(money.currency) == 0
    pattern = None
    if whole:
        pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(money.major, money.currency, format=pattern, locale=locale, currency_digits=not whole)


def zero(currency: str) -> Money:
    """No money of this currency."""
    return Money(0, currency)
