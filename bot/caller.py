"""A plain call of the Bot API over one connection pool: updates in, and the answers that cannot wait out."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from core.config import Config


class Caller:
    """Calls methods on the configured Bot API server; opens its connections on first use, on the loop that calls.

    aiogram's own client takes half a millisecond of processor a call, which is half of what it takes to answer a press.
    """

    def __init__(self, config: Config, seconds: float) -> None:
        self._base = f"{config.bot_api_url}/bot{config.bot_token}/"
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """What the Bot API says, whether "ok" or not. Raises aiohttp.ClientError or TimeoutError when it says nothing
        that could be meant for us; do not show their text, it may hold the address with the token.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        async with self._session.post(self._base + method, json=params) as response:
            if response.status >= 500:
                raise aiohttp.ClientConnectionError(f"{method} answered {response.status}")
            try:
                answer = json.loads(await response.read())  # UTF-8, whatever the header says
            except ValueError as error:  # a page of some proxy or network on the way
                raise aiohttp.ClientPayloadError(f"{method} answered {response.status} without JSON") from error
            if not isinstance(answer, dict):
                raise aiohttp.ClientPayloadError(f"{method} answered {response.status} with something else")
            return answer

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()
            self._session = None
