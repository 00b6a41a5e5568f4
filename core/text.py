"""Cleans text that people supply: the invisible, the reversed and the piled up go, every script stays."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MARKS_MOST = 8
_JOINERS = "\u200c\u200d"  # Indic conjuncts, Persian plurals and emoji families are written with them
_SIGNS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2\U000110bd")  # visible, though "format"
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters that look like nothing
_SPACES = re.compile(r"\s+")
_NEWLINES = re.compile(r"[^\S\n]*\n\s*\n\s*")
_BLANKS = re.compile(r"[^\S\n]+")
_JOINER_RUNS = re.compile(f"(?<![^\\s{_JOINERS}])[{_JOINERS}]+|(?<=[{_JOINERS}])[{_JOINERS}]+|[{_JOINERS}]+(?=\\s|$)")


def clean(text: str | None, limit: int) -> str:
    """One line of at most `limit` characters in NFC, no controls, bidi tricks, surrogates or zero width."""
    return _cut(_SPACES.sub(" ", _visible(text or "")), limit)


def clean_lines(text: str | None, limit: int) -> str:
    """Like `clean`, keeping line breaks (never more than one empty line)."""
    lines = _BLANKS.sub(" ", _NEWLINES.sub("\n\n", _visible((text or "").replace("\r\n", "\n"))))
    return _cut("\n".join(line.strip() for line in lines.split("\n")), limit)


def _visible(text: str) -> str:
    kept = "".join(char for char in text if _keeps(char))
    return _JOINER_RUNS.sub("", "".join(_few_marks(unicodedata.normalize("NFC", kept))))


def _keeps(char: str) -> bool:
    if char in _FILLERS or (ord(char) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF:
        return False
    category = unicodedata.category(char)
    if category == "Cf":
        return char in _JOINERS or char in _SIGNS
    return char.isspace() or category not in ("Cc", "Cs")


def _few_marks(text: str) -> Iterator[str]:
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char).startswith("M") else 0
        if run <= MARKS_MOST:
            yield char


def _cut(text: str, limit: int) -> str:
    return text.strip()[:limit].rstrip(" \n" + _JOINERS)
