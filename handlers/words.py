"""Words that many screens share; they live in core, where notices say them too."""

from __future__ import annotations

from core.catalog.words import (
    NO_CROP,
    UNIT_NAMES,
    Sold,
    amount,
    crop_name,
    crop_words,
    delivery_ways,
    emoji_of,
    goes_ahead,
    per_unit,
    sale_title,
    sale_words,
    unit_name,
)

__all__ = [
    "NO_CROP", "UNIT_NAMES", "Sold", "amount", "crop_name", "crop_words", "delivery_ways", "emoji_of", "goes_ahead",
    "per_unit", "sale_title", "sale_words", "unit_name",
]  # fmt: skip
