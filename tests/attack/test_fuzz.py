"""R11 in the suite: a part of the ten thousand inputs of `python -m tests.attack.fuzz`, from the same seed."""

from __future__ import annotations

from pathlib import Path

from core.errors import BadInput
from core.orders.errors import NothingPaid
from handlers import routes
from tests.attack import fuzz_judge
from tests.attack.fuzz import Fuzz, sown
from tests.forging import tidy

INPUTS = 480


def test_no_input_breaks_anything_and_bad_input_is_answered_with_an_example(tmp_path: Path) -> None:
    shop = sown(tmp_path)
    try:
        report = Fuzz(shop).play(INPUTS)
    finally:
        tidy(shop)
        shop.close()
    assert report.wrong == []
    assert report.sent.total() >= INPUTS
    assert len(report.states) == len(routes.STATES), "before every question"
    assert sum(report.refused.values()) > INPUTS / 10


def test_the_judge_tells_a_refusal_in_each_language_and_what_has_no_example() -> None:
    told = {
        "en": "I could not read Price: it is missing. Example: 120", "zh": _said("zh"), "hi": _said("hi"),
    }  # fmt: skip
    for language, text in told.items():
        assert fuzz_judge.refusal_in(text, language) is BadInput, language
        assert all(fuzz_judge.refusal_in(text, other) is None for other in told if other != language)
    assert fuzz_judge.has_example(BadInput)
    assert not fuzz_judge.has_example(NothingPaid)


def _said(language: str) -> str:
    with fuzz_judge.speaking(fuzz_judge.speech_for(language, "IN", "Asia/Kolkata")):
        return BadInput(field="Price", reason="?", example=120).text()
