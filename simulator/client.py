"""The people's side from outside: the control protocol over HTTP, for a demo, a test or whoever drives phones."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]


class ControlError(Exception):
    """The simulator refused an act; the message says why."""


class Control:
    """The control protocol: one short connection per request, so nothing is left open."""

    def __init__(self, api_url: str) -> None:
        parts = urlsplit(api_url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80

    def get(self, path: str) -> Json:
        """GET, as JSON."""
        answer: Json = json.loads(self._exchange("GET", path, None))
        return answer

    def post(self, path: str, body: object, timeout: float = 30.0) -> Json:
        """POST, as JSON."""
        answer: Json = json.loads(self._exchange("POST", path, body, timeout))
        return answer

    def bulk(self, acts: Sequence[Json]) -> list[Json]:
        """Acts of people, in order; each succeeds or fails for itself."""
        answer: list[Json] = json.loads(self._exchange("POST", "/control/bulk", list(acts)))
        return answer

    def anyway(self, path: str, body: object) -> Json:
        """POST, as JSON, whatever the status says."""
        answer: Json = json.loads(self._exchange("POST", path, body, refusals=False))
        return answer

    def raw(self, path: str) -> bytes:
        """GET, as bytes."""
        return self._exchange("GET", path, None)

    def _exchange(self, method: str, path: str, body: object, timeout: float = 30.0, *, refusals: bool = True) -> bytes:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json", "Connection": "close"})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if refusals and answer.status >= 400:
            raise ControlError(_words(content))
        return content

    def expect(self, chat: str, after_seq: int, timeout: float, kinds: list[str], by: str = "bot") -> Json:
        """Wait for what happens in a chat after an event number."""
        wanted = {"chat": chat, "after_seq": after_seq, "timeout": timeout, "kinds": kinds, "by": by}
        return self.post("/control/expect", wanted, timeout + 20)


def _words(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return content.decode("utf-8", "replace")
