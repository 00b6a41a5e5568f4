"""Finds phone numbers, e-mail addresses and names to write to in what people write to each other, in any script."""

from __future__ import annotations

import re
import unicodedata

GAP = "…"
_DATES = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)|(?<!\d)(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d(?!\d)"
)
# between two digits of a number people put up to three of these; a keycap emoji is a digit with two marks
_BETWEEN = r"[\s().\-–—/·•_*|:+\u200c\u200d\ufe0f\u20e3]{0,3}"
_PHONE = re.compile(rf"\+?\(?\d(?:{_BETWEEN}\d){{6,}}[\ufe0f\u20e3]*")
_ADDRESS = re.compile(
    r"\S+\s?@\s?[^\s@]+\.[^\s@.,;:!?]{2,}|(?:https?://)?(?:wa|t)\.me/\S+|(?<!\w)@[a-z]\w{4,}", re.IGNORECASE
)


def find(text: str) -> list[tuple[int, int]]:
    """Where in the text people could be reached directly: spans that do not overlap, from left to right."""
    folded = "".join(_digit(char) for char in text)  # one character each, so that places stay the same
    without_dates = _DATES.sub(lambda found: "x" * len(found[0]), folded)
    spans = [found.span() for found in _ADDRESS.finditer(folded)]
    spans += [found.span() for found in _PHONE.finditer(without_dates)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
        else:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
    return kept


def without(text: str) -> str:
    """The text with a gap wherever somebody could be reached directly."""
    told, at = "", 0
    for start, end in find(text):
        told, at = told + text[at:start] + GAP, end
    return " ".join((told + text[at:]).split(" ")).strip()


def _digit(char: str) -> str:
    """A digit of any script, in a circle or raised, as the plain one."""
    value = unicodedata.digit(char, None)
    return char if value is None else str(value)
