"""Builds aiogram's dispatcher: one catch-all observer a kind of update, our dictionaries behind it."""

from __future__ import annotations

from typing import Any, Never

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.fsm.context import FSMContext
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import CallbackQuery, ChatMemberUpdated, InlineQuery, Message, Update

from bot import intake
from bot.desk import WANTED
from bot.inline import Shelf, shelf
from bot.storage import SqlStorage, hand
from core.config import BotFacts, Config
from core.errors import Refusal
from core.i18n import speaking
from core.messaging.inbox import kind_of
from core.text import clean
from handlers.dispatch import answer
from handlers.sharing import offers
from handlers.turn import Reply, Turn


class _Mute(BaseSession):
    """No session at all: aiogram's own reads every certificate of the machine, a fortieth of a second, for nothing."""

    async def close(self) -> None:
        """Nothing is open."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - the base class names it
    ) -> Never:
        raise NotImplementedError(f"aiogram only listens here: {type(method).__name__} goes through the outbox")

    def stream_content(
        self, url: str, headers: dict[str, Any] | None = None, timeout: int = 30, chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> Never:  # fmt: skip
        raise NotImplementedError("aiogram only listens here: files are fetched by the sender")


def listening_bot(config: Config) -> Bot:
    """aiogram's bot, which its updates are bound to. It only listens: nothing is ever sent through it."""
    return Bot(config.bot_token or "", session=_Mute())


def build(facts: BotFacts) -> Dispatcher:
    """A dispatcher whose handlers return (turn, reply) to the worker, a shelf for an inline query, or None."""
    dispatcher = Dispatcher(storage=SqlStorage(), facts=facts)
    dispatcher.message.register(_message)
    dispatcher.edited_message.register(_edited)
    dispatcher.callback_query.register(_callback)
    dispatcher.my_chat_member.register(_my_chat_member)
    dispatcher.inline_query.register(_inline)
    return dispatcher


Told = tuple[Turn, Reply] | Shelf | None


class Refused(Exception):
    """Carries a refusal out of the transaction it undoes, with the turn that caused it."""

    def __init__(self, turn: Turn, error: Refusal) -> None:
        super().__init__(turn, error)
        self.turn, self.error = turn, error


async def feed(dispatcher: Dispatcher, bot: Bot, raw: dict[str, Any]) -> Told:
    """Run one raw update through aiogram; what the handler told, or None for a kind nobody handles."""
    if kind_of(raw) not in WANTED:  # aiogram would read it first, and warn or stumble over what nobody needs
        return None
    update = Update.model_validate(intake.trimmed(raw), context={"bot": bot})
    told = await dispatcher.feed_update(bot, update)
    return told if told is not UNHANDLED and told is not None else None


async def _message(
    message: Message, facts: BotFacts, state: FSMContext | None = None, raw_state: str | None = None
) -> Told:
    if intake.moved(message, facts) or state is None:  # nobody sent it: nobody stands anywhere
        return None
    turn = await intake.from_message(message, state, raw_state, facts)
    return None if turn is None else await _told(turn)


async def _edited(
    message: Message, facts: BotFacts, state: FSMContext | None = None, raw_state: str | None = None
) -> Told:
    if state is None:
        return None
    turn = await intake.from_message(message, state, raw_state, facts)
    if turn is None:
        return None
    turn.is_edit = True
    return await _told(turn)


async def _callback(query: CallbackQuery, state: FSMContext, raw_state: str | None, facts: BotFacts) -> Told:
    turn = await intake.from_callback(query, state, raw_state, facts)
    return None if turn is None else await _told(turn)


async def _my_chat_member(change: ChatMemberUpdated, state: FSMContext, facts: BotFacts) -> Told:
    turn = await intake.from_membership(change, state, facts)
    return None if turn is None else await _told(turn)


async def _inline(query: InlineQuery, facts: BotFacts) -> Told:
    held, page = hand.get(), int(query.offset) if query.offset.isdecimal() and len(query.offset) < 4 else 0
    with speaking(intake.speech_of(query.from_user, facts)):
        words = clean(query.query, intake.TEXT_LIMIT)
        return shelf(held.session, facts.id, facts.username, offers(held.session, words, page, now=held.now))


async def _told(turn: Turn) -> Told:
    with speaking(turn.speech):
        try:
            return turn, await answer(turn)
        except Refusal as error:
            raise Refused(turn, error) from error
