"""Says of an answer whether it is one: for bad input, in the member's language, with an example or a bound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from core.catalog.words_said import TooManySaid
from core.errors import BadInput, Changed, NotAllowed, NotFound, OutOfBounds, Refusal, words_of
from core.i18n import gettext_of, speaking, speech_for
from core.members.decisions import AlreadyDecided, OneMoreConfirms
from core.orders.errors import (
    HoldEnded,
    NothingDue,
    SaleClosed,
    SaleNotOpenYet,
    StillFree,
    TooLateForLess,
    TooManyPlaces,
    TooManyUnpaid,
)
from core.payments.currency import CurrencyInUse, CurrencyLocked
from core.reputation.service import ReviewComplete
from handlers import routes

# content that no question of ours takes and that nobody handles elsewhere: its answer is the question's example
NEVER = ("sticker", "video", "audio", "animation", "video_note")
# of what is asked about, not of what was written: no example would help
OF_THE_THING = (
    NotFound, NotAllowed, Changed, AlreadyDecided, SaleClosed, SaleNotOpenYet, ReviewComplete, TooManySaid,
    TooManyUnpaid,
    OneMoreConfirms, CurrencyInUse, CurrencyLocked, HoldEnded, TooManyPlaces, StillFree, TooLateForLess, NothingDue,
)  # fmt: skip
BOUNDS = ("{most}", "{left}", "{free}", "{credit}", "{offered}", "{yours}")
_PLACEHOLDER = re.compile(r"\\\{\w+\\\}")


def _kinds(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


@cache
def sentences(language: str) -> list[tuple[re.Pattern[str], type[Refusal]]]:
    """Every refusal as it reads in this language, the longest first."""
    found = []
    with speaking(speech_for(language, "IN", "Asia/Kolkata")):
        for kind in {Refusal, *_kinds(Refusal)}:
            told = _raw(words_of(kind.__doc__ or ""))
            found.append((re.compile(_PLACEHOLDER.sub(".*?", re.escape(told)), re.DOTALL), kind))
    return sorted(found, key=lambda pair: -len(pair[0].pattern))


def _raw(message: str) -> str:
    """The translated sentence with its placeholders left in."""
    names = re.findall(r"\{(\w+)\}", message)
    marks = {name: _Mark(f"@{name}@") for name in names}
    told = gettext_of(message, **marks)
    return re.sub(r"[\u2068\u2069]", "", re.sub(r"@(\w+)@", r"{\1}", told))


class _Mark(str):
    """A value that is shown as it is."""


def refusal_in(text: str, language: str) -> type[Refusal] | None:
    """Which refusal this text is, None for one that is none in this language."""
    said = re.sub(r"[\u2068\u2069]", "", text)
    return next((kind for pattern, kind in sentences(language) if pattern.fullmatch(said)), None)


@cache
def example_of(state: str, language: str) -> str:
    """The example of a question in this language."""
    with speaking(speech_for(language, "IN", "Asia/Kolkata")):
        return gettext_of(routes.STATES[state].example)


def has_example(kind: type[Refusal]) -> bool:
    """Whether the sentence names an example, or the bound that what was written went beyond."""
    told = words_of(kind.__doc__ or "")
    return issubclass(kind, BadInput | OutOfBounds) or any(word in told for word in ("xample", "like this", *BOUNDS))
