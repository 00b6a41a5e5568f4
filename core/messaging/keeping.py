"""Keeps fetched files below the media folder under their hash; needs no database, so no transaction waits for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies on disk now; or, with nothing else set, why it was refused."""

    sha256: str | None = None
    path: str | None = None  # below the media folder
    size: int | None = None  # bytes
    width: int | None = None
    height: int | None = None
    refused: str | None = None


def keep(kind: str, data: bytes | bytearray, folder: Path) -> Kept:
    """Store a file; a photo is checked and re-encoded before. Raises OSError where there is no room for it."""
    if kind != "photo":
        return _stored(data, ".bin", folder)
    from core.messaging import pictures  # here, since Pillow is only needed once somebody sends a picture

    try:
        small, width, height = pictures.reencoded(data)
    except pictures.UnusablePicture as error:
        return Kept(refused=str(error))
    return _stored(small, ".jpg", folder, width, height)


def _stored(
    data: bytes | bytearray, suffix: str, folder: Path, width: int | None = None, height: int | None = None
) -> Kept:
    digest = hashlib.sha256(data).hexdigest()
    path = f"{digest[:2]}/{digest}{suffix}"
    _write(folder / path, data)
    return Kept(digest, path, len(data), width, height)


def _write(target: Path, data: bytes | bytearray) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return
    partial = target.with_suffix(".part")
    try:
        partial.write_bytes(data)
        partial.replace(target)  # whole or not there at all
    except OSError:
        partial.unlink(missing_ok=True)  # a full disk is not filled with halves
        raise
