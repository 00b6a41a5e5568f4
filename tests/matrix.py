"""Which requirement is proven by which test: `make coverage-matrix`; `--write` keeps the table in docs/coverage.md."""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "docs" / "requirements.csv"
PAGE = ROOT / "docs" / "coverage.md"
# what the season forward must prove; the rest belongs to later parts
NOW = "ORF01-21 COF01-15 PRE01-11 CRE01-02 CRE05-15 MEF03-04"

Claims = dict[str, list[str]]


@dataclass(frozen=True)
class Requirement:
    """One row of docs/requirements.csv."""

    id: str
    section: str
    kind: str
    name: str


@dataclass(eq=False)  # a plug-in must be hashable
class Claiming:
    """A pytest plug-in that keeps which collected test claims which id."""

    claims: Claims = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            for mark in item.iter_markers("covers"):
                for id_ in mark.args:
                    tests = self.claims.setdefault(str(id_), [])
                    if (name := plain_name(item.nodeid)) not in tests:
                        tests.append(name)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1]}")


def plain_name(node: str) -> str:
    """A test's name without its parameters: both databases run the same proof."""
    return node.partition("[")[0]


def requirements(path: Path = REQUIREMENTS) -> list[Requirement]:
    """All requirements, in the order of the file."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Requirement(**row) for row in csv.DictReader(file)]


def expanded(ranges: str) -> list[str]:
    """ORF02-04 CRE02 -> ORF02, ORF03, ORF04, CRE02."""
    found = []
    for part in ranges.split():
        letters, first, last = re.fullmatch(r"([A-Z]+)(\d+)(?:-(\d+))?", part).groups()  # type: ignore[union-attr] # our own constant
        found += [f"{letters}{number:02}" for number in range(int(first), int(last or first) + 1)]
    return found


def collected(*paths: str) -> Claiming:
    """The claims of all tests, collected without running any."""
    plugin = Claiming()
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        ended = pytest.main(
            [
                "-c",
                str(ROOT / "pyproject.toml"),
                "--collect-only",
                "-q",
                "-p",
                "no:randomly",
                "-p",
                "no:cacheprovider",
                *paths,
            ],
            plugins=[plugin],
        )
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and not plugin.errors:
        plugin.errors.append(f"pytest ended with {ended!r}: {told.getvalue().strip()[-300:]}")
    return plugin


def unknown(rows: Iterable[Requirement], claims: Claims) -> list[str]:
    """Claims of ids that the list does not know."""
    known = {row.id for row in rows}
    return [f"{id_} is claimed by {', '.join(tests)}" for id_, tests in claims.items() if id_ not in known]


def lines(rows: Sequence[Requirement], claims: Claims) -> list[str]:
    """The matrix as a person reads it: missing ones that are due first, then all, then what nobody claims."""
    due = expanded(NOW)
    missing = [id_ for id_ in due if id_ not in claims]
    told = [f"Due now: {len(due) - len(missing)} of {len(due)} proven."]
    told += [f"  MISSING {row.id} {row.name}" for row in rows if row.id in missing]
    for row in rows:
        if row.id in claims:
            told += [f"{row.id}  {row.name}", *(f"         {test}" for test in sorted(claims[row.id]))]
    nobody = [row.id for row in rows if row.id not in claims]
    return [*told, f"Nobody claims {len(nobody)} of {len(rows)}: {' '.join(nobody)}"]


def page(rows: Sequence[Requirement], claims: Claims) -> str:
    """docs/coverage.md."""
    proven = sum(row.id in claims for row in rows)
    due = expanded(NOW)
    held = sum(id_ in claims for id_ in due)
    told = [
        "# Which requirement is proven by which test", "",
        "Made by `python -m tests.matrix --write`. Each test acts as a person and reads what that person sees.", "",
        f"Proven: {proven} of {len(rows)}; of the {len(due)} that are to hold by now {held}.",
    ]  # fmt: skip
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            told += ["", f"## {section.capitalize()}", "", "| id | what | proven by |", "|---|---|---|"]
        proofs = "<br>".join(_link(test) for test in sorted(claims.get(row.id, [])))
        told.append(f"| {row.id} | {row.name} | {proofs} |")
    return "\n".join(told) + "\n"


def _link(test: str) -> str:
    words = test.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return f"[{words}](../{test.partition('::')[0]})"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the matrix; 1 when a mark names an unknown id or a test file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--write", action="store_true", help="also write docs/coverage.md")
    options = parser.parse_args(argv)
    rows, found = requirements(), collected()
    wrong = [*unknown(rows, found.claims), *found.errors]
    print("\n".join([*lines(rows, found.claims), *(f"WRONG {line}" for line in wrong)]))  # noqa: T201 - a report is printed
    if options.write and not wrong:
        PAGE.write_text(page(rows, found.claims), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
