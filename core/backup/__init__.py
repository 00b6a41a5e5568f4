"""A backup is one ZIP archive: the whole database at one moment, the media, and a manifest with their checksums.

make_backup(config, target, now) -> Manifest         while everything serves; the archive is whole or is not there
restore_backup(config, source, *, force) -> Manifest  Spoiled, OtherDatabase, NewerSchema, NotEmpty, InUse
read_manifest(source) -> Manifest                     checks every byte first: Spoiled
The secret key is never inside.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core import sealing
from core.backup import postgresql, sqlite
from core.backup.archive import InUse, Manifest, NewerSchema, NotEmpty, OtherDatabase, Reading, Spoiled, Writing
from core.config import Config
from core.migrations import head, upgrade

__all__ = [
    "InUse", "Manifest", "NewerSchema", "NotEmpty", "OtherDatabase", "Spoiled", "make_backup", "read_manifest",
    "restore_backup",
]  # fmt: skip


def make_backup(config: Config, target: Path, now: datetime) -> Manifest:
    """Write the archive. The database comes first: every file its rows name was on disk when it was read."""
    with Writing(target) as archive:
        revision = sqlite.dump(config, archive) if config.is_sqlite else postgresql.dump(config.url, archive)
        for file in sorted(config.media_dir.glob("*/*")):
            if file.suffix in (".jpg", ".bin"):
                archive.add_file(f"media/{file.parent.name}/{file.name}", file)
        return archive.finish(now, revision, _kind(config))


def read_manifest(source: Path) -> Manifest:
    """What the archive holds, every byte of it checked. Raises Spoiled."""
    with Reading(source) as archive:
        return archive.manifest


def restore_backup(config: Config, source: Path, *, force: bool = False) -> Manifest:
    """Put the archive in place of what is there, at once or not at all, and bring it to the newest revision.

    A database with people in it is only replaced by `force`, one that somebody has open not at all.
    """
    with Reading(source) as archive:
        made = archive.manifest
        if made.database != _kind(config):
            raise OtherDatabase(made.database, _kind(config))
        if made.revision > head():
            raise NewerSchema(made.revision, head())
        if config.is_sqlite:
            sqlite.load(config, archive, force=force)
        else:
            postgresql.load(config.url, archive, force=force)
        for name in archive.names("media/"):
            archive.extract(name, config.media_dir / name.removeprefix("media/"))
    sealing.use(config.keys)
    upgrade(config.url)
    return made


def _kind(config: Config) -> str:
    return "sqlite" if config.is_sqlite else "postgresql"
