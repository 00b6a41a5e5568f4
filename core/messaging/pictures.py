"""Makes hostile or heavy pictures harmless and small; the only file of the shop that decodes any."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

LONGEST_SIDE = 1280  # pixels
TARGET_BYTES = 100_000
MOST_PIXELS = 40_000_000
MOST_BYTES = 20_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class UnusablePicture(ValueError):
    """Not a picture we can keep; the text says why."""


def reencoded(data: bytes | bytearray) -> tuple[bytes, int, int]:
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


def _decoded(data: bytes | bytearray) -> Image.Image:
    try:
        source = Image.open(io.BytesIO(data), formats=_FORMATS)  # reads the header only, by its magic bytes
    except _BOMBS as error:
        raise UnusablePicture("too many pixels") from error
    with source:
        if source.width * source.height > MOST_PIXELS:
            raise UnusablePicture(f"{source.width} x {source.height} is too many pixels")
        # a JPEG is decoded at a half, a quarter or an eighth: one of 6,300 px would take 400 MB for a moment
        share = LONGEST_SIDE / max(source.size)
        source.draft("RGB", (max(1, int(source.width * share)), max(1, int(source.height * share))))
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
