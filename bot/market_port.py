"""The market's control port on a thread and loop of its own."""

from __future__ import annotations

import asyncio
import threading

from bot.market import Market

PATIENCE = 10.0


class MarketPort:
    """Serves from its making until `stop`."""

    def __init__(self, market: Market) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="market", daemon=True)
        self._thread.start()
        self._runner, self.url = asyncio.run_coroutine_threadsafe(market.start(), self._loop).result(PATIENCE)

    def stop(self) -> None:
        """End the port and its thread."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
