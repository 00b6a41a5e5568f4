"""Golden transcripts: what people read and press, word for word; FARMGATE_GOLDEN=write keeps what is there now."""

from __future__ import annotations

import os
from difflib import unified_diff
from pathlib import Path

GOLDEN = Path(__file__).parent.parent / "stories" / "golden"


def same_as_golden(name: str, lines: list[str]) -> None:
    """The transcript equals golden/<name>.txt; the failure shows what changed."""
    path, now = GOLDEN / f"{name}.txt", "\n".join(lines) + "\n"
    if os.environ.get("FARMGATE_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    changed = "\n".join(unified_diff(before.splitlines(), now.splitlines(), "golden", "now", lineterm=""))
    assert now == before, f"{path.name} differs; FARMGATE_GOLDEN=write keeps the new one\n{changed}"
