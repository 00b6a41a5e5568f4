"""Text that people supply keeps every script and loses what hides, reverses or piles up."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import MARKS_MOST, clean, clean_lines


@pytest.mark.parametrize(
    "text",
    ["क्‍ष", "👨‍👩‍👧 family", "می‌خواهم", "👍🏽", "Ñandú", "አማርኛ", "<b>&_*[", "'; DROP TABLE member; --", "=cmd|'/c'!A1"],
)
def test_what_people_write_is_kept_verbatim(text: str) -> None:
    assert clean(text, 100) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\u202eb\u2066c\u2069", "abc"),
        ("a\u200bb\ufeff", "ab"),
        ("a\x00b\x1b", "ab"),
        ("a\ud800b", "ab"),
        ("  a \n\t b ", "a b"),
        ("e\u0301", "é"),
        ("\u200d\u3164", ""),
        ("a \u200d b", "a b"),
        (None, ""),
    ],
)
def test_what_hides_is_taken_out(text: str | None, kept: str) -> None:
    assert clean(text, 100) == kept


def test_five_hundred_combining_marks_become_eight() -> None:
    assert len(clean("x" + "\u0336" * 500, 1000)) == 1 + MARKS_MOST


def test_lines_are_kept_where_they_mean_something() -> None:
    assert clean_lines(" a  b \r\n\n\n\n c\td ", 50) == "a b\n\nc d"


@given(st.text(st.characters(exclude_categories=[])), st.integers(0, 40))
def test_cleaning_is_bounded_and_says_the_same_twice(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert len(once) <= limit
    assert clean(once, limit) == once
    assert once == "".join(once.encode().decode())
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in once)
