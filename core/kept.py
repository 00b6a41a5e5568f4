"""Secrets that are made on first use and kept beside the data, readable by their owner only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret in this file, made when there is none. Processes that ask at the same time get the same one."""
    return kept_secrets(path)[0]


def kept_secrets(path: Path) -> list[str]:
    """The secrets in this file, the newest first; the first is made when there is none."""
    if not path.exists():
        with (
            _written([], path) as draft,
            suppress(FileExistsError),
        ):  # of processes that begin at once the first one's stays
            path.hardlink_to(draft)
    return path.read_text(encoding="ascii").split()


def add_secret(path: Path) -> None:
    """Put a new secret before those that are there; whoever reads meanwhile reads the old file or the new one."""
    with _written(kept_secrets(path) if path.exists() else [], path) as draft:
        draft.replace(path)


@contextmanager
def _written(old: list[str], path: Path) -> Iterator[Path]:
    """A new secret and the old ones, written whole beside their place, for their owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("".join(f"{secret}\n" for secret in [secrets.token_hex(32), *old]))
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
