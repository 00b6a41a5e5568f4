"""Which test proves which requirement: ids are known, each due one is claimed, and wrong claims are noticed."""

from __future__ import annotations

import ast
from pathlib import Path

from tests import matrix
from tests.architecture.source import dotted, modules

IDS = 216


def claimed() -> dict[str, list[str]]:
    """The ids in `covers` marks, read from the source: collecting the tests takes longer."""
    found: dict[str, list[str]] = {}
    for module in modules("tests"):
        for call in module.calls():
            if dotted(call.func) != "pytest.mark.covers":
                continue
            for argument in call.args:
                if isinstance(argument, ast.Constant):
                    found.setdefault(str(argument.value), []).append(module.at(call))
    return found


def test_every_claim_names_a_requirement() -> None:
    rows = matrix.requirements()
    assert len(rows) == len({row.id for row in rows}) == IDS
    assert matrix.unknown(rows, claimed()) == []
    assert matrix.unknown(rows, {"ORF99": ["x"]}) == ["ORF99 is claimed by x"]


def test_only_stories_claim_requirements() -> None:
    assert {
        place for places in claimed().values() for place in places if not place.startswith("tests/stories/")
    } == set()


def test_what_is_due_now_is_known_and_claimed() -> None:
    due = matrix.expanded(matrix.NOW)
    assert len(due) == len(set(due)) == 62
    assert set(due) <= {row.id for row in matrix.requirements()}
    assert set(due) - set(claimed()) == set()


def test_the_matrix_collects_marks_and_prints_what_is_missing_first(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(
        "import pytest\n\n@pytest.mark.covers('ORF02')\n@pytest.mark.parametrize('n', [1, 2])\ndef test_a(n): ...\n"
    )
    found = matrix.collected(str(tmp_path))
    assert [len(tests) for tests in found.claims.values()] == [1]
    told = matrix.lines(matrix.requirements(), found.claims)
    assert told[0] == "Due now: 1 of 62 proven."
    assert told[1].strip() == "MISSING ORF01 The order keeps all the buyer asked for"
    assert told[-1].startswith("Nobody claims 215 of 216")
    assert "Proven: 1 of 216" in matrix.page(matrix.requirements(), found.claims)


def test_a_test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("import no_such_thing\n")
    assert matrix.collected(str(tmp_path)).errors
