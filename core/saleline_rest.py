"""Of what nobody understood in a line: the words beside the crop name what is sold, the others are told back."""

from __future__ import annotations

import re

from core.quantity import fold, unit_words
from core.saleline_words import DEPOSIT, FILLERS, PRICE, READY, TERMS

CROP = "\x1f"  # stands where the crop was named
TITLE_WORDS = 2  # beside the crop's name; more is a sentence
_SAY_NOTHING = frozenset(fold(word).lower() for word in (*FILLERS, *READY, *PRICE))
_NAMES_NO_CROP = frozenset(fold(word).lower() for word in (*TERMS, *DEPOSIT, *unit_words()))
_BETWEEN_HAN = re.compile("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_BREAKS = re.compile(r"[;,:.!?()、，。；|/]+(?=\s|$)|[;、，。；]")


def left_over(text: str, named: str, *, has_variety: bool) -> tuple[str | None, str]:
    """The title that unknown words make with the crop's name, and the words that are still not understood."""
    parts = _BREAKS.split(text)
    at = next((number for number, part in enumerate(parts) if CROP in part), None)
    title = None
    if at is not None and not has_variety:
        title = _title(parts[at], named)
    if title is not None and at is not None:
        parts[at] = ""
    words = [word for part in parts for word in part.replace(CROP, " ").split()]
    return title, " ".join(word for word in words if not _says_nothing(word))


def _title(part: str, named: str) -> str | None:
    """One or two words before or after the crop's name; fillers at either end belong to the sentence around."""
    before, _mark, after = part.partition(CROP)
    first, last = before.split(), after.replace(CROP, " ").split()
    while first and _says_nothing(first[0]):
        first = first[1:]
    while last and _says_nothing(last[-1]):
        last = last[:-1]
    words = [*first, *last]
    if not 1 <= len(words) <= TITLE_WORDS or not all(_may_name(word) for word in words):
        return None
    title = _BETWEEN_HAN.sub("", " ".join([*first, named, *last]))
    return title[:1].upper() + title[1:]


def _may_name(word: str) -> bool:
    is_known = _says_nothing(word) or word.lower() in _NAMES_NO_CROP
    return len(word) > 1 and not is_known and all(char.isalpha() or not char.isascii() for char in word)


def _says_nothing(word: str) -> bool:
    plain = word.lower().strip(".:!?'\"()")
    return not any(char.isalnum() for char in plain) or plain in _SAY_NOTHING
