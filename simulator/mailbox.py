"""A bot's queue of updates: numbered, confirmed by offset, read by one poller or by a webhook."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.refusals import Json, Refusal, conflict

# What the real server leaves out unless it is asked for by name.
ASKED_FOR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
POLL_GAP = 10.0
ONE_READER = "one getUpdates at a time, and none beside a webhook"


@dataclass(frozen=True, slots=True)
class Update:
    """One update, already spelled as JSON so that later edits of a message cannot change it."""

    id: int
    kind: str
    lane: str
    text: str


@dataclass(slots=True)
class Hook:
    """Where updates are posted, and how that went."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass
class Mailbox:
    """Updates waiting for one bot."""

    next_id: int = field(default_factory=lambda: random.randrange(100_000_000, 900_000_000))  # noqa: S311 # a starting number
    queue: deque[Update] = field(default_factory=deque)
    allowed: frozenset[str] | None = None
    hook: Hook = field(default_factory=Hook)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    polled_at: float = -60.0
    _poll: asyncio.Future[Refusal | None] | None = None

    def put(self, kind: str, payload: Json, lane: str) -> int | None:
        """Number an update and queue it; None when the bot did not ask for this kind."""
        if not self.wants(kind):
            return None
        update_id = self.next_id
        self.next_id += 1
        self.put_raw(Update(update_id, kind, lane, json.dumps({"update_id": update_id, kind: payload})))
        return update_id

    def put_raw(self, update: Update) -> None:
        """Queue an update as it is."""
        self.queue.append(update)
        self.arrived.set()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    @property
    def polling(self) -> bool:
        """Somebody polls now, or did a moment ago."""
        return self._poll is not None or time.monotonic() - self.polled_at < POLL_GAP

    def wants(self, kind: str) -> bool:
        """Whether `allowed_updates` lets this kind through."""
        return kind not in ASKED_FOR if self.allowed is None else kind in self.allowed

    def allow(self, kinds: Iterable[str]) -> None:
        """An empty list means all but the ones asked for by name."""
        self.allowed = frozenset(kinds) or None

    def confirm(self, offset: int) -> None:
        """Forget updates below the offset; a negative one keeps only that many from the end."""
        if offset < 0:
            while len(self.queue) > -offset:
                self.queue.popleft()
            return
        while self.queue and self.queue[0].id < offset:
            self.queue.popleft()

    async def poll(self, offset: int, limit: int, timeout_s: float) -> list[Update]:
        """Wait for updates. A second poller ends the first, as on the real server."""
        if self.hook.url:
            words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise conflict(words, ONE_READER)
        words = "terminated by other getUpdates request; make sure that only one bot instance is running"
        self.stop_poll(conflict(words, ONE_READER))
        self.confirm(offset)
        self.polled_at = time.monotonic()
        if not self.queue and timeout_s > 0:
            await self._wait(timeout_s)
        return [update for update, _ in zip(self.queue, range(limit), strict=False)]

    async def _wait(self, timeout_s: float) -> None:
        mine: asyncio.Future[Refusal | None] = asyncio.get_running_loop().create_future()
        self._poll = mine
        try:
            await asyncio.wait([mine], timeout=timeout_s)
            refusal = mine.result() if mine.done() else None
        finally:
            if self._poll is mine:
                self._poll = None
        if refusal is not None:
            raise refusal

    def stop_poll(self, refusal: Refusal) -> None:
        """End a waiting poller with this refusal."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(refusal)

    def wake(self) -> None:
        """End a waiting poller with what there is: the line is about to be cut."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def clear(self) -> None:
        """Drop what waits; numbering goes on."""
        self.queue.clear()
