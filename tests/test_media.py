"""Pictures of people: hostile ones are refused before they are decoded, the others lose all but what is seen."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from core.db import Database
from core.messaging import media, pictures
from core.messaging.keeping import keep
from core.messaging.models import Media, MediaFile, Outbox
from tests.members.people import BOT, NOW, arrive


def picture(width: int = 64, height: int = 48, kind: str = "JPEG", **saved: object) -> bytes:
    """A picture as a phone makes it."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(out, kind, **saved)  # type: ignore[arg-type] # passed on to Pillow
    return out.getvalue()


def noise(side: int) -> bytes:
    """A picture that compresses badly."""
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(1).randbytes(3 * side * side)).save(out, "JPEG", quality=95)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A small PNG that would need side x side pixels of memory."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + side // 8)) for _row in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


HOSTILE = {
    "nothing": b"",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "zip": zipped(),
    "gif": picture(kind="GIF"),
    "cut off": picture(800, 600)[:300],
    "only magic": b"\xff\xd8\xff\xe0" + bytes(20),
    "header lies": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "too large": b"\xff\xd8\xff" + bytes(pictures.MOST_BYTES),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    row = Media(kind="photo")
    media.note_kept(row, keep("photo", HOSTILE[name], tmp_path))
    assert row.refused
    assert (row.path, row.sha256) == (None, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("side", [7_000, 10_000, 20_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bomb(side)
    assert len(data) < 60_000

    def decoded(*_: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", decoded)
    with pytest.raises(pictures.UnusablePicture):
        pictures.reencoded(data)


def test_a_large_photo_becomes_a_small_one_below_its_hash(tmp_path: Path) -> None:
    row = Media(kind="photo")
    media.note_kept(row, keep("photo", picture(4000, 3000), tmp_path))
    assert (row.width, row.height, row.mime) == (1280, 960, "image/jpeg")
    assert row.sha256 is not None
    assert row.path == f"{row.sha256[:2]}/{row.sha256}.jpg"
    kept = (tmp_path / row.path).read_bytes()
    assert row.size == len(kept) < pictures.TARGET_BYTES
    assert keep("photo", picture(4000, 3000), tmp_path).path == row.path


def test_a_file_or_a_voice_note_is_kept_as_it_came(tmp_path: Path) -> None:
    kept = keep("document", b"%PDF-1.4", tmp_path)
    assert (tmp_path / str(kept.path)).read_bytes() == b"%PDF-1.4"
    assert (kept.size, kept.width, kept.refused) == (8, None, None)


def test_a_photo_of_the_largest_camera_takes_little_memory() -> None:
    out = io.BytesIO()
    Image.new("RGB", (7300, 5470), "green").save(out, "JPEG")
    meter = (
        "import resource, sys; from core.messaging.pictures import reencoded; data = sys.stdin.buffer.read();"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; size = reencoded(data)[1:];"
        "print(*size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    said = subprocess.run([sys.executable, "-c", meter], input=out.getvalue(), capture_output=True, check=True)
    width, height, kibibytes = map(int, said.stdout.split())
    assert width == 1280
    assert height in {959, 960}
    assert kibibytes < 60_000  # decoded as a whole it would take 160 MB, and its copies as much again


def test_a_sender_that_saw_no_picture_has_not_loaded_pillow() -> None:
    code = "import sys, bot.sender, handlers; assert 'PIL' not in sys.modules, 'it has'"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_even_noise_stays_near_the_target() -> None:
    data, width, height = pictures.reencoded(noise(2000))
    assert (width, height) == (1280, 1280)
    assert len(data) < 12 * pictures.TARGET_BYTES


def test_place_camera_and_comments_are_gone_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010F] = "Canary phone"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    data, width, height = pictures.reencoded(
        picture(64, 48, exif=exif, comment=b"canary comment", icc_profile=b"canary profile")
    )
    assert (width, height) == (48, 64)
    assert b"anary" not in data
    with Image.open(io.BytesIO(data)) as seen:
        assert not seen.getexif()


def test_a_polyglot_keeps_only_its_picture() -> None:
    data, *_ = pictures.reencoded(picture() + zipped())
    assert not zipfile.is_zipfile(io.BytesIO(data))


def test_transparent_parts_become_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    data, *_ = pictures.reencoded(out.getvalue())
    with Image.open(io.BytesIO(data)) as seen:
        assert seen.getpixel((4, 4)) == (255, 255, 255)


def test_a_photo_is_noted_once_and_fetched_later(database: Database) -> None:
    with database.writing() as session:
        asha, bo = arrive(session, 1).member, arrive(session, 2).member
        first, twice, of_bo = (
            media.note_incoming(
                session, bot_id=BOT, file_id="f1", unique_id="u1", kind="photo", owner_id=owner.id, now=NOW
            )
            for owner in (asha, asha, bo)
        )
        assert first is twice
        assert of_bo is not first  # a forwarded photo is the forwarder's own word
        rows = session.execute(select(Outbox.kind)).scalars().all()
        assert rows == ["fetch_file", "fetch_file"]
        assert media.file_id_for(session, BOT, first.id) == "f1"
        assert first.path is None
        assert media.file_id_for(session, BOT + 1, first.id) is None
        media.remember_file_id(session, bot_id=BOT + 1, media_id=first.id, file_id="g1", unique_id="u9")
        media.remember_file_id(session, bot_id=BOT + 1, media_id=first.id, file_id="g2", unique_id="u9")
        session.flush()
        assert media.file_id_for(session, BOT + 1, first.id) == "g2"
        assert len(session.execute(select(MediaFile.id)).all()) == 3
