"""Pictures, files and voice notes of people: noted when they come, fetched later, kept by keeping.py."""

from __future__ import annotations

import mimetypes
from datetime import datetime
from pathlib import Path
from typing import TypedDict, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messaging.keeping import Kept
from core.messaging.models import Media, MediaFile
from core.messaging.outbox import BULK, Letter, put


def note_incoming(  # noqa: PLR0913 - what the messenger says of a file
    session: Session, *, bot_id: int, file_id: str, unique_id: str, kind: str, mime: str = "", owner_id: int,
    now: datetime,
) -> Media:  # fmt: skip
    """A file the bot received: known at once by its messenger id, fetched later by an outbox row."""
    known = select(Media).join(MediaFile, MediaFile.media_id == Media.id)
    found = session.scalars(known.where(MediaFile.bot_id == bot_id, MediaFile.unique_id == unique_id)).one_or_none()
    if found is not None and found.owner_id == owner_id:
        return found
    media = Media(kind=kind, mime=mime[:64] or None, owner_id=owner_id, created_at=now)
    session.add(media)
    session.flush()
    own_key = unique_id if found is None else f"{unique_id}:{media.id}"
    session.add(MediaFile(bot_id=bot_id, media_id=media.id, file_id=file_id, unique_id=own_key))
    # a lane of its own: fetching holds up no conversation; private chats have positive ids, groups small negative ones
    lane = -(10**15) - media.id
    payload = {"media": media.id, "file_id": file_id, "kind": kind}
    put(session, [Letter(f"f:{media.id}:{bot_id}", bot_id, lane, "fetch_file", payload, now, BULK)], now)
    return media


class Shown(TypedDict, total=False):
    """A medium as a screen shows it, under its kind: `Screen(text, **shown(session, media_id))`."""

    photo: int
    document: int
    voice: int


def shown(session: Session, media_id: int | None) -> Shown:
    """What a screen can show of a medium; nothing where it came as a picture and is none."""
    found = session.get(Media, media_id) if media_id is not None else None
    if found is None or (found.kind == "photo" and found.refused):
        return {}
    return cast("Shown", {found.kind: found.id})


def note_kept(media: Media, kept: Kept) -> None:
    """Write down where a fetched file lies, or why it was refused."""
    if kept.refused is not None:
        media.refused = kept.refused[:120]
        return
    media.sha256, media.path, media.size = kept.sha256, kept.path, kept.size
    media.width, media.height = kept.width, kept.height
    if media.kind == "photo":
        media.mime = "image/jpeg"


def drop_file(session: Session, path: str, folder: Path) -> None:
    """Take a file off the disk, unless another row shows the same one."""
    if session.execute(select(Media.id).where(Media.path == path).limit(1)).first() is None:
        (folder / path).unlink(missing_ok=True)


def file_id_for(session: Session, bot_id: int, media_id: int) -> str | None:
    """The messenger's id of this medium for this bot, when it was sent or received before."""
    found = select(MediaFile.file_id).where(MediaFile.bot_id == bot_id, MediaFile.media_id == media_id)
    return session.execute(found).scalar_one_or_none()


def remember_file_id(session: Session, *, bot_id: int, media_id: int, file_id: str, unique_id: str) -> None:
    """Keep the id a sent medium got."""
    known = session.execute(
        select(MediaFile).where(MediaFile.bot_id == bot_id, MediaFile.media_id == media_id)
    ).scalar_one_or_none()
    if known is None:
        session.add(MediaFile(bot_id=bot_id, media_id=media_id, file_id=file_id, unique_id=f"{unique_id}:{media_id}"))
    else:
        known.file_id = file_id


def name_of(media: Media) -> str:
    """A name to send the file under: ours, since a person's own may be anything; its ending opens the right app."""
    return f"{media.kind}-{media.id}{mimetypes.guess_extension(media.mime or '') or ''}"


def media_of(session: Session, media_id: int) -> Media | None:
    """The row."""
    return session.get(Media, media_id)
