"""A picture that comes while the disk is full is fetched again once there is room."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select, update

from core.messaging import media
from core.messaging.models import Media, Outbox
from tests.kit.shop import Shop, shop

__all__ = ["shop"]


def test_a_picture_that_found_no_room_is_fetched_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = media.keep_bytes

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    gopal = shop.farmer()
    monkeypatch.setattr(media, "keep_bytes", full)
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.sends_photo()
    for _ in range(100):
        with shop.database.reading() as session:
            row = session.execute(select(Outbox.state, Outbox.attempts).where(Outbox.kind == "fetch_file")).one()
        if row.attempts:
            break
        time.sleep(0.02)
    time.sleep(0.3)
    monkeypatch.setattr(media, "keep_bytes", kept)
    with shop.database.writing() as session:
        session.execute(update(Outbox).where(Outbox.kind == "fetch_file").values(retry_at=None))
    shop.ticks()
    with shop.database.reading() as session:
        assert session.scalars(select(Media.path)).one() is not None
