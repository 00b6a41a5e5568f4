"""python-telegram-bot's HTTP, done by aiohttp: several times the messages per second of its own client."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

IN_FLIGHT = 128
_MESSAGE = b'{"ok":true,"result":{"message_id":'
_NO_SUCH_METHOD = (405, 501)
UNAUTHORIZED = 401
_USED = ("message_id", "chat", "date", "photo", "document", "voice")


class TokenRefused(NetworkError):
    """The messenger does not know this token any more, which is not the letter's fault: python-telegram-bot tells it
    and a method that does not exist by one name.
    """


class AiohttpRequest(BaseRequest):
    """One connection pool; opened on the loop that initialises the bot."""

    def __init__(self, seconds: float = 30.0) -> None:
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._seconds

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=IN_FLIGHT, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0913 - the signature of python-telegram-bot's BaseRequest
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """(status, body) of one call. Raises TimedOut, TokenRefused and NetworkError, which never tell the address."""
        if self._session is None:
            raise RuntimeError("the request was not initialised")
        try:
            timeout = aiohttp.ClientTimeout(total=self._seconds)
            async with self._session.request(method, url, timeout=timeout, **_body(request_data)) as response:
                body = await response.read()
                return (response.status, body) if method == "GET" else _answer(response.status, body)
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error  # the address in its text holds the token


def _answer(status: int, body: bytes) -> tuple[int, bytes]:
    """What was answered, by the code inside it: not every server says the same in the status.

    Raises TokenRefused, and NetworkError for a page of some proxy or network on the way: it says nothing of the letter
    or its reader.
    """
    if body.startswith(_MESSAGE):
        return status, _slim(json.loads(body))
    status = 404 if status in _NO_SUCH_METHOD else status
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if isinstance(answer, dict) and "ok" in answer:
        code = status if answer["ok"] or status >= 300 else int(answer.get("error_code") or 400)
        if code == UNAUTHORIZED:
            raise TokenRefused(str(answer.get("description", "")))
        return code, body
    if status < 300 or status == 403:
        raise NetworkError(f"answered {status} with something else")
    return status, b"{}"


def _slim(answer: dict[str, Any]) -> bytes:
    """A sent message cut to what we use: making the library's objects of all of it took as long as sending."""
    result = answer["result"]
    answer["result"] = {name: result[name] for name in _USED if name in result}
    return json.dumps(answer).encode()


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.multipart_data:
        return {"json": data.parameters}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {"data": form}
