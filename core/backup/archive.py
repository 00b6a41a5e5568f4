"""The archive: written beside its name and moved there when it is on disk; read only after every checksum held."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20
# nothing of an archive is ever written outside the folders that it is meant for
_SAFE = re.compile(r"database\.db|sequences\.json|tables/[a-z_]+|media/[0-9a-f]{2}/[0-9a-f]{64}\.(jpg|bin)")


# what the library raises for bytes that are no archive: damaged, encrypted, packed in some other way, or made up
_BROKEN = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, EOFError, NotImplementedError,
    RuntimeError,
)  # fmt: skip


class Spoiled(Exception):
    """The archive is not whole, or is none of ours."""


class OtherDatabase(Exception):
    """The archive is of another kind of database: (its kind, the configured kind)."""


class NewerSchema(Exception):
    """The archive was made by a newer version: (its revision, ours)."""


class InUse(Exception):
    """Somebody has the database open."""


class NotEmpty(Exception):
    """There are people in the database already."""


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself; `files` maps each name to its SHA-256."""

    format: int
    made_at: str
    revision: str
    database: str
    files: dict[str, str]

    @property
    def media_count(self) -> int:
        return sum(name.startswith("media/") for name in self.files)


class Writing:
    """An archive being made; nobody sees it under its name before it is whole and on disk."""

    def __init__(self, target: Path) -> None:
        self._target, self._partial = target, target.with_name(f".{target.name}.{os.getpid()}.part")
        self._files: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.fdopen(os.open(self._partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
        self._zip = zipfile.ZipFile(self._handle, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._zip.close()
        self._handle.close()
        self._partial.unlink(missing_ok=True)  # moved away when it ended well

    @contextmanager
    def member(self, name: str) -> Iterator[Hashed]:
        """A file in the archive to be written."""
        with self._zip.open(_dated(name), "w", force_zip64=True) as inside:
            hashed = Hashed(inside)
            yield hashed
        self._files[name] = hashed.hexdigest()

    def add_file(self, name: str, path: Path) -> None:
        """A file of the disk; one deleted meanwhile is left out, as its row will be in the next backup."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return
        with source, self.member(name) as inside:
            shutil.copyfileobj(source, inside, _CHUNK)

    def add_json(self, name: str, value: Any) -> None:  # what json can write
        with self.member(name) as inside:
            inside.write(json.dumps(value, sort_keys=True).encode())

    def finish(self, now: datetime, revision: str, database: str) -> Manifest:
        """Close it with its manifest, force it to disk, and give it its name."""
        made = Manifest(FORMAT, now.astimezone(UTC).isoformat(timespec="seconds"), revision, database, self._files)
        self._zip.writestr(_dated(MANIFEST), json.dumps(asdict(made), sort_keys=True, indent=1))
        self._zip.close()
        self._handle.flush()
        os.fsync(self._handle.fileno())
        self._partial.replace(self._target)
        sync_folder(self._target.parent)
        return made


class Hashed:
    """Writes on, and knows the SHA-256 of all that was written."""

    def __init__(self, inside: IO[bytes]) -> None:
        self._inside, self._digest = inside, hashlib.sha256()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self._digest.update(data)
        return self._inside.write(data)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class Reading:
    """An archive whose every byte was checked. Raises Spoiled."""

    def __init__(self, source: Path) -> None:
        self._source = source

    def __enter__(self) -> Self:
        try:
            self._zip = zipfile.ZipFile(self._source)
            self.manifest = Manifest(**json.loads(self._zip.read(MANIFEST)))
            self._check()
        except _BROKEN as error:
            raise Spoiled(str(error)) from None
        except OSError as error:
            if error.errno == errno.EINVAL:  # it sends us to a place before its own beginning
                raise Spoiled("it is cut or mixed up") from None
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def names(self, prefix: str = "") -> list[str]:
        return sorted(name for name in self.manifest.files if name.startswith(prefix))

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)

    def extract(self, name: str, target: Path) -> None:
        """Write a file of the archive: whole or not at all."""
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".part")
        with self.open(name) as inside, partial.open("wb") as outside:
            shutil.copyfileobj(inside, outside, _CHUNK)
            outside.flush()
            os.fsync(outside.fileno())
        partial.replace(target)

    def _check(self) -> None:
        if self.manifest.format != FORMAT:
            raise ValueError(f"format {self.manifest.format} is not known")
        if not isinstance(self.manifest.revision, str):
            raise ValueError("its manifest names no revision")
        if {*self.manifest.files, MANIFEST} != set(self._zip.namelist()):
            raise ValueError("its files are not those of its manifest")
        for name, promised in self.manifest.files.items():
            if not _SAFE.fullmatch(name):
                raise ValueError(f"it holds a file called {name!r}")
            with self.open(name) as inside:
                if hashlib.file_digest(inside, "sha256").hexdigest() != promised:  # type: ignore[arg-type] # reads bytes
                    raise ValueError(f"{name} is not as it was written")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _dated(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # without a date: the same content makes the same bytes
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
