"""The steps of a batch, in the order in which goods usually take them."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """What happened to a batch; each once, some are skipped."""

    HARVESTED = "harvested"
    PICKED = "picked"
    PROCESSED = "processed"
    SORTED = "sorted"
    STOCKED = "stocked"
    PACKED = "packed"
    SHIPPED = "shipped"
    RECEIVED = "received"


ORDER = tuple(Step)
# what the farmer taps; the others follow from the order's own way
TAPPED = (Step.PICKED, Step.PROCESSED, Step.SORTED, Step.STOCKED)
_MONTHS = "ABCDEFGHIJKL"


def lot_number(year: int, month: int, day: int, serial: int) -> str:
    """What stands on labels: 26E15-0007 is the seventh batch, of 15 May 2026 (months A to L)."""
    return f"{year % 100:02}{_MONTHS[month - 1]}{day:02}-{serial:04}"
