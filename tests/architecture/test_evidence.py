"""What the documents name as proof exists: every test, every folder of tests and every command."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from core.orders.states import ACTIONS
from tests.architecture.source import ROOT

PAGES = ("docs/catalogue.md", "docs/events.md", "docs/reliability.md")
NAMED = re.compile(r"\btests/[\w/]*\w(?:\.py)?(?:::\w+)?")
COMMANDS = re.compile(r"python -m ([\w.]+)")
ITEMS = {*range(1, 39), *range(40, 50), *range(60, 78)}  # groups A-D, F and G; E is the console's
LATER = {45}  # named with its reason below the tables


def missing(named: str) -> bool:
    """Whether there is no such test, file or folder."""
    file, _, test = named.partition("::")
    path = ROOT / file
    return not path.exists() or bool(test and test not in written_in(path))


@cache
def written_in(path: Path) -> frozenset[str]:
    return frozenset(node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_is_named_exists(page: str) -> None:
    named = NAMED.findall((ROOT / page).read_text())
    assert len(named) > 10
    assert [each for each in named if missing(each)] == []
    assert missing("tests/architecture/test_evidence.py::test_nothing")
    assert missing("tests/no_such_folder")


def test_every_command_that_is_named_exists() -> None:
    for page in PAGES:
        for module in COMMANDS.findall((ROOT / page).read_text()):
            path = ROOT / module.replace(".", "/")
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_every_item_of_the_catalogue_has_its_tests() -> None:
    rows = re.findall(r"^\| (\d+) \| .* \| (.*) \|$", (ROOT / "docs/catalogue.md").read_text(), re.MULTILINE)
    assert [int(number) for number, _tests in rows] == sorted(ITEMS)
    assert {int(number) for number, tests in rows if "::" not in tests} == LATER


def test_every_event_of_an_order_is_played_as_a_story() -> None:
    page = (ROOT / "docs/events.md").read_text()
    rows = re.findall(r"^\| .+ \| (.*) \| (.*) \|$", page, re.MULTILINE)[1:]
    assert [stories for _actions, stories in rows if "`tests/stories/" not in stories] == []
    played = {action for actions, _stories in rows for action in re.findall(r"`(\w+)`", actions)}
    assert played == set(ACTIONS) - {"call_off"}  # staff's, from the console
