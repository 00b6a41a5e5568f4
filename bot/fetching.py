"""Fetches a file that somebody sent and keeps it: off the loop, and before any transaction opens."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.limiter import Pace
from core.messaging import keeping
from core.messaging.keeping import Kept

# one at a time: a picture takes much memory while it is decoded
_KEEPER = ThreadPoolExecutor(1, "keeper")
_TOO_BIG = "file is too big"


class NoRoom(Exception):
    """The file came, and could not be written."""


async def fetched(bot: ExtBot[Pace], payload: dict[str, Any], folder: Path) -> Kept:
    """Download what a letter names and keep it below `folder`. Raises NoRoom, TelegramError."""
    try:
        file = await bot.get_file(payload["file_id"])
    except BadRequest as error:
        if _TOO_BIG in str(error).lower():  # it can still be sent on by the messenger's own id
            return Kept(refused="larger than 20 MB")
        raise
    data = await file.download_as_bytearray()
    try:
        return await asyncio.get_running_loop().run_in_executor(
            _KEEPER, keeping.keep, payload["kind"], data, folder
        )  # fmt: skip
    except OSError as error:
        raise NoRoom(error.strerror) from error
