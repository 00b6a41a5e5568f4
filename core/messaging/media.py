"""Pictures of people: noted when they come, fetched later, checked and re-encoded before anybody sees them again."""

from __future__ import annotations

import hashlib
import io
import warnings
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messaging.models import Media, MediaFile
from core.messaging.outbox import BULK, Letter, put

LONGEST_SIDE = 1280  # pixels
TARGET_BYTES = 100_000
MOST_PIXELS = 40_000_000
MOST_BYTES = 20_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


class UnusablePicture(ValueError):
    """Not a picture we can keep; the text says why."""


def note_incoming(  # noqa: PLR0913 - what the messenger says of a file
    session: Session, *, bot_id: int, file_id: str, unique_id: str, kind: str, owner_id: int, now: datetime
) -> Media:
    """A file the bot received: known at once by its messenger id, fetched later by an outbox row."""
    known = select(Media).join(MediaFile, MediaFile.media_id == Media.id)
    found = session.scalars(known.where(MediaFile.bot_id == bot_id, MediaFile.unique_id == unique_id)).one_or_none()
    if found is not None and found.owner_id == owner_id:
        return found
    media = Media(kind=kind, owner_id=owner_id, created_at=now)
    session.add(media)
    session.flush()
    own_key = unique_id if found is None else f"{unique_id}:{media.id}"
    session.add(MediaFile(bot_id=bot_id, media_id=media.id, file_id=file_id, unique_id=own_key))
    # a lane of its own: fetching holds up no conversation; private chats have positive ids, groups small negative ones
    lane = -(10**15) - media.id
    payload = {"media": media.id, "file_id": file_id}
    put(session, [Letter(f"f:{media.id}:{bot_id}", bot_id, lane, "fetch_file", payload, now, BULK)], now)
    return media


def keep_bytes(media: Media, data: bytes, folder: Path) -> None:
    """Store a fetched file under its hash; a picture that cannot be used is noted as refused, with the reason."""
    try:
        kept, media.width, media.height = reencoded(data) if media.kind == "photo" else (data, None, None)
    except UnusablePicture as error:
        media.refused = str(error)[:120]
        return
    media.sha256, media.size = hashlib.sha256(kept).hexdigest(), len(kept)
    suffix = ".jpg" if media.kind == "photo" else ".bin"
    media.mime = "image/jpeg" if media.kind == "photo" else "application/octet-stream"
    media.path = f"{media.sha256[:2]}/{media.sha256}{suffix}"
    target = folder / media.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        partial = target.with_suffix(".part")
        try:
            partial.write_bytes(kept)
            partial.replace(target)  # whole or not there at all
        except OSError:
            partial.unlink(missing_ok=True)  # a full disk is not filled with halves
            raise


def reencoded(data: bytes) -> tuple[bytes, int, int]:
    """(JPEG bytes, width, height) without place or camera data, at most 1280 px. Raises UnusablePicture."""
    if len(data) > MOST_BYTES:
        raise UnusablePicture("larger than 20 MB")
    try:
        picture = _decoded(data)
    except UnusablePicture:
        raise
    except Exception as error:  # hostile bytes: a decoder may raise anything, and none of it is a bug of ours
        raise UnusablePicture("not a picture") from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info = {}  # comments and colour profiles would travel on into the new file
    return _small(picture), picture.width, picture.height


def _decoded(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        source = Image.open(io.BytesIO(data), formats=_FORMATS)  # reads the header only, by its magic bytes
    with source:
        if source.width * source.height > MOST_PIXELS:
            raise UnusablePicture(f"{source.width} x {source.height} is too many pixels")
        upright = ImageOps.exif_transpose(source) or source
        return _on_white(upright)


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    white = Image.new("RGB", layered.size, "white")
    white.paste(layered, mask=layered.getchannel("A"))
    return white


def _small(picture: Image.Image) -> bytes:
    for quality in (82, 70, 58, 45):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= TARGET_BYTES:
            break
    return out.getvalue()


def file_id_for(session: Session, bot_id: int, media_id: int) -> str | None:
    """The messenger's id of this picture for this bot, when it was sent or received before."""
    found = select(MediaFile.file_id).where(MediaFile.bot_id == bot_id, MediaFile.media_id == media_id)
    return session.execute(found).scalar_one_or_none()


def remember_file_id(session: Session, *, bot_id: int, media_id: int, file_id: str, unique_id: str) -> None:
    """Keep the id a sent picture got."""
    known = session.execute(
        select(MediaFile).where(MediaFile.bot_id == bot_id, MediaFile.media_id == media_id)
    ).scalar_one_or_none()
    if known is None:
        session.add(MediaFile(bot_id=bot_id, media_id=media_id, file_id=file_id, unique_id=f"{unique_id}:{media_id}"))
    else:
        known.file_id = file_id


def path_of(session: Session, media_id: int) -> str | None:
    """Where the bytes lie below the media folder; None until they were fetched."""
    return session.execute(select(Media.path).where(Media.id == media_id)).scalar_one_or_none()


def media_of(session: Session, media_id: int) -> Media | None:
    """The row."""
    return session.get(Media, media_id)
