"""Delivery by webhook: one update of a chat at a time, again with back-off until it is accepted."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field

import aiohttp

from simulator.mailbox import Mailbox, Update
from simulator.methods import METHODS
from simulator.methods.call import Call
from simulator.params import Params
from simulator.refusals import Refusal
from simulator.world import BotAccount, World

LONGEST_WAIT = 60.0
TIMEOUT = aiohttp.ClientTimeout(total=60)
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Deliverer:
    """Posts the updates of one bot."""

    world: World
    bot: BotAccount
    session: aiohttp.ClientSession
    busy: dict[str, float] = field(default_factory=dict)
    failures: dict[int, int] = field(default_factory=dict)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Deliver for as long as the simulator lives; idle while the bot polls."""
        mailbox = self.bot.mailbox
        while True:
            mailbox.arrived.clear()
            if mailbox.hook.url:
                self._start(mailbox)
            try:
                await asyncio.wait_for(mailbox.arrived.wait(), self._pause(mailbox))
            except TimeoutError:
                continue

    def _pause(self, mailbox: Mailbox) -> float:
        return 0.05 if mailbox.hook.url and self.busy else 3600.0

    def _start(self, mailbox: Mailbox) -> None:
        """Start every delivery that may run now: a lane that is busy or cooling off waits."""
        now = time.monotonic()
        taken = {lane for lane, until in self.busy.items() if until > now}
        for update in list(mailbox.queue):
            if len(self.under_way) >= mailbox.hook.max_connections:
                return
            if update.lane in taken:
                continue
            taken.add(update.lane)
            self.busy[update.lane] = float("inf")
            task = asyncio.create_task(self._deliver(mailbox, update))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)

    async def _deliver(self, mailbox: Mailbox, update: Update) -> None:
        error = await self._posted(mailbox, update)
        if error is None:
            self.failures.pop(update.id, None)
            self.busy.pop(update.lane, None)
            if update in mailbox.queue:
                mailbox.queue.remove(update)
        else:
            tries = self.failures[update.id] = self.failures.get(update.id, 0) + 1
            mailbox.hook.last_error_date = self.world.now()
            mailbox.hook.last_error_message = error
            wait = self.world.limits.settings.webhook_retry_seconds * 2 ** (tries - 1)
            self.busy[update.lane] = time.monotonic() + min(LONGEST_WAIT, wait)
        mailbox.arrived.set()

    async def _posted(self, mailbox: Mailbox, update: Update) -> str | None:
        """None when accepted, else the words of getWebhookInfo."""
        if self.world.faults.network_is_down(self.bot.id):
            return "Connection timed out"
        hook = mailbox.hook
        headers = {"Content-Type": "application/json"} | ({HEADER: hook.secret} if hook.secret else {})
        try:
            async with self.session.post(hook.url, data=update.text, headers=headers, timeout=TIMEOUT) as answer:
                body = await answer.read()
                if not 200 <= answer.status < 300:
                    return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError:
            return "Connection refused"
        await self._answered(body)
        return None

    async def _answered(self, body: bytes) -> None:
        """A webhook may answer with a method call; its result is never told."""
        try:
            call = json.loads(body)
        except ValueError:
            return
        handler = METHODS.get(str(call.pop("method", "")).lower()) if isinstance(call, dict) else None
        if handler is None:
            return
        refusal = None
        began = time.perf_counter()
        try:
            handler(Call(self.world, self.bot, Params(call)))
        except Refusal as error:
            refusal = error
        self.world.log.add("(webhook answer)", self.bot.id, Params(call), began, refusal, None)
