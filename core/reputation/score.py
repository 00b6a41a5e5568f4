"""What a review is worth: scores, the points they generate, and what a farm's reviews come to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum


class Score(IntEnum):
    """The buyer's word; the indicators use the same scale."""

    BAD = -1
    MEDIUM = 0
    GOOD = 1


@dataclass(frozen=True)
class PointTable:
    """Points that a score generates; the owner sets them."""

    good: int = 1
    medium: int = 0
    bad: int = -1

    def points(self, score: Score) -> int:
        return {Score.GOOD: self.good, Score.MEDIUM: self.medium, Score.BAD: self.bad}[score]


@dataclass(frozen=True)
class Standing:
    """What buyers say of a farm: points, reviews, how many of them good, the share of good per indicator."""

    points: int = 0
    reviews: int = 0
    good: int = 0
    quality: int | None = None  # per cent of those who said good, among those who said anything
    service: int | None = None
    speed: int | None = None

    @property
    def good_percent(self) -> int | None:
        return percent(self.good, self.reviews)


def percent(part: int, whole: int) -> int | None:
    """A share in whole per cent, rounded half up; None of nothing."""
    if whole <= 0:
        return None
    return int((Decimal(100 * part) / whole).quantize(Decimal(1), ROUND_HALF_UP))
