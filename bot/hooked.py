"""The web role: serves the webhook, health and figures, and tells the messenger where to bring updates."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any

import aiohttp
import structlog
from sqlalchemy.orm import Session

from bot.caller import Caller
from bot.desk import WANTED, BadToken, Desk, Taker
from bot.wake import pause
from core.config import Config
from core.kept import kept_secret
from core.messaging import tally
from core.payments import ledger_check
from web.app import Application, Site
from web.figures import Ledger
from web.looking import Looker, Unseen
from web.server import serve
from web.webhook import PATH, Hook

log = structlog.get_logger()
CALL_SECONDS = 20.0
LEDGER_PAUSE, LEDGER_SECONDS = 600.0, 300.0  # it is read whole


class HookRefused(Exception):
    """The messenger does not take our address; the text is its own."""


def secret_of(config: Config) -> str:
    """The setting, or one made on first use and kept beside the data."""
    return config.webhook_secret or kept_secret(config.data_dir / "webhook.secret")


class Hooked:
    """The web role of one process. Without a public address there is no webhook, only health and figures."""

    def __init__(self, desk: Desk, place: socket.socket) -> None:
        self._desk, self._place = desk, place
        self._taker = Taker(desk)
        self._looker = Looker(desk.database, desk.clock)
        self._ledger = Ledger()

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Raises HookRefused and BadToken."""
        config = self._desk.config
        secret = secret_of(config) if config.public_url else ""
        app = Application(Site(self._looker, self._hook(secret) if secret else None, self._ledger))
        ending, ready = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(serve(app, self._place, ending, ready))
        watching = asyncio.create_task(self._watch_ledger(stop))
        try:
            await ready.wait()
            if secret:
                await announce(config, secret, stop)
            stopping = asyncio.ensure_future(stop.wait())
            await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
        finally:
            ending.set()
            watching.cancel()
            await asyncio.gather(serving, watching, return_exceptions=True)
            await self._taker.finish()
            app.close()
        serving.result()  # what ended it by itself ends the role

    def _hook(self, secret: str) -> Hook:
        counting = tally.of(self._desk.database)
        return Hook(
            self._desk.config.bot_id, secret, self._taker.store, self._taker.stored,
            lambda status: counting.add(tally.HOOK, status),
        )  # fmt: skip

    async def _watch_ledger(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(Unseen):  # tried again in a while
                self._ledger.mismatches = await self._looker.look(_mismatches, LEDGER_SECONDS)
                if self._ledger.mismatches:
                    log.error("ledger_broken", mismatches=self._ledger.mismatches)
            await pause(LEDGER_PAUSE, stop)


def _mismatches(session: Session) -> int:
    return len(ledger_check.broken(session))


async def announce(config: Config, secret: str, stop: asyncio.Event) -> None:
    """Tell the messenger where to bring updates, as often as it takes; what waits there already is kept."""
    url = f"{config.public_url}{PATH}{config.bot_id}"
    wanted = {"url": url, "secret_token": secret, "allowed_updates": WANTED, "drop_pending_updates": False}
    caller, seconds = Caller(config, CALL_SECONDS), 0.5
    try:
        while not stop.is_set():
            try:
                if _is_set(await caller.call("setWebhook", wanted)):
                    return
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("messenger_away", error=type(error).__name__, pause=seconds)
            await pause(seconds, stop)
            seconds = min(2 * seconds, 30.0)
    finally:
        await caller.close()


def _is_set(answer: dict[str, Any]) -> bool:
    """Raises HookRefused and BadToken: asking again would not help."""
    if answer.get("ok"):
        return True
    code, words = answer.get("error_code"), str(answer.get("description"))
    if code in (401, 404):
        raise BadToken(words)
    if code == 400:
        raise HookRefused(words)
    log.warning("webhook_not_set", code=code)
    return False
