"""Both Markdown dialects of the Bot API, with its own complaints about what it cannot read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from simulator.refusals import Json, Refusal, bad
from simulator.text import units

RULE_OLD = "Markdown: every *, _, `, [ is closed or escaped"
RULE_V2 = "MarkdownV2: marks are closed, and _*[]()~`>#+-=|{}.! are escaped"
_LANGUAGE = re.compile(r"([A-Za-z0-9+#-]{1,32})\n")
_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_V2_KINDS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
}
_NAMES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",     "code": "Code", "pre": "Pre", "text_link": "TextUrl",
}  # fmt: skip


@dataclass
class _Output:
    parts: list[str] = field(default_factory=list)
    length: int = 0
    entities: list[Json] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += units(text)

    def mark(self, kind: str, start: int, **extra: str) -> None:
        if self.length > start:
            self.entities.append({"type": kind, "offset": start, "length": self.length - start, **extra})

    def done(self) -> tuple[str, list[Json]]:
        return "".join(self.parts), sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))


def _bytes(source: str, position: int) -> int:
    return len(source[:position].encode())


def parse_old(source: str) -> tuple[str, list[Json]]:
    """Legacy Markdown: no nesting."""
    out = _Output()
    position = 0
    while position < len(source):
        character = source[position]
        if character == "\\" and source[position + 1 : position + 2] in {"_", "*", "`", "["}:
            out.add(source[position + 1])
            position += 2
        elif character in "_*`[":
            position = _old_mark(source, position, out)
        else:
            out.add(character)
            position += 1
    return out.done()


def _old_mark(source: str, start: int, out: _Output) -> int:
    opener = "```" if source.startswith("```", start) else source[start]
    closer = "]" if opener == "[" else opener
    end = source.find(closer, start + len(opener))
    if end < 0:
        words = f"Can't find end of the entity starting at byte offset {_bytes(source, start)}"
        raise bad(f"can't parse entities: {words}", RULE_OLD)
    begun = out.length
    out.add(source[start + len(opener) : end])
    after = end + len(closer)
    if opener != "[":
        out.mark({"*": "bold", "_": "italic", "`": "code", "```": "pre"}[opener], begun)
        return after
    if source.startswith("(", after) and (stop := source.find(")", after)) > 0:
        out.mark("text_link", begun, url=source[after + 1 : stop])
        return stop + 1
    return after


@dataclass
class _V2:
    """A walk over a MarkdownV2 source; marks nest."""

    source: str
    position: int = 0
    out: _Output = field(default_factory=_Output)
    stack: list[tuple[str, int, int]] = field(default_factory=list)
    language: re.Match[str] | None = None

    def fail(self, words: str) -> Refusal:
        return bad(f"can't parse entities: {words}", RULE_V2)

    def walk(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            self.step()
        if self.stack:
            mark, _, where = self.stack[-1]
            kind = "text_link" if mark == "[" else _V2_KINDS[mark]
            raise self.fail(f"Can't find end of {_NAMES[kind]} entity at byte offset {where}")
        return self.out.done()

    def step(self) -> None:
        rest = self.source[self.position :]
        top = self.stack[-1][0] if self.stack else ""
        if rest[0] == "\\" and len(rest) > 1 and ord(rest[1]) < 127:
            self.take(rest[1], 2)
        elif top in {"`", "```"} and not rest.startswith(top):
            self.take(rest[0], 1)
        elif (mark := self.mark_at(rest)) is not None:
            self.toggle(mark)
        elif rest[0] == "]" and top == "[":
            self.link()
        elif rest[0] == ">" and (self.position == 0 or self.source[self.position - 1] == "\n"):
            self.position += 1
        elif rest[0] in _RESERVED and top not in {"`", "```"}:
            words = f"Character '{rest[0]}' is reserved and must be escaped with the preceding '\\'"
            raise self.fail(words)
        else:
            self.take(rest[0], 1)

    def take(self, text: str, width: int) -> None:
        self.out.add(text)
        self.position += width

    def mark_at(self, rest: str) -> str | None:
        top = self.stack[-1][0] if self.stack else ""
        if top == "_" and rest.startswith("_") and not rest.startswith("__"):
            return "_"
        return next((mark for mark in ("```", "`", "__", "_", "||", "*", "~", "[") if rest.startswith(mark)), None)

    def toggle(self, mark: str) -> None:
        if mark == "[" and any(open_mark == "[" for open_mark, _, _ in self.stack):
            raise self.fail("Character '[' is reserved and must be escaped with the preceding '\\'")
        if self.stack and self.stack[-1][0] == mark:
            _, begun, _ = self.stack.pop()
            language = {"language": self.language.group(1)} if mark == "```" and self.language else {}
            self.out.mark(_V2_KINDS[mark], begun, **language)
        else:
            self.stack.append((mark, self.out.length, _bytes(self.source, self.position)))
            self.language = _LANGUAGE.match(self.source, self.position + 3) if mark == "```" else None
            if self.language is not None:
                self.position = self.language.end() - len(mark)
        self.position += len(mark)

    def link(self) -> None:
        _, begun, _ = self.stack.pop()
        self.position += 1
        if not self.source.startswith("(", self.position):
            return
        stop = self.source.find(")", self.position)
        if stop < 0:
            raise self.fail(f"Can't find end of a URL at byte offset {_bytes(self.source, self.position)}")
        self.out.mark("text_link", begun, url=self.source[self.position + 1 : stop].replace("\\", ""))
        self.position = stop + 1


def parse_v2(source: str) -> tuple[str, list[Json]]:
    """MarkdownV2: marks nest, and punctuation must be escaped."""
    return _V2(source).walk()
