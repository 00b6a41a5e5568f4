"""A language that nobody speaks: every word accented and 40 % longer, so that what was not translated stands out."""

from __future__ import annotations

import io
import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from core import i18n
from handlers import routes

# Russian dates, numbers and currencies hold no Latin letter: what is Latin on a screen came from our source
CARRIER = "ru"
PLURALS = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"
_KEPT = re.compile(r"\{\w+\}|</?[a-z]+>|(?<!\w)/[a-z]+\b|https?://\S+|@\w+")
_FROM = string.ascii_letters
_TO = "àƀçďéƒĝĥîĵķļɱñöþɋŕšţûṽŵẋýžÀƁÇĎÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ"
_ACCENTS = str.maketrans(_FROM, _TO)


def pseudo(message: str) -> str:
    """The message as that language says it; placeholders, tags, commands and addresses stay."""
    parts, end = [], 0
    for kept in _KEPT.finditer(message):
        parts += [message[end : kept.start()].translate(_ACCENTS), kept.group()]
        end = kept.end()
    last = message[end:].translate(_ACCENTS)
    padding = "ø" * round(sum(char.isalpha() for char in message) * 0.4)
    return "".join(parts) + last + (padding if last else f" {padding}")


def latin(text: str) -> list[str]:
    """Words in plain Latin letters: source text that reached a person."""
    return re.findall(r"[A-Za-z]{2,}", _KEPT.sub(" ", text))


def catalogue(pot: str) -> Catalog:
    """The template, translated."""
    template = read_po(io.StringIO(pot))
    made = Catalog(locale=CARRIER, fuzzy=False)
    for message in template:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        told = [pseudo(str(each)) for each in (ids[0], ids[-1], ids[-1])]
        made.add(message.id, told if message.pluralizable else told[0])
    return made


@contextmanager
def spoken(folder: Path, pot: str, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ship the pseudo-language (and nothing else) from a folder of catalogues for a while."""
    place = folder / CARRIER / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.po").open("wb") as file:
        write_po(file, catalogue(pot))
    text = (place / "messages.po").read_text(encoding="utf-8")
    (place / "messages.po").write_text(re.sub(r"nplurals=.*?\\n", PLURALS + r";\\n", text), encoding="utf-8")
    with patch.context() as patched:
        patched.setattr(i18n, "LOCALES", folder)
        patched.setitem(i18n.ENDONYMS, CARRIER, "Русский")
        forget()
        yield
    forget()


def forget() -> None:
    """Drop all that was kept of the catalogues: whatever the module keeps, now or later, is kept of them."""
    kept = [each for each in vars(i18n).values() if hasattr(each, "cache_clear")]
    for cached in (*kept, routes._by_text):
        cached.cache_clear()
