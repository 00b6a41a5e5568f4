"""What happened, numbered: for the page's socket and for whoever waits for a chat to move."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from simulator.refusals import Json

RECENT = 2048  # of one chat: whoever counts what came asks about all of them
SOCKET_BACKLOG = 2000


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened in one chat."""

    seq: int
    kind: str
    by: str
    message_id: int
    at: float  # unix time of the machine

    def shape(self) -> Json:
        """As the control protocol shows it."""
        return {"seq": self.seq, "kind": self.kind, "by": self.by, "message_id": self.message_id, "at": self.at}


class Events:
    """Numbers events, keeps the newest of each chat, feeds sockets and wakes waiters."""

    def __init__(self) -> None:
        self.seq = 0
        self._recent: dict[str, deque[Happening]] = {}
        self._waiters: dict[str, list[asyncio.Future[None]]] = {}
        self._sockets: list[asyncio.Queue[Json]] = []

    def tell(self, kind: str, payload: Callable[[], Json]) -> None:
        """Something for the page only; the payload is built only when a page looks."""
        self.seq += 1
        if self._sockets:
            self._feed({"type": kind, "seq": self.seq, **payload()})

    def happened(self, key: str, kind: str, by: str, message_id: int, payload: Callable[[], Json]) -> None:
        """Something in a chat: kept for `since`, and waiters of that chat wake."""
        # An empty callback answer stops the spinner but shows nothing: waiters may tell the two apart.
        self.tell("toast" if kind == "answer" else kind, payload)
        recent = self._recent.get(key)
        if recent is None:
            recent = self._recent[key] = deque(maxlen=RECENT)
        recent.append(Happening(self.seq, kind, by, message_id, time.time()))
        for waiter in self._waiters.pop(key, ()):
            if not waiter.done():
                waiter.set_result(None)

    def since(self, key: str, wanted: Callable[[Happening], bool]) -> list[Happening]:
        """What a waiter asks about, oldest first."""
        return [event for event in self._recent.get(key, ()) if wanted(event)]

    def has_shown(self, key: str, after_seq: int, kinds: Collection[str]) -> bool:
        """Whether a bot has done something of these kinds since; from any thread."""
        recent = tuple(self._recent.get(key, ()))
        return any(event.seq > after_seq and event.kind in kinds and event.by == "bot" for event in recent)

    async def wait(self, key: str, wanted: Callable[[Happening], bool], timeout_s: float) -> list[Happening]:
        """The first matching events of a chat; empty after the timeout."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while not (found := self.since(key, wanted)):
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.setdefault(key, []).append(waiter)
            done, _ = await asyncio.wait([waiter], timeout=max(0.0, deadline - loop.time()))
            if not done:
                self._forget(key, waiter)
                return []
        return found

    def _forget(self, key: str, waiter: asyncio.Future[None]) -> None:
        waiting = self._waiters.get(key, [])
        if waiter in waiting:
            waiting.remove(waiter)
        if not waiting:
            self._waiters.pop(key, None)

    def open_socket(self) -> asyncio.Queue[Json]:
        """A queue that receives every event from now on."""
        queue: asyncio.Queue[Json] = asyncio.Queue(SOCKET_BACKLOG)
        self._sockets.append(queue)
        return queue

    def close_socket(self, queue: asyncio.Queue[Json]) -> None:
        """The page went away."""
        if queue in self._sockets:
            self._sockets.remove(queue)

    def _feed(self, event: Json) -> None:
        for queue in list(self._sockets):
            try:
                queue.put_nowait(event)
            except asyncio.QueueFull:
                # A page that does not read is cut off, so that it cannot slow the bots.
                self.close_socket(queue)
                queue.get_nowait()
                queue.put_nowait({"type": "overflow"})

    def clear(self) -> None:
        """Forget the past of every chat; numbers go on growing."""
        self._recent.clear()
