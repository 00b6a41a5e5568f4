"""The HTML the Bot API reads, with its own complaints about what it cannot."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from simulator.refusals import Json, Refusal, bad
from simulator.text import units

RULE = "HTML: known tags only, each closed, and <, >, & escaped"
_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([^\s>/]*)([^>]*)(>?)")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*(?:=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


@dataclass
class _Open:
    tag: str
    offset: int
    attributes: dict[str, str]


@dataclass
class _Reader:
    """A position in the source, the text so far, and the tags still open."""

    source: str
    text: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def add(self, raw: str) -> None:
        """Plain text between tags; unknown character references stay as they are."""
        plain = _CHARACTER.sub(lambda match: html.unescape(match.group()), raw) if "&" in raw else raw
        self.text.append(plain)
        self.length += units(plain)

    def fail(self, words: str) -> Refusal:
        return bad(f"can't parse entities: {words}", RULE)

    def at(self, position: int) -> int:
        """Errors speak of byte offsets."""
        return len(self.source[:position].encode())

    def opened(self, match: re.Match[str]) -> None:
        name = match.group(2).lower()
        attributes = {key.lower(): value.strip("\"'") for key, value in _ATTRIBUTE.findall(match.group(3))}
        if name not in _KINDS or (name == "span" and attributes.get("class") != "tg-spoiler"):
            words = 'Tag "span" must have class "tg-spoiler"' if name == "span" else f'Unsupported start tag "{name}"'
            raise self.fail(f"{words} at byte offset {self.at(match.start())}")
        if not match.group(4):
            raise self.fail(f"Unclosed start tag at byte offset {self.at(match.start())}")
        self.stack.append(_Open(name, self.length, attributes))

    def closed(self, match: re.Match[str]) -> None:
        name = match.group(2).lower()
        where = self.at(match.start())
        if not self.stack:
            raise self.fail(f"Unexpected end tag at byte offset {where}")
        top = self.stack.pop()
        if name not in {"", top.tag}:
            words = f'Unmatched end tag at byte offset {where}, expected "</{top.tag}>", found "</{name}>"'
            raise self.fail(words)
        if not match.group(4):
            raise self.fail(f"Unclosed end tag at byte offset {where}")
        entity = _entity(top, self.length, "".join(self.text))
        if entity is not None:
            self.entities.append(entity)


def parse(source: str) -> tuple[str, list[Json]]:
    """Text and entities of an HTML message."""
    if "<" not in source and "&" not in source:
        return source, []
    reader = _Reader(source)
    position = 0
    while (start := source.find("<", position)) >= 0:
        reader.add(source[position:start])
        match = _TAG.match(source, start)
        if match is None:  # the pattern matches any "<"
            break
        (reader.closed if match.group(1) else reader.opened)(match)
        position = match.end()
    reader.add(source[position:])
    if reader.stack:
        raise reader.fail(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1].tag}"')
    return "".join(reader.text), sorted(reader.entities, key=lambda e: (e["offset"], -e["length"]))


def _entity(top: _Open, end: int, text: str) -> Json | None:
    if end <= top.offset:
        return None
    entity: Json = {"type": _KINDS[top.tag], "offset": top.offset, "length": end - top.offset}
    if top.tag == "a":
        return _link(entity, html.unescape(top.attributes.get("href", "")) or text[-(end - top.offset) :])
    if top.tag == "blockquote" and "expandable" in top.attributes:
        entity["type"] = "expandable_blockquote"
    if top.tag == "tg-emoji":
        entity["custom_emoji_id"] = top.attributes.get("emoji-id", "")
    if top.tag == "code" and "class" in top.attributes:
        entity["language"] = top.attributes["class"].removeprefix("language-")
        entity["type"] = "pre"
    return entity


def _link(entity: Json, url: str) -> Json | None:
    # A link the messenger cannot follow loses its mark, not the message.
    if url.startswith("tg://user?id=") and url[13:].isdigit():
        return {
            **entity,
            "type": "text_mention",
            "user": {"id": int(url[13:]), "is_bot": False, "first_name": ""},
        }
    if "." not in url and not url.startswith("tg:"):
        return None
    return {**entity, "url": url if "://" in url or url.startswith("tg:") else f"http://{url}"}
