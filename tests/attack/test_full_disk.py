"""A picture that comes while the disk is full is fetched again once there is room; nobody waits for one meanwhile."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core.messaging import keeping
from core.messaging.models import Media, Outbox
from tests.kit.phone import Phone
from tests.kit.shop import Shop, shop

__all__ = ["shop"]


def photographing(shop: Shop) -> Phone:
    """Gopal has a draft and sends its photo."""
    gopal = shop.farmer()
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.sends_photo()
    return gopal


def test_a_picture_that_found_no_room_is_fetched_again(shop: Shop) -> None:
    shop.config.media_dir.parent.mkdir(exist_ok=True)
    shop.config.media_dir.write_text("a file where the folder should be: nothing can be written below it")
    photographing(shop)
    for _ in range(200):
        with shop.database.reading() as session:
            row = session.execute(select(Outbox.state, Outbox.error).where(Outbox.kind == "fetch_file")).one()
        if row.error:
            break
        time.sleep(0.02)
    assert row.state == "pending"
    assert row.error.startswith("not kept: ")
    shop.config.media_dir.unlink()
    with shop.database.writing() as session:
        session.execute(update(Outbox).where(Outbox.kind == "fetch_file").values(retry_at=None))
    shop.ticks()
    with shop.database.reading() as session:
        path = session.scalars(select(Media.path)).one()
    assert path is not None
    assert (shop.config.media_dir / path).read_bytes()[:2] == b"\xff\xd8"


def test_nobody_waits_while_a_picture_is_decoded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    is_decoding, may_end = threading.Event(), threading.Event()

    def slowly(kind: str, data: bytes, folder: Path) -> keeping.Kept:
        is_decoding.set()
        assert may_end.wait(20)
        return kept(kind, data, folder)

    kept = keeping.keep
    monkeypatch.setattr(keeping, "keep", slowly)
    asha = shop.buyer()
    photographing(shop)
    assert is_decoding.wait(10)
    asha.taps("🛍 Market")  # worked off, written and sent by the same database and the same sender
    asha.sees("Nothing is on sale today")
    with shop.database.reading() as session:
        assert session.scalars(select(Media.path)).one() is None
    may_end.set()
    shop.settles()
    with shop.database.reading() as session:
        assert session.scalars(select(Media.path)).one() is not None
