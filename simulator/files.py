"""Files by content: identifiers that belong to one bot, photo sizes, paths for download."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass, field

from PIL import Image, UnidentifiedImageError

from simulator.refusals import Json, Refusal, bad

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
SIZES = (90, 320, 800, 1280)
PHOTO_RULE = "a photo is an image of at most 10 MB, width + height <= 10000, ratio <= 20"
FILE_RULE = "a file_id is one that this bot received or sent"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes and what is known about them."""

    unique_id: str
    kind: str
    data: bytes
    mime: str
    name: str
    width: int = 0
    height: int = 0


@dataclass
class Files:
    """Everything uploaded or taken by a phone's camera."""

    by_id: dict[str, StoredFile] = field(default_factory=dict)
    photos: dict[str, tuple[StoredFile, ...]] = field(default_factory=dict)
    paths: dict[str, StoredFile] = field(default_factory=dict)

    def keep(self, kind: str, data: bytes, mime: str, name: str) -> StoredFile:
        """Store a document, voice note or sticker."""
        if len(data) > MAX_UPLOAD:
            raise Refusal(413, "Request Entity Too Large", "a bot uploads at most 50 MB")
        return self._store(StoredFile(_digest(kind.encode() + name.encode() + data), kind, data, mime, name))

    def keep_photo(self, data: bytes) -> tuple[StoredFile, ...]:
        """Open the picture for real and store its sizes, smallest first."""
        digest = _digest(data)
        sizes = self.photos.get(digest)
        if sizes is None:
            sizes = self.photos[digest] = tuple(self._store(size) for size in _photo_sizes(data))
        return sizes

    def _store(self, file: StoredFile) -> StoredFile:
        return self.by_id.setdefault(file.unique_id, file)

    def find(self, file_id: str, bot_id: int) -> StoredFile:
        """The file behind an identifier, if it belongs to this bot."""
        unique_id, owner = split_id(file_id)
        if owner != bot_id or unique_id not in self.by_id:
            raise bad("wrong file identifier/HTTP URL specified", FILE_RULE)
        return self.by_id[unique_id]

    def photo_of(self, size: StoredFile) -> tuple[StoredFile, ...]:
        """All sizes of the picture this one is a size of."""
        return next((sizes for sizes in self.photos.values() if size in sizes), (size,))

    def path(self, file: StoredFile) -> str:
        """Where the bot may download it."""
        folder = {"photo": "photos", "voice": "voice", "sticker": "stickers"}.get(file.kind, "documents")
        ending = {"photo": ".jpg", "voice": ".oga", "sticker": ".webp"}.get(file.kind) or _ending(file.name)
        path = f"{folder}/file_{file.unique_id}{ending}"
        self.paths[path] = file
        return path


def file_id(file: StoredFile, bot_id: int) -> str:
    """An identifier only this bot can use."""
    return "AgAC" + base64.urlsafe_b64encode(f"{file.unique_id}.{bot_id}".encode()).decode().rstrip("=")


def split_id(identifier: str) -> tuple[str, int]:
    """The content and the bot behind an identifier; ("", 0) when it is none."""
    try:
        packed = identifier.removeprefix("AgAC")
        text = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
        unique_id, _, bot = text.partition(".")
        return unique_id, int(bot)
    except ValueError:
        return "", 0


def photo_shape(sizes: tuple[StoredFile, ...], bot_id: int) -> list[Json]:
    """The Bot API's list of PhotoSize."""
    return [{**file_shape(size, bot_id), "width": size.width, "height": size.height} for size in sizes]


def file_shape(file: StoredFile, bot_id: int) -> Json:
    """Identifiers and size."""
    return {
        "file_id": file_id(file, bot_id),
        "file_unique_id": f"AQAD{file.unique_id[:12]}",
        "file_size": len(file.data),
    }


def document_shape(file: StoredFile, bot_id: int) -> Json:
    """The Bot API's Document."""
    return {**file_shape(file, bot_id), "file_name": file.name, "mime_type": file.mime}


def voice_shape(file: StoredFile, bot_id: int, duration: int) -> Json:
    """The Bot API's Voice."""
    return {**file_shape(file, bot_id), "duration": duration, "mime_type": file.mime}


def _photo_sizes(data: bytes) -> list[StoredFile]:
    if len(data) > MAX_PHOTO_BYTES:
        words = f"file of size {len(data)} bytes is too big for a photo; the maximum size is {MAX_PHOTO_BYTES} bytes"
        raise bad(words, PHOTO_RULE)
    image = _opened(data)
    sizes = []
    for edge in SIZES:
        copy = image.copy()
        copy.thumbnail((edge, edge))
        packed = io.BytesIO()
        copy.save(packed, "JPEG", quality=82)
        content = packed.getvalue()
        sizes.append(StoredFile(_digest(b"photo" + content), "photo", content, "image/jpeg", "", *copy.size))
        if max(image.size) <= edge:
            break
    return sizes


def _opened(data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise bad("IMAGE_PROCESS_FAILED", PHOTO_RULE) from None
    # The header is enough for the limits: a picture that breaks them is never decoded.
    width, height = picture.size
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS", PHOTO_RULE)
    try:
        return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError):
        raise bad("IMAGE_PROCESS_FAILED", PHOTO_RULE) from None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:24]


def _ending(name: str) -> str:
    _, dot, tail = name.rpartition(".")
    return f".{tail}" if dot and tail.isalnum() else ""
