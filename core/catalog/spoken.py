"""Knows where a word begins and ends, and the plurals of a crop's name where the word itself changes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from core.quantity import MARKS, NO_WORD_AFTER

NUKTA = "\u093c"
DEVANAGARI = re.compile("[\u0900-\u097f]")
# Hindi: केला, केले, केलों; मूली, मूलियाँ; आलू, आलुओं; any other name: टमाटर, टमाटरों
ENDINGS = {"ा": ("े", "ों"), "ी": ("ियाँ", "ियां", "ियों"), "ू": ("ुओं",)}
OTHERS = ("ों", "ें")
_LONG_A = re.compile("ा(?= )")


def forms(name: str) -> tuple[str, ...]:
    """The name, and its plurals where we know how they are made."""
    if not DEVANAGARI.match(name):
        return (name,)
    told = _LONG_A.sub("े", name)  # कच्चा केला, कच्चे केले
    stem, endings = (told[:-1], ENDINGS[name[-1]]) if name[-1] in ENDINGS else (told, OTHERS)
    return (name, *(stem + ending for ending in endings))


def bare(word: str) -> str:
    """The word without nuktas: प्याज़ and प्याज are one."""
    return word.replace(NUKTA, "")


def pattern(words: Iterable[str]) -> str:
    """A pattern for any whole bare word, as people write it, the longest first; Chinese words have no edges."""
    alike: dict[bool, list[str]] = {False: [], True: []}
    for word in sorted(words, key=len, reverse=True):
        signs = f"{NUKTA}?".join(word) + f"{NUKTA}?" if DEVANAGARI.match(word) else re.escape(word)
        alike[any(unicodedata.east_asian_width(char) == "W" for char in word)].append(signs)
    spaced = rf"(?<![\w{MARKS}])(?:{'|'.join(alike[False])}){NO_WORD_AFTER}"
    return "|".join([spaced, *alike[True]])
