"""The simulator in a thread of its own, for tests and tools without a loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from simulator import server

PATIENCE = 10.0


@dataclass
class ThreadedHandle:
    """A running simulator and the thread it runs in."""

    url: str
    port: int
    _handle: server.Handle
    _loop: asyncio.AbstractEventLoop
    _thread: threading.Thread

    def waiting(self) -> int:
        """Updates that their bots have not acknowledged."""
        return sum(len(bot.mailbox.queue) for bot in self._handle.world.bots.values())

    def has_shown(self, key: str, after_seq: int, kinds: Collection[str]) -> bool:
        """Whether a bot has done something of these kinds in a chat after an event number."""
        return self._handle.world.events.has_shown(key, after_seq, kinds)

    def stop(self) -> None:
        """Stop the server and its thread."""
        asyncio.run_coroutine_threadsafe(self._handle.stop(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


def _loop() -> asyncio.AbstractEventLoop:
    """uvloop's, which spends less on each request; asyncio's own where it does not exist."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def run_in_thread(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tokens: Iterable[str] = (server.TOKEN,),
    provider_tokens: Iterable[str] = (server.PROVIDER_TOKEN,),
    market_url: str | None = None,
    quiet: bool = False,
) -> ThreadedHandle:
    """Start it and return when it serves."""
    loop = _loop()
    thread = threading.Thread(target=loop.run_forever, name="simulator", daemon=True)
    thread.start()
    begun = server.start(
        host=host,
        port=port,
        tokens=tokens,
        provider_tokens=provider_tokens,
        market_url=market_url,
        quiet=quiet,
    )
    try:
        handle = asyncio.run_coroutine_threadsafe(begun, loop).result(PATIENCE)
    except BaseException:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
        raise
    return ThreadedHandle(handle.url, handle.port, handle, loop, thread)
