"""The server on a real socket: what raw bytes get, what a proxy may claim, and how it ends."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.db import Database
from tests.web.test_webhook import PATH, SECRET, Web, update
from web import patience, server, webhook
from web.server import address, listening, serve

TOKEN_LINE = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"


@contextmanager
def served(app: Any) -> Iterator[tuple[socket.socket, Callable[[], None]]]:
    """The place where the application is served, and what ends it."""
    place = listening("127.0.0.1", 0)
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(app, place, stop, ready)))
    thread.start()

    def ends() -> None:
        loop.call_soon_threadsafe(stop.set)
        thread.join(15)
        assert not thread.is_alive()

    try:
        yield place, ends
    finally:
        if thread.is_alive():
            ends()
        loop.close()
        place.close()


def says(place: socket.socket, *pieces: bytes) -> bytes:
    """Send these bytes and read until the other side closes."""
    with socket.create_connection(place.getsockname()[:2], timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
        return answer


def post(*lines: str, body: bytes = b"") -> bytes:
    head = [f"POST {PATH} HTTP/1.1", "Host: x", "Connection: close", *lines]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def test_raw_requests_get_the_status_they_deserve(database: Database, tmp_path: Path) -> None:
    web, body = Web(database, tmp_path), update(7)
    length = f"Content-Length: {len(body)}"
    with served(web.app) as (place, _):
        for sent, status in (
            (post(TOKEN_LINE, length, body=body), b"200"), (post(length, body=body), b"401"),
            (post(f"{TOKEN_LINE}é\xff", length, body=body), b"401"), (post(TOKEN_LINE, "Content-Length: x"), b"400"),
            (post(TOKEN_LINE, "Content-Length: 1048577"), b"413"), (b"\x16\x03\x01\x00\xff nonsense\r\n\r\n", b"400"),
            (post(TOKEN_LINE, "Content-Length: 1", body=b"{"), b"400"), (b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
             b"Connection: close\r\n\r\n", b"200"),
        ):  # fmt: skip
            assert says(place, sent).split(b" ")[1] == status, sent[:200]
    assert web.stored() == [7]


def test_a_body_without_a_length_is_cut_off_at_one_mebibyte(database: Database, tmp_path: Path) -> None:
    web = Web(database, tmp_path)
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    with served(web.app) as (place, _):
        answer = says(place, post(TOKEN_LINE, "Transfer-Encoding: chunked"), *[chunk] * 16, b"1\r\n \r\n")
    assert answer.split(b" ")[1] == b"413"
    assert web.stored() == []


def test_a_body_that_trickles_in_is_given_up(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "BODY_SECONDS", 0.2)
    web = Web(database, tmp_path)
    with served(web.app) as (place, _):
        assert says(place, post(TOKEN_LINE, "Content-Length: 500"), b"{").split(b" ")[1] == b"408"


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_who_connects_and_never_asks_keeps_no_place(monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 2.0)
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 4)
    asked = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with served(_answers) as (place, _), ExitStack() as idle:
        for _number in range(4):
            connection = idle.enter_context(socket.create_connection(place.getsockname()[:2], timeout=10))
            connection.sendall(begun)
        assert says(place, asked).split(b" ")[1] == b"503", "every place is taken"
        assert connection.recv(100) == b"", "ended by us"
        end = time.monotonic() + 10  # the loop may still be at the others
        while (status := says(place, asked).split(b" ")[1]) != b"200" and time.monotonic() < end:
            time.sleep(0.05)
        assert status == b"200"


def test_a_second_request_that_trickles_in_is_given_up_and_one_that_takes_long_to_answer_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 1.5)
    asked = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with served(_answers) as (place, _), socket.create_connection(place.getsockname()[:2], timeout=10) as connection:
        for path in (b"/", b"/slow"):
            connection.sendall(asked.replace(b"/ ", path + b" ", 1))
            assert connection.recv(1000).split(b" ")[1] == b"200"
        connection.sendall(asked[:10])
        time.sleep(0.1)
        connection.sendall(asked[10:12])
        assert connection.recv(100) == b""


async def _answers(scope: Any, _receive: Any, send: Any) -> None:
    if scope["path"] == "/slow":
        await asyncio.sleep(2.0)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def test_what_a_proxy_claims_about_somebody_is_not_believed() -> None:
    seen: list[tuple[str, str]] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        seen.append((scope["client"][0], scope["scheme"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    claims = ("X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "Forwarded: for=6.6.6.6", "X-Real-IP: 6.6.6.6")
    with served(app) as (place, _):
        says(place, post(*claims))
    assert seen == [("127.0.0.1", "http")]


def test_what_is_under_way_when_it_ends_is_answered(database: Database, tmp_path: Path) -> None:
    web, body = Web(database, tmp_path), update(7)
    begun, go_on = threading.Event(), threading.Event()
    gatherer = web.app._webhook._gatherer  # type: ignore[union-attr] # there is one
    store = gatherer._store

    def slow(updates: list[dict[str, Any]]) -> None:
        begun.set()
        assert go_on.wait(10)
        store(updates)

    gatherer._store = slow
    answers: list[bytes] = []
    with served(web.app) as (place, ends):
        request = post(TOKEN_LINE, f"Content-Length: {len(body)}", body=body)
        asking = threading.Thread(target=lambda: answers.append(says(place, request)))
        asking.start()
        assert begun.wait(10)
        threading.Timer(0.3, go_on.set).start()
        ends()
        asking.join(10)
    assert answers[0].split(b" ")[1] == b"200"
    assert web.stored() == [7]


def test_an_address_is_one_to_open() -> None:
    for host, words in (("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")):
        try:
            place = listening(host, 0)
        except OSError:
            assert host == "::1", "a machine may have no IPv6"
            continue
        with place:
            assert address(place).startswith(words)
            assert not address(place).endswith(":0")
