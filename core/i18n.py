"""Says things in the language of whoever listens: catalogues, plurals, numbers, dates, names."""

from __future__ import annotations

import gettext as stdlib_gettext
import io
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from core.money import Money

LOCALES = Path(__file__).resolve().parent.parent / "locales"
SOURCE_LANGUAGE = "en"
UNREAD = "# No speaker of"  # how the head of a catalogue begins the line that says so
# the order in which languages stand on buttons, and how each calls itself
ENDONYMS = {
    "en": "English", "zh": "中文", "hi": "हिन्दी", "id": "Indonesia", "ru": "Русский", "am": "አማርኛ",
    "es": "Español", "pt_BR": "Português", "ar": "العربية", "sw": "Kiswahili", "fr": "Français",
}  # fmt: skip


class Name(str):
    """A name or code that people chose: wrapped in isolates when its direction differs from the text's."""

    __slots__ = ()


@dataclass(frozen=True)
class Speech:
    """Who listens: language of the words, locale of numbers and dates, time zone of hours."""

    language: str
    locale: Locale
    zone: tzinfo


@cache
def shipped_languages() -> tuple[str, ...]:
    """Languages with a catalogue in `locales/`, English first; a catalogue is shipped when it is complete."""
    found = {path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/messages.po")} | {SOURCE_LANGUAGE}
    return tuple(language for language in ENDONYMS if language in found)


@cache
def unread_languages() -> tuple[str, ...]:
    """Shipped languages whose catalogue says in its head that no speaker has read it yet."""
    return tuple(each for each in shipped_languages() if each != SOURCE_LANGUAGE and UNREAD in _head(each))


def _head(language: str) -> str:
    return (LOCALES / language / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8").partition("msgid")[0]


@cache
def _catalogue(language: str) -> stdlib_gettext.NullTranslations:
    path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return stdlib_gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


def read_catalogues() -> None:
    """Read them all now; a process that does so before it imports large libraries is 2.5 MiB smaller.

    Reading leaves small pieces of memory free between what stays: whatever comes later fills them.
    """
    for language in shipped_languages():
        _catalogue(language)


@cache
def locale_for(language: str, region: str | None) -> Locale:
    """The locale whose number and date order follow the region: (en, IN) -> en_IN; unknown pairs fall back."""
    tag = language if not region or "_" in language else f"{language}_{region}"
    try:
        return Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)


@cache
def speech_for(language: str, region: str | None, zone: str) -> Speech:
    """The speech of a member; an unknown language speaks English."""
    known = language if language in shipped_languages() else SOURCE_LANGUAGE
    return Speech(known, locale_for(known, region), ZoneInfo(zone))


_speech: ContextVar[Speech] = ContextVar("speech")


def speech() -> Speech:
    """The speech in force; English in UTC when nobody set one."""
    return _speech.get(None) or speech_for(SOURCE_LANGUAGE, None, "UTC")


@contextmanager
def speaking(listener: Speech) -> Iterator[None]:
    """Within the block every `_()` speaks to this listener."""
    token = _speech.set(listener)
    try:
        yield
    finally:
        _speech.reset(token)


def gettext_of(message: str, /, **params: object) -> str:
    """The message in the language in force, named placeholders filled with values as that locale writes them."""
    if not message:
        return ""
    return _fill(_catalogue(speech().language).gettext(message), params)


_ = gettext_of


def ngettext_of(singular: str, plural: str, count: int, /, **params: object) -> str:
    """Like `_`, choosing the plural form of `count`, which fills {count}."""
    chosen = _catalogue(speech().language).ngettext(singular, plural, count)
    return _fill(chosen, {"count": count, **params})


def N_(message: str) -> str:  # noqa: N802 - gettext's own word for "mark it, translate it later"
    """Mark a message for the catalogues; whoever shows it translates it."""
    return message


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - N_ for the two forms of a counted message
    """Mark both forms for the catalogues; `ngettext_of(*pair, count)` shows the one that fits."""
    return singular, plural


def every_translation(message: str) -> frozenset[str]:
    """The message in all shipped languages: a keyboard press arrives as text and is known in each of them."""
    return frozenset(_catalogue(language).gettext(message) for language in shipped_languages())


def _fill(message: str, params: dict[str, object]) -> str:
    if not params:
        return message
    return message.format_map({key: shown(value) for key, value in params.items()})


def shown(value: object) -> str:
    """A value as text in the locale in force."""
    if type(value) is str:  # most of what is said
        return value
    if isinstance(value, Name):
        return _isolated(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Money):
        return value.format(speech().locale)
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal | int):
        return number(value)
    return str(value)


def number(value: Decimal | int) -> str:
    """A number in the locale's digits and marks, without empty decimals."""
    return _number(Decimal(value).normalize(), speech().locale)


@lru_cache(maxsize=4096)  # a page of the market writes thirty
def _number(value: Decimal, locale: Locale) -> str:
    return format_decimal(value, locale=locale, decimal_quantization=False)


def day(value: date, today: date | None = None) -> str:
    """A day as people say it: Fri 15 May; with its year where that is not the year of `today`."""
    skeleton = "MMMEd" if today is None or value.year == today.year else "yMMMEd"
    return _day(date(value.year, value.month, value.day), skeleton, speech().locale)


@lru_cache(maxsize=4096)
def _day(value: date, skeleton: str, locale: Locale) -> str:
    text = format_skeleton(skeleton, datetime(value.year, value.month, value.day), locale=locale)  # noqa: DTZ001 - a calendar day has no zone
    return text.replace(",", "")


def hour(value: datetime) -> str:
    """A time of day in the listener's zone."""
    return format_time(value, format="short", tzinfo=speech().zone, locale=speech().locale)


def when(value: datetime) -> str:
    """A moment in the listener's zone: Fri 15 May, 18:00."""
    local = value.astimezone(speech().zone)
    return f"{day(local.date())} {hour(value)}"


def today(now: datetime) -> date:
    """The listener's calendar day."""
    return now.astimezone(speech().zone).date()


def negotiate(tag: str | None) -> str | None:
    """A shipped language for a messenger's language code: exact tag, then language, else nothing."""
    if not tag:
        return None
    wanted = tag.replace("-", "_")
    by_lower = {language.lower(): language for language in shipped_languages()}
    exact = by_lower.get(wanted.lower())
    if exact:
        return exact
    base = wanted.split("_")[0].lower()
    return next((lang for low, lang in by_lower.items() if low.split("_")[0] == base), None)


def _isolated(name: str) -> str:
    rtl_name = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in name)
    rtl_text = speech().locale.text_direction == "rtl"
    return f"\u2068{name}\u2069" if rtl_name != rtl_text else str(name)
