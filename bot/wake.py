"""Wakes a role when a commit left it work: an event within a process, LISTEN between processes on PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg
import structlog

log = structlog.get_logger()


class Wake:
    """A bell that any thread may ring and one loop waits for; a ring while nobody waits is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rung = False
        self._waiter: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def ring(self) -> None:
        with self._lock:
            self._rung = True
            waiter = self._waiter
        if waiter is not None:
            loop, event = waiter
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def wait(self, seconds: float, stop: asyncio.Event) -> None:
        """Until rung or told to stop, or `seconds` at most (work may fall due, or a ring be lost with its process)."""
        event = asyncio.Event()
        mine = (asyncio.get_running_loop(), event)
        with self._lock:
            if self._rung:
                self._rung = False
                return
            self._waiter = mine
        either = [asyncio.ensure_future(each.wait()) for each in (event, stop)]
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in either:
                each.cancel()
            with self._lock:
                if self._waiter is mine:  # a wait that was cancelled may end after the next one began
                    self._waiter = None
                    self._rung = self._rung and not event.is_set()


class Beat:
    """One turn in 40 ms for a busy loop, so that what comes meanwhile shares a commit; an idle one turns at once."""

    SECONDS = 0.04

    def __init__(self) -> None:
        self._began = float("-inf")

    async def next(self) -> None:
        """Wait until the next turn may begin."""
        loop = asyncio.get_running_loop()
        left = self._began + self.SECONDS - loop.time()
        if left > 0:
            await asyncio.sleep(left)
        self._began = loop.time()


async def pause(seconds: float, stop: asyncio.Event) -> None:
    """Let this time pass, unless told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def listen(url: str, bells: dict[str, Callable[[], None]], stop: threading.Event) -> threading.Thread:
    """Ring `bells[channel]` when another process commits a NOTIFY; reconnects by itself."""

    def loop() -> None:
        while not stop.is_set():
            try:
                _listen_once(url, bells, stop)
            except psycopg.OperationalError as error:
                log.warning("listener_lost", error=str(error).splitlines()[0])
                stop.wait(1)

    thread = threading.Thread(target=loop, name="listen", daemon=True)
    thread.start()
    return thread


def _listen_once(url: str, bells: dict[str, Callable[[], None]], stop: threading.Event) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        for channel in bells:
            connection.execute(f"LISTEN {channel}")
        while not stop.is_set():
            for notification in connection.notifies(timeout=1.0):
                bells[notification.channel]()
