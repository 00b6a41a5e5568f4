"""The answers that cannot wait for the outbox: to presses (best effort, once) and to pre-checkout queries."""

from __future__ import annotations

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError

from handlers.turn import Toast

log = structlog.get_logger()
TOAST_LIMIT = 200


class Answers:
    """Sends answers at once through aiogram's bot, on the loop of the role that uses it."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._running: set[asyncio.Task[None]] = set()

    def callback(self, query_id: str, toast: Toast | None) -> None:
        """Stop the button's spinner, with a toast or alert where there is one; never waited for."""
        task = asyncio.get_running_loop().create_task(self._callback(query_id, toast))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def pre_checkout(self, query_id: str, refusal: str | None) -> None:
        """Let the payment go on, or stop it with a reason the payer reads."""
        await self._bot.answer_pre_checkout_query(query_id, ok=refusal is None, error_message=refusal)

    async def close(self) -> None:
        """Wait for answers under way."""
        if self._running:
            await asyncio.wait(self._running, timeout=5)
        await self._bot.session.close()

    async def _callback(self, query_id: str, toast: Toast | None) -> None:
        try:
            if toast is None:
                await self._bot.answer_callback_query(query_id)
            else:
                await self._bot.answer_callback_query(query_id, text=toast.text[:TOAST_LIMIT], show_alert=toast.alert)
        except AiogramError as error:
            # the query is too old, or the messenger is away: the effect stands, the screen says so
            log.info("callback_unanswered", error=str(error))
