"""Backs up and restores an SQLite file by SQLite's own online copy: writers go on, and a restore is one transaction."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from core.backup.archive import InUse, NotEmpty, Reading, Spoiled, Writing
from core.config import Config

NAME = "database.db"


def dump(config: Config, archive: Writing) -> str:
    """Copy the database as it is at one moment into the archive; its revision."""
    file = _file(config)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        copy = Path(folder) / NAME
        # in one step: in several, each commit meanwhile would begin the copy anew
        with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(copy)) as made:
            live.backup(made, pages=-1)
            made.execute("PRAGMA journal_mode=DELETE")  # everything in one file
            revision: str = made.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        archive.add_file(NAME, copy)
    return revision


def load(config: Config, archive: Reading, *, force: bool) -> None:
    """Copy the archive's database over the configured one."""
    file = _file(config)
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=file.parent) as folder:
        copy = Path(folder) / NAME
        archive.extract(NAME, copy)
        with closing(sqlite3.connect(copy)) as made, closing(sqlite3.connect(file, timeout=2)) as live:
            if made.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise Spoiled("SQLite finds its database broken")
            _refuse_open(live)
            if not force and _has_people(live):
                raise NotEmpty
            live.execute("PRAGMA synchronous=FULL")
            made.backup(live, pages=-1)
            live.execute("PRAGMA journal_mode=WAL")


def _refuse_open(live: sqlite3.Connection) -> None:
    """SQLite leaves its write-ahead log only when nobody else has the file open."""
    try:
        live.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        raise InUse from None


def _has_people(live: sqlite3.Connection) -> bool:
    known = live.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'member'").fetchone()
    return known is not None and live.execute("SELECT 1 FROM member LIMIT 1").fetchone() is not None


def _file(config: Config) -> Path:
    file = config.database_file
    if file is None:
        raise ValueError("the configured database is no SQLite file")
    return file
