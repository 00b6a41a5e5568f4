"""The messenger's webhook, as a plain ASGI application: through FastAPI it takes half as many updates a second.

401 for a secret that is missing or wrong, 413 above 1 MiB, 400 for what is no update, 503 while the database is away;
200 only when the update is committed. What is refused is not stored and not logged.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from starlette.types import Receive, Scope, Send

from web.gathering import Gatherer, Unstored, Update

PATH = "/telegram/webhook/"
HEADER = b"x-telegram-bot-api-secret-token"
MOST_BYTES = 1024 * 1024
DEEPEST = 64  # levels; the messenger's own updates have about ten
BODY_SECONDS = 10.0
WORDS = {
    200: "", 400: "This is no update.", 401: "The secret is missing or wrong.", 404: "There is no such bot.",
    405: "Only POST.", 408: "The body took too long.", 413: "More than 1 MiB.", 503: "Not stored; bring it again.",
}  # fmt: skip


@dataclass(frozen=True)
class Hook:
    """What the webhook works with: `store` commits in a thread, `stored` follows on the loop; answers are counted."""

    bot_id: int
    secret: str
    store: Callable[[list[Update]], None]
    stored: Callable[[list[Update]], None]
    count: Callable[[str], None]


class Refused(Exception):
    """What came is not taken; the status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(WORDS[status])
        self.status = status


class Webhook:
    """POST /telegram/webhook/<bot_id>."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
        self._gatherer = Gatherer(hook.store)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check(scope)
            update = parse(await _body(scope, receive))
            await self._gatherer.take(update)
            self._hook.stored([update])
            status = 200
        except Refused as refused:
            status = refused.status
        except Unstored:
            status = 503
        self._hook.count(str(status))
        await _answer(send, status)

    def close(self) -> None:
        """Nothing comes any more."""
        self._gatherer.close()

    def _check(self, scope: Scope) -> None:
        """Before a byte of the body is read. Raises Refused."""
        if scope["path"] != f"{PATH}{self._hook.bot_id}":
            raise Refused(404)
        if scope["method"] != "POST":
            raise Refused(405)
        given = [value for name, value in scope["headers"] if name == HEADER]
        secret = given[0] if len(given) == 1 else b""
        if not hmac.compare_digest(secret, self._hook.secret.encode()):
            raise Refused(401)


def parse(body: bytes) -> Update:
    """The update of a body. Raises Refused for what is none."""
    if body.count(b"{") + body.count(b"[") > 20_000:  # a message with 100 entities has some 120
        raise Refused(400)
    try:
        update = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(400) from None
    if not isinstance(update, dict) or not _is_id(update.get("update_id")) or _is_deep(update):
        raise Refused(400)
    return update


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _is_id(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_deep(value: object) -> bool:
    """Deeper than anything of the messenger's: whoever reads it again later, deeper in its own calls, could not."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [
            inner for each in level if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]  # fmt: skip
        if not level:
            return False
    return True


async def _body(scope: Scope, receive: Receive) -> bytes:
    """All of it, at most 1 MiB, whether its length was said or not. Raises Refused."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not said.isdigit() or int(said) > MOST_BYTES:
        raise Refused(413 if said.isdigit() else 400)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _streamed(receive)
    except TimeoutError:
        raise Refused(408) from None


async def _streamed(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400)
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise Refused(413)
        more = message.get("more_body", False)
    return bytes(body)


async def _answer(send: Send, status: int) -> None:
    words = WORDS[status].encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(words)).encode())]
    if status in (408, 413):
        headers.append((b"connection", b"close"))  # what is left of the body is not read
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})
