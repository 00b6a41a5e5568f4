"""A real PTB ExtBot and a real aiogram Bot meet each refusal and fault as the exception they document."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import telegram.error
from aiogram import Bot, exceptions
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram.ext import ExtBot

from simulator.client import Control
from tests.simulator.conftest import TOKEN, Caller, Json, Someone

Case = tuple[Json, type[Exception], type[Exception]]
FAULTS: list[Case] = [
    ({"kind": "flood", "retry_after": 5}, telegram.error.RetryAfter, exceptions.TelegramRetryAfter),
    ({"kind": "blocked"}, telegram.error.Forbidden, exceptions.TelegramForbiddenError),
    ({"kind": "server_error", "status": 502}, telegram.error.NetworkError, exceptions.TelegramServerError),
    ({"kind": "reset"}, telegram.error.NetworkError, exceptions.TelegramNetworkError),
    ({"kind": "lost_answer"}, telegram.error.TimedOut, exceptions.TelegramNetworkError),
    ({"kind": "network_down", "seconds": 1}, telegram.error.NetworkError, exceptions.TelegramNetworkError),
]


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's coming behaviour; without it, it warns."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


def with_ptb(url: str, use: Callable[[ExtBot[None]], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        speaker: ExtBot[None] = ExtBot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")
        async with speaker:
            return await use(speaker)

    return asyncio.run(run())


def with_aiogram(url: str, use: Callable[[Bot], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with AiohttpSession(api=TelegramAPIServer.from_base(url)) as session:
            return await use(Bot(TOKEN, session=session))

    return asyncio.run(run())


@pytest.mark.parametrize(("fault", "ptb_error", "aiogram_error"), FAULTS, ids=[str(f["kind"]) for f, _, _ in FAULTS])
def test_faults(
    fault: Json, ptb_error: type[Exception], aiogram_error: type[Exception], chat: int, bot: Caller, control: Control
) -> None:
    control.post("/control/faults", {"method": "sendMessage", **fault})
    with pytest.raises(ptb_error):
        with_ptb(bot.url, lambda speaker: speaker.send_message(chat, "x", read_timeout=0.4))
    control.post("/control/faults", {"kind": "none"})
    control.post("/control/faults", {"method": "sendMessage", **fault})
    with pytest.raises(aiogram_error):
        with_aiogram(bot.url, lambda speaker: speaker.send_message(chat, "x", request_timeout=1))


def test_a_moved_group(asha: Someone, bot: Caller) -> None:
    group = asha.does("create_group", title="Pune", bots=[123456])["chat_id"]
    moved = asha.does("migrate", chat=group)["chat_id"]
    with pytest.raises(telegram.error.ChatMigrated) as ptb:
        with_ptb(bot.url, lambda speaker: speaker.send_message(group, "x"))
    assert ptb.value.new_chat_id == moved
    with pytest.raises(exceptions.TelegramMigrateToChat) as aiogram:
        with_aiogram(bot.url, lambda speaker: speaker.send_message(group, "x"))
    assert aiogram.value.migrate_to_chat_id == moved


def test_ext_bot_polls_edits_and_answers(chat: int, asha: Someone, bot: Caller) -> None:
    async def use(speaker: ExtBot[None]) -> None:
        markup = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Go", callback_data="go:1")]])
        sent = await speaker.send_message(chat, "<b>Card</b>", parse_mode="HTML", reply_markup=markup)
        await asyncio.to_thread(asha.does, "press", label="Go")
        updates = await speaker.get_updates(offset=bot.offset, timeout=5)
        query = updates[-1].callback_query
        assert query
        assert query.data == "go:1"
        assert await query.answer("ok")
        edited = await speaker.edit_message_text("Sold", chat_id=chat, message_id=sent.message_id)
        assert isinstance(edited, telegram.Message)
        assert edited.text == "Sold"
        with pytest.raises(telegram.error.BadRequest, match="not modified"):
            await speaker.edit_message_text("Sold", chat_id=chat, message_id=sent.message_id)
        assert await speaker.delete_message(chat, sent.message_id)

    with_ptb(bot.url, use)


def test_a_message_with_a_reply_keyboard_cannot_be_edited(chat: int, bot: Caller) -> None:
    home = bot.ok("sendMessage", chat_id=chat, text="Home", reply_markup={"keyboard": [[{"text": "A"}]]})
    words = "Bad Request: message can't be edited"
    assert bot.refused("editMessageText", chat_id=chat, message_id=home["message_id"], text="x") == words
