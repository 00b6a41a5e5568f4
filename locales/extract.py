"""Extracts every word people read into messages.pot: `_()`, `N_()`, `NN_()` calls, refusals' docstrings, crop names."""

from __future__ import annotations

import ast
import io
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from core.catalog.crops import names_for_translation
from core.errors import words_of

ROOT = Path(__file__).resolve().parent.parent
POT = ROOT / "locales" / "messages.pot"
ROOMS = ("bot", "core", "handlers", "scheduler", "web")
KEYWORDS = {"_": None, "N_": None, "NN_": (1, 2), "gettext_of": None, "ngettext_of": (1, 2)}


def catalogue() -> Catalog:
    """All messages with the files they stand in (no line numbers: those change with every edit)."""
    found = Catalog(project="Farmgate", version="1", fuzzy=False, charset="utf-8")
    found.header_comment = "# The words of Farmgate. Made by `make messages`; do not edit."
    sources = {path: path.read_bytes() for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))}
    classes = {path: _classes(source) for path, source in sources.items()}
    refusals = _refusals(each for of_file in classes.values() for each in of_file)
    for path, source in sources.items():
        place = [(path.relative_to(ROOT).as_posix(), None)]
        words = [words_of(ast.get_docstring(each) or "") for each in classes[path] if each.name in refusals]
        for message in [*_calls(source), *filter(None, words)]:
            found.add(message, locations=place)  # type: ignore[arg-type] # babel takes None for "no line"
    for name in names_for_translation():
        found.add(name, locations=[("core/catalog/crops.csv", None)])  # type: ignore[list-item] # as above
    return found


def text() -> str:
    """The POT as text, without the date that would change it every day."""
    out = io.BytesIO()
    write_po(out, catalogue(), sort_output=True, width=110, omit_header=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if "POT-Creation-Date" not in line and "PO-Revision-Date" not in line)


def _calls(source: bytes) -> Iterator[str | tuple[str, str]]:
    for _line, message, _comments, _context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
        yield message  # type: ignore[misc] # our keywords yield a string or a pair


def _classes(source: bytes) -> list[ast.ClassDef]:
    return [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def _refusals(classes: Iterable[ast.ClassDef]) -> set[str]:
    """Names of the classes that derive from Refusal, in however many steps and over whichever files."""
    bases: defaultdict[str, set[str]] = defaultdict(set)
    for each in classes:
        bases[each.name] |= {base.id for base in each.bases if isinstance(base, ast.Name)}
    known: set[str] = set()
    while more := {name for name, of in bases.items() if name == "Refusal" or of & known} - known:
        known |= more
    return known


def main() -> int:
    """Write messages.pot; with --check only say whether it is up to date."""
    fresh = text()
    if "--check" in sys.argv:
        return int(not POT.exists() or POT.read_text() != fresh)
    POT.write_text(fresh)
    return 0


if __name__ == "__main__":
    sys.exit(main())
