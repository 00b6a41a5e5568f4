"""aiogram's bot, for parsing updates and for the answers that cannot wait."""

from __future__ import annotations

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from core.config import Config

ANSWER_SECONDS = 8.0  # a later answer is of no use to anybody


def listening_bot(config: Config) -> Bot:
    """A bot for the configured Bot API server; it opens its connection on first use, on the loop that uses it."""
    server = TelegramAPIServer.from_base(config.bot_api_url)
    return Bot(config.bot_token or "", session=AiohttpSession(api=server, timeout=ANSWER_SECONDS))
