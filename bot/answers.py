"""The answers that cannot wait for the outbox: to presses and inline queries (best effort, once), to pre-checkouts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog

from bot.caller import Caller
from core.config import Config

if TYPE_CHECKING:
    from bot.inline import Shelf
    from handlers.turn import Toast

log = structlog.get_logger()
TOAST_LIMIT = 200
SECONDS = 8.0  # a later answer is of no use to anybody


class Answers:
    """Sends answers at once, on the loop of the role that uses it; what becomes of them is only logged."""

    def __init__(self, config: Config) -> None:
        self._caller = Caller(config, SECONDS)
        self._running: set[asyncio.Task[None]] = set()

    def callback(self, query_id: str, toast: Toast | None) -> None:
        """Stop the button's spinner, with a toast or alert where there is one; never waited for."""
        said: dict[str, Any] = {"callback_query_id": query_id}
        if toast is not None:
            said |= {"text": toast.text[:TOAST_LIMIT], "show_alert": toast.alert}
        self._soon("answerCallbackQuery", said)

    def inline(self, query_id: str, shelf: Shelf) -> None:
        """What inline mode offers; never waited for."""
        self._soon("answerInlineQuery", {"inline_query_id": query_id, **shelf.params})

    async def pre_checkout(self, query_id: str, refusal: str | None) -> None:
        """Let the payment go on, or stop it with a reason the payer reads."""
        said: dict[str, Any] = {"pre_checkout_query_id": query_id, "ok": refusal is None}
        if refusal is not None:
            said["error_message"] = refusal
        await self._say("answerPreCheckoutQuery", said)

    async def close(self) -> None:
        """Wait for answers under way."""
        if self._running:
            await asyncio.wait(self._running, timeout=5)
        await self._caller.close()

    def _soon(self, method: str, params: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._say(method, params))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _say(self, method: str, params: dict[str, Any]) -> None:
        try:
            answer = await self._caller.call(method, params)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("unanswered", method=method, error=type(error).__name__)
            return
        if not answer.get("ok"):
            # a query too old, mostly: the effect stands, and the screen says so
            log.info("unanswered", method=method, error=answer.get("description"))
