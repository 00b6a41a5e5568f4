"""Bot API servers that answer in other ways: with a page, without a status, or to fewer methods than we know."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import select

from bot.caller import Caller
from bot.checks import report
from bot.delivering import Ended, Post, deliver
from bot.desk import Desk
from bot.preflight import ask_who
from bot.receiver import BadToken, Receiver
from bot.render import Call, Setting, render
from bot.requests import TokenRefused
from bot.sender import make_bot, met
from core.clock import SystemClock
from core.config import Config
from core.db import Database
from core.messaging.models import Inbox
from core.messaging.outbox import Due
from core.messaging.screen import Screen
from tests.kit.answering import Answer, answering

ME = {"id": 1, "is_bot": True, "first_name": "Farmgate", "username": "farmgate_bot"}
SENT = {"date": 1, "chat": {"id": 5, "type": "private"}, "message_id": 9, "of_a_kind_to_come": 1}
KNOWN = {"getMe": ME, "sendMessage": SENT, "deleteWebhook": True}
PAGE = b"<html>Sign in to the hotel's network</html>"


def _refusal(code: int, words: str, **parameters: int) -> bytes:
    return json.dumps({"ok": False, "error_code": code, "description": words, "parameters": parameters}).encode()


class _Other:
    """Answers a method from its list, then as asked for everything; and what it was asked."""

    answers: ClassVar[dict[str, list[Answer]]] = {}
    asked: ClassVar[list[tuple[str, object]]] = []

    @classmethod
    def answer(cls, method: str, said: bytes) -> Answer:
        cls.asked.append((method, json.loads(said)))
        waiting = cls.answers.get(method)
        well = {"ok": True, "result": KNOWN.get(method)}
        return waiting.pop(0) if waiting else (200, json.dumps(well).encode())


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Config]:
    """The settings of a bot at such a server."""
    _Other.answers, _Other.asked = {}, []
    with answering(_Other.answer) as url:
        yield Config(_env_file=None, bot_token="1:x", bot_api_url=url, data_dir=tmp_path)


def _sent(config: Config, *, origin: tuple[int, bool] | None = None, menu: Call | None = None) -> Ended:
    screen = Screen("News", edit=origin is not None)
    row = Due(1, 1, 5, "commands" if menu else "screen", {}, 0, 1, 1, None)
    post = Post(row, screen, menu or render(screen, Setting(5, "farmgate_bot", origin=origin)))

    async def send() -> Ended:
        bot = make_bot(config)
        await bot.initialize()
        try:
            return await deliver(bot, post)
        finally:
            await bot.shutdown()

    return asyncio.run(send())


@pytest.mark.parametrize("status", [200, 403])
def test_a_page_in_place_of_an_answer_is_no_answer(other: Config, status: int) -> None:
    _Other.answers["sendMessage"] = [(status, PAGE)]
    assert _sent(other).mark.state == "pending"


@pytest.mark.parametrize(
    ("refusal", "state"),
    [(_refusal(429, "Too Many Requests", retry_after=7), "pending"), (_refusal(500, "Oh"), "pending"),
     (_refusal(403, "Forbidden: bot was blocked"), "unreachable"), (_refusal(400, "Bad Request: no"), "dead"),
     (_refusal(401, "Unauthorized"), "pending")],
)  # fmt: skip
def test_a_refusal_is_one_whatever_the_status_around_it(other: Config, refusal: bytes, state: str) -> None:
    _Other.answers["sendMessage"] = [(200, refusal)]
    assert _sent(other).mark.state == state


def test_a_letter_outlives_a_token_that_was_given_up(other: Config) -> None:
    _Other.answers["sendMessage"] = [(401, _refusal(401, "Unauthorized"))]
    mark = _sent(other).mark
    assert (mark.state, mark.counted, mark.error) == ("pending", False, "401")


def test_a_start_with_a_token_that_was_given_up_ends(other: Config) -> None:
    _Other.answers["getMe"] = [(401, _refusal(401, "Unauthorized"))]

    async def starts() -> None:
        bot = make_bot(other)
        try:
            await met(bot, asyncio.Event())
        finally:
            await asyncio.gather(*(each.shutdown() for each in bot._request))  # it was not initialised

    with pytest.raises(TokenRefused):
        asyncio.run(asyncio.wait_for(starts(), 5))


@pytest.mark.parametrize(
    "unknown", [(404, _refusal(404, "Not Found: method not found")), (404, b"404: Not Found"), (405, b""), (501, PAGE)]
)
def test_where_nothing_can_be_edited_it_is_sent_anew(other: Config, unknown: tuple[int, bytes]) -> None:
    _Other.answers["editMessageText"] = [unknown]
    ended = _sent(other, origin=(8, False))
    assert (ended.mark.state, ended.mark.message_id) == ("sent", 9)


def test_a_menu_that_nobody_can_set_is_no_lost_letter(other: Config) -> None:
    _Other.answers["setMyCommands"] = [(404, b"404: Not Found")]
    assert _sent(other, menu=Call("set_my_commands", {"commands": [("start", "Begin")]})).mark.state == "dropped"


def test_a_server_that_knows_only_post_tells_who_we_are(other: Config) -> None:
    assert ask_who(other).username == "farmgate_bot"


def test_what_is_acknowledged_is_not_asked_for_again(other: Config, database: Database) -> None:
    def batch(*numbers: int) -> tuple[int, bytes]:
        return 200, json.dumps({"ok": True, "result": [{"update_id": number} for number in numbers]}).encode()

    _Other.answers["getUpdates"] = [batch(7, 9), batch(), batch(), (502, PAGE), batch(), (401, _refusal(401, "no"))]
    desk = Desk(other, database, SystemClock(), None, lambda: None)  # type: ignore[arg-type] # no answers
    with pytest.raises(BadToken):
        asyncio.run(Receiver(desk).run(asyncio.Event()))
    offsets = [said.get("offset") for method, said in _Other.asked if method == "getUpdates" and isinstance(said, dict)]
    assert offsets == [None, 10, 10, 10, None, None]  # a server that was away may count anew


def test_what_has_no_number_and_a_pause_that_is_none_stop_nobody(other: Config, database: Database) -> None:
    refusal = json.dumps({"ok": False, "error_code": 400, "parameters": {"retry_after": None}}).encode()
    odd = json.dumps({"ok": True, "result": [{"update_id": "x"}, 5, {"update_id": 7}]}).encode()
    _Other.answers["getUpdates"] = [(200, refusal), (200, odd), (401, _refusal(401, "no"))]
    desk = Desk(other, database, SystemClock(), None, lambda: None)  # type: ignore[arg-type] # no answers
    with pytest.raises(BadToken):
        asyncio.run(asyncio.wait_for(Receiver(desk).run(asyncio.Event()), 10))
    with database.reading() as session:
        assert session.scalars(select(Inbox.update_id)).all() == [7]


def test_check_serves_a_server_without_webhooks(other: Config) -> None:
    _Other.answers["getWebhookInfo"] = [(404, b"404: Not Found")]
    lines, serves = report(other)
    assert serves
    assert any("updates are polled" in line for line in lines)


@pytest.mark.parametrize("unknown", [(404, b"404: Not Found"), (501, b"")])
def test_a_server_without_webhooks_is_polled(other: Config, database: Database, unknown: tuple[int, bytes]) -> None:
    _Other.answers["deleteWebhook"] = [unknown] * 9
    _Other.answers["getUpdates"] = [(200, b'{"ok":true,"result":[{"update_id":7}]}'), (401, _refusal(401, "no"))]
    desk = Desk(other, database, SystemClock(), None, lambda: None)  # type: ignore[arg-type] # no answers
    with pytest.raises(BadToken):
        asyncio.run(asyncio.wait_for(Receiver(desk).run(asyncio.Event()), 5))
    assert [method for method, _said in _Other.asked] == ["deleteWebhook", "getUpdates", "getUpdates"]


def test_an_answer_is_read_as_utf_8_whatever_its_header_says(other: Config) -> None:
    _Other.answers["getUpdates"] = [(200, '{"ok":true,"result":["🥭 آم"]}'.encode())]

    async def said() -> object:
        caller = Caller(other, 5)
        try:
            return await caller.call("getUpdates", {})
        finally:
            await caller.close()

    assert asyncio.run(said()) == {"ok": True, "result": ["🥭 آم"]}
