"""The people's side from outside: the control protocol over HTTP, for a demo, a test or whoever drives phones."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
_WAS_CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class ControlError(Exception):
    """The simulator refused an act; the message says why."""


class Control:
    """The control protocol, for any thread; a connection that is not in use is kept for the next request."""

    def __init__(self, api_url: str) -> None:
        parts = urlsplit(api_url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self._idle: list[http.client.HTTPConnection] = []

    def __del__(self) -> None:
        for connection in self._idle:
            connection.close()

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
        data = None if body is None else json.dumps(body).encode()
        status, content = self._once(method, path, data, timeout)
        if refusals and status >= 400:
            raise ControlError(_words(content))
        return content

    def _once(self, method: str, path: str, data: bytes | None, timeout: float) -> tuple[int, bytes]:
        while True:
            kept = self._idle.pop() if self._idle else None
            connection = kept or http.client.HTTPConnection(self.host, self.port)
            connection.timeout = timeout
            if connection.sock is not None:
                connection.sock.settimeout(timeout)
            try:
                connection.request(method, path, data, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                content = answer.read()
            except BaseException as error:
                connection.close()
                if kept is not None and isinstance(error, _WAS_CLOSED):
                    continue  # while it was idle, so that nobody read the request
                raise
            self._idle.append(connection)
            return answer.status, content

    def expect(self, chat: str, after_seq: int, timeout: float, kinds: list[str], by: str = "bot") -> Json:
        """Wait for what happens in a chat after an event number."""
        wanted = {"chat": chat, "after_seq": after_seq, "timeout": timeout, "kinds": kinds, "by": by}
        return self.post("/control/expect", wanted, timeout + 20)


def _words(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return content.decode("utf-8", "replace")
