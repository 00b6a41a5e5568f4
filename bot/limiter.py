"""Keeps within the messenger's limits: a pause for the whole bot after a 429, gentle bulk, calm chats and groups."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

CHATS_KEPT = 10_000


@dataclass(frozen=True)
class Rates:
    """Messages a second: bulk per bot, new messages per chat (with a burst), groups per minute."""

    bulk: float = 25.0
    chat: float = 1.0
    chat_burst: int = 3
    group_per_minute: float = 20.0


@dataclass(frozen=True)
class Pace:
    """What the limiter must know of one call: an edit that answers a press is exempt, bulk waits its turn."""

    chat_id: int
    is_edit: bool
    is_bulk: bool


@dataclass
class Bucket:
    """A token bucket in machine time: `rate` tokens a second up to `burst`; debts are waited off."""

    rate: float
    burst: float
    tokens: float = 0.0
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def take(self, now: float) -> float:
        """Take one token; returns how long to wait for it."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        self.tokens -= 1
        return 0.0 if self.tokens >= 0 else -self.tokens / self.rate


class Limiter(BaseRateLimiter[Pace]):
    """One limiter a bot and process; a 429 halts every call of the bot until its retry_after has passed."""

    def __init__(self, rates: Rates | None = None) -> None:
        self._rates = rates or Rates()
        self._bulk = Bucket(self._rates.bulk, self._rates.bulk)
        self._chats: OrderedDict[int, Bucket] = OrderedDict()
        self._halted_until = 0.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    @property
    def halted_for(self) -> float:
        """Seconds of the pause still to come."""
        return max(0.0, self._halted_until - time.monotonic())

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Pace | None,
    ) -> Any:
        """Wait as long as the limits ask, then call. A 429 starts the pause and is raised to the sender.

        So is a call that meets the pause: waiting here would outlast the letter's lease, and it would be sent twice.
        """
        if rate_limit_args is not None:
            await asyncio.sleep(self._delay(rate_limit_args))
        if self.halted_for > 0:
            raise RetryAfter(timedelta(seconds=self.halted_for))
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            self._halted_until = max(self._halted_until, time.monotonic() + seconds_of(error))
            raise

    def _delay(self, pace: Pace) -> float:
        now = time.monotonic()
        wait = self._bulk.take(now) if pace.is_bulk else 0.0
        if pace.is_edit and not pace.is_bulk and pace.chat_id > 0:
            return wait
        return max(wait, self._bucket(pace.chat_id).take(now))

    def _bucket(self, chat_id: int) -> Bucket:
        bucket = self._chats.get(chat_id)
        if bucket is None:
            per_minute = self._rates.group_per_minute
            bucket = (
                Bucket(self._rates.chat, self._rates.chat_burst) if chat_id > 0 else Bucket(per_minute / 60, per_minute)
            )
            self._chats[chat_id] = bucket
            if len(self._chats) > CHATS_KEPT:
                self._chats.popitem(last=False)  # the oldest bucket has long refilled
        self._chats.move_to_end(chat_id)
        return bucket


def seconds_of(error: RetryAfter) -> float:
    """The pause a 429 asks for, in seconds, whichever type the library hands out."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
