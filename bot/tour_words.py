"""What the tour's English words look like in another language, so that the same season is played in each."""

from __future__ import annotations

import re
from functools import cache

from babel.messages.pofile import read_po

from core.i18n import LOCALES, SOURCE_LANGUAGE

_PLACE = re.compile(r"\{\w+\}")
_NUMBER = re.compile(r"₹?\d+")


class Words:
    """Finds a button or message of one language by English words, which may be the beginning or a part of it."""

    def __init__(self, language: str) -> None:
        self._language = language

    def begins(self, words: str) -> re.Pattern[str]:
        """A button that would begin so in English."""
        return self._pattern(words, anywhere=False)

    def has(self, words: str) -> re.Pattern[str]:
        """A message that would hold these words in English."""
        return self._pattern(words, anywhere=True)

    def _pattern(self, words: str, *, anywhere: bool) -> re.Pattern[str]:
        start = "" if anywhere else "^"
        forms = [re.escape(words), *self._translated(words, anywhere)]
        return re.compile("|".join(f"{start}(?:{form})" for form in forms), re.DOTALL)

    def _translated(self, words: str, anywhere: bool) -> list[str]:
        """Translations of the messages that hold the words, their places open; exact ones alone where there are any."""
        if self._language == SOURCE_LANGUAGE:
            return []
        number = _NUMBER.match(words)
        wanted = _shape(words)
        known = [(_shape(english), said) for english, said in _pairs(self._language)]
        exact = [said for english, said in known if english == wanted]
        part = [said for english, said in known if (wanted in english if anywhere else english.startswith(wanted))]
        found = exact or part
        return [_open(said, number.group() if number else None) for said in found]


def _shape(english: str) -> str:
    """The words with every place and number open."""
    return _NUMBER.sub("{}", _PLACE.sub("{}", english))


def _open(said: str, number: str | None) -> str:
    """A pattern of a translation: anything where something is filled in; the number, where one was asked for."""
    parts = [re.escape(part) for part in _PLACE.split(said)]
    return (re.escape(number) if number and len(parts) == 2 else ".*?").join(parts)


@cache
def _pairs(language: str) -> list[tuple[str, str]]:
    """(English, translation) of every form of every message."""
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    found = []
    for message in catalogue:
        english = message.id if isinstance(message.id, list | tuple) else (message.id,)
        said = message.string if isinstance(message.string, list | tuple) else (message.string,)
        found += [(one, other) for one in english for other in said if one and other]
    return found
