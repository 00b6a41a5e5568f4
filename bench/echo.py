"""The yardstick: stock aiogram, stock polling, one edit for each press and nothing else."""

from __future__ import annotations

import os
from itertools import count

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="again", callback_data="again")]])
_numbers = count(1)


async def answer(query: CallbackQuery) -> None:
    """Edit the message that was pressed."""
    if isinstance(query.message, Message):
        await query.message.edit_text(f"echo {next(_numbers)}", reply_markup=KEYBOARD)


def main() -> None:
    """Poll until told to stop, on the loop that aiogram chooses (uvloop where it is installed)."""
    server = TelegramAPIServer.from_base(os.environ["ECHO_URL"])
    bot = Bot(os.environ["ECHO_TOKEN"], session=AiohttpSession(api=server))
    dispatcher = Dispatcher()
    dispatcher.callback_query.register(answer)
    print("echo polls", flush=True)
    dispatcher.run_polling(bot)


if __name__ == "__main__":
    main()
