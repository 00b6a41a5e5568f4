"""Text as the messenger counts and cleans it: UTF-16 units, control characters, automatic entities."""

from __future__ import annotations

import re
from collections.abc import Iterable

from simulator.refusals import Json, bad

MAX_TEXT = 4096
MAX_CAPTION = 1024

# The messenger drops separators and direction overrides and turns control characters into spaces.
_CLEAN = {code: " " for code in range(32) if code not in (10, 13)} | {13: None, 127: " "}
_CLEAN |= dict.fromkeys(range(0x2028, 0x202F))

_PATTERNS = (
    (
        "url",
        re.compile(
            r"(?:https?://|tg://)[^\s<>\"']+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|io|me|app|in)\b(?:/[^\s]*)?",
            re.I,
        ),
    ),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/@.])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d\s().-]{6,18}\d(?!\w)")),
)
_HINTS = frozenset("/@#+.:")


def units(text: str) -> int:
    """Length in UTF-16 code units, as every limit of the Bot API counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_encoding(text: str) -> None:
    """Refuse lone surrogates."""
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8", "strings are valid UTF-8") from None


def clean(text: str) -> str:
    """The text as the messenger stores it."""
    check_encoding(text)
    return text if text.isascii() and text.isprintable() else text.translate(_CLEAN)


def found_entities(text: str, taken: Iterable[Json] = ()) -> list[Json]:
    """Commands, links, mentions, hashtags and numbers people type; what is formatted already stays as it is."""
    if _HINTS.isdisjoint(text):
        return []
    spans = [(entity["offset"], entity["offset"] + entity["length"]) for entity in taken if _blocks(entity)]
    found: list[Json] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start = units(text[: match.start()])
            end = start + units(match.group())
            if any(start < other_end and end > other_start for other_start, other_end in spans):
                continue
            spans.append((start, end))
            found.append({"type": kind, "offset": start, "length": end - start})
    return sorted(found, key=lambda entity: int(entity["offset"]))


def _blocks(entity: Json) -> bool:
    return entity["type"] in {"code", "pre", "text_link", "text_mention"}


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """White space at both ends goes, and entities move or shrink with it."""
    bare = text.strip()
    if len(bare) == len(text):
        return text, entities
    cut = units(text[: len(text) - len(text.lstrip())])
    length = units(bare)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        end = min(length, entity["offset"] + entity["length"] - cut)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return bare, kept


def command_of(message: Json) -> str | None:
    """`/start@bot` when the text opens with a command."""
    for entity in message.get("entities", ()):
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            return str(message["text"])[: entity["length"]]
    return None
