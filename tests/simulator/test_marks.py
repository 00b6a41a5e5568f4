"""Text as the messenger reads it: any input is parsed or refused, and entities stay inside the text."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import html_marks, markdown_marks
from simulator.refusals import Json, Refusal
from simulator.text import clean, found_entities, trimmed, units

PIECES = st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<i>",
            "</i>",
            '<a href="https://x.org">',
            "</a>",
            "<pre>",
            "</pre>",
            "<",
            ">",
            "&amp;",
            "&",
            "🥭",
            "*",
            "_",
            "__",
            "~",
            "||",
            "`",
            "```",
            "[",
            "](https://x.org)",
            "\\",
            ".",
            "text",
            "é",
            "\n",
        ]
    ),
    max_size=14,
).map("".join)
PARSERS = [html_marks.parse, markdown_marks.parse_old, markdown_marks.parse_v2]


def inside(text: str, entities: list[Json]) -> bool:
    return all(e["offset"] >= 0 and e["length"] > 0 and e["offset"] + e["length"] <= units(text) for e in entities)


@pytest.mark.parametrize("parse", PARSERS)
@given(source=PIECES)
def test_anything_is_parsed_or_refused(parse: object, source: str) -> None:
    assert callable(parse)
    try:
        text, entities = parse(source)
    except Refusal as refusal:
        words = refusal.description
    else:
        bare, kept = trimmed(text, entities)
        assert inside(text, entities)
        assert inside(bare, kept)
        assert bare == text.strip()
        return
    assert words.startswith("Bad Request: can't parse entities: ")


@given(st.text())
def test_escaped_text_comes_back(source: str) -> None:
    try:
        plain = clean(source)
    except Refusal:
        return
    assert html_marks.parse(html.escape(plain, quote=False)) == (plain, [])
    assert inside(plain, found_entities(plain))


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("*b* _i_ __u__ ~s~ ||x|| `c`", "b i u s x c", "bold italic underline strikethrough spoiler code"),
        ("*b _i_*", "b i", "bold italic"),
        ("[a](https://x.org)\\.", "a.", "text_link"),
        ("```py\nx=1```", "x=1", "pre"),
    ],
)
def test_markdown_v2(source: str, text: str, kinds: str) -> None:
    parsed, entities = markdown_marks.parse_v2(source)
    assert parsed == text
    assert [entity["type"] for entity in entities] == kinds.split()


def test_controls_and_overrides_go() -> None:
    assert clean("a\u202eb\x00c\r\nd\u2068e") == "ab c\nd\u2068e"
