"""Extracts every word people read into messages.pot: `_()`, `N_()`, `NN_()` calls, refusals' docstrings, crop names."""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
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
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        place = [(path.relative_to(ROOT).as_posix(), None)]
        for message in _messages(path):
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


def _messages(path: Path) -> Iterator[str | tuple[str, str]]:
    source = path.read_bytes()
    for _line, message, _comments, _context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
        yield message  # type: ignore[misc] # our keywords yield a string or a pair
    yield from _refusals(ast.parse(source))


def _refusals(tree: ast.Module) -> Iterator[str]:
    """Docstrings of refusals: classes that derive from Refusal, directly or by another class of the same file."""
    known = {"Refusal", "NotFound", "NotAllowed", "Changed", "BadInput", "OutOfBounds"}
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
        if bases & known or node.name == "Refusal":
            known.add(node.name)
            words = words_of(ast.get_docstring(node) or "")
            if words:
                yield words


def main() -> int:
    """Write messages.pot; with --check only say whether it is up to date."""
    fresh = text()
    if "--check" in sys.argv:
        return int(not POT.exists() or POT.read_text() != fresh)
    POT.write_text(fresh)
    return 0


if __name__ == "__main__":
    sys.exit(main())
