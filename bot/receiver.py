"""Receives updates by long polling: each batch is committed before the messenger is told that we have it.

Of several receivers one polls, the others stand by (bot/standby.py).
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import structlog
from sqlalchemy.exc import DBAPIError

from bot.caller import Caller
from bot.desk import WANTED, BadToken, Desk, Taker
from bot.failpoints import failpoint
from bot.standby import STANDBY_SECONDS, Standby
from bot.wake import Beat, pause

log = structlog.get_logger()
POLL_SECONDS = 25
BATCH = 100
CONFLICT = 409  # another polls
QUIET_SECONDS = 3600.0  # after a quiet week numbers may begin again lower


class Receiver:
    """Polls getUpdates; the offset moves only past updates whose commit is done."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._caller = Caller(desk.config, POLL_SECONDS + 15)
        self._offset: int | None = None
        self._heard = 0.0
        self._taker = Taker(desk)
        self._standby = Standby(desk.config)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Raises BadToken; every other trouble is waited for."""
        try:
            await self._poll_until(stop)
            await self._taker.finish()
        finally:
            await self._standby.ends()
            await self._caller.close()

    async def _poll_until(self, stop: asyncio.Event) -> None:
        seconds, is_ready = 0.0, False
        beat = Beat()
        while not stop.is_set():
            await beat.next()
            if not await self._standby.is_mine():
                self._offset = None  # whoever polls meanwhile acknowledges for itself
                await pause(STANDBY_SECONDS, stop)
                continue
            try:
                is_ready = is_ready or await self._is_unhooked()
                seconds = await self._poll(stop)
                is_ready = is_ready or not seconds
            except (aiohttp.ClientError, TimeoutError) as error:
                seconds = min(max(seconds * 2, 0.5), 30)
                self._offset = None  # it may count anew when it is back
                log.warning("polling_failed", error=type(error).__name__, pause=seconds)
            except DBAPIError as error:
                seconds = min(max(seconds * 2, 0.5), 5)
                log.error("database_unreachable", error=str(error.orig).splitlines()[0], pause=seconds)
            if seconds:
                await pause(seconds, stop)

    async def _is_unhooked(self) -> bool:
        """Take a webhook away: getUpdates is refused while one is set. Not every server has any: it is polled too."""
        try:
            await self._caller.call("deleteWebhook", {})
        except aiohttp.ClientError:
            return False  # tried again, unless polling shows that none is in the way
        return True

    async def _poll(self, stop: asyncio.Event) -> float:
        """One getUpdates; returns how long to pause before the next."""
        wanted: dict[str, Any] = {"timeout": POLL_SECONDS, "limit": BATCH, "allowed_updates": WANTED}
        if self._offset is not None:
            wanted["offset"] = self._offset
        polling = asyncio.ensure_future(self._caller.call("getUpdates", wanted))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not polling.done():
            polling.cancel()
            return 0.0
        answer = polling.result()
        if not answer.get("ok"):
            return self._refused(answer)
        result = answer.get("result")
        if not isinstance(result, list):
            raise aiohttp.ClientPayloadError("getUpdates answered without a list")
        updates = [raw for raw in result if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)]
        if updates:
            failpoint("receiver_received")
            await asyncio.to_thread(self._taker.store, updates)
            self._taker.stored(updates)
            self._offset = max(int(raw["update_id"]) for raw in updates) + 1
            self._heard = asyncio.get_running_loop().time()
        elif asyncio.get_running_loop().time() - self._heard > QUIET_SECONDS:
            self._offset = None  # all is acknowledged; without one some servers tell everything from the beginning
        return 0.0

    def _refused(self, answer: dict[str, Any]) -> float:
        code = answer.get("error_code")
        if code in (401, 404):
            raise BadToken(str(answer.get("description")))
        if code == CONFLICT:
            self._standby.doubt()
        log.warning("polling_refused", code=code, description=answer.get("description"))
        return float((answer.get("parameters") or {}).get("retry_after") or 2)
