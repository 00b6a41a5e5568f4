"""Story people against a real aiogram bot that polls the simulator."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    KeyboardButton,
    LabeledPrice,
    Message,
    PreCheckoutQuery,
    ReplyKeyboardMarkup,
)

from simulator.client import ControlError
from simulator.threaded import ThreadedHandle
from simulator.window import Missed
from tests.kit.people import Group, Phone
from tests.simulator.conftest import TOKEN


def shop() -> Dispatcher:
    """A very small shop."""
    dispatcher = Dispatcher()
    greeting(dispatcher)
    buying(dispatcher)
    showing(dispatcher)
    talking(dispatcher)
    return dispatcher


def greeting(dispatcher: Dispatcher) -> None:
    @dispatcher.message(CommandStart(deep_link=True))
    async def linked(message: Message) -> None:
        await message.answer(f"Listing {(message.text or '').split()[1]}")

    @dispatcher.message(CommandStart())
    async def start(message: Message) -> None:
        buttons = [[InlineKeyboardButton(text="🛒 Reserve", callback_data="reserve:1")]]
        await message.answer("Welcome", reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons))
        share = [[KeyboardButton(text="📱 Share my number", request_contact=True)]]
        await message.answer("Home", reply_markup=ReplyKeyboardMarkup(keyboard=share))


def buying(dispatcher: Dispatcher) -> None:
    @dispatcher.callback_query(F.data == "reserve:1")
    async def reserve(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.answer("Reserved", show_alert=True)
        await query.message.edit_text("Deposit ₹240")
        await query.message.answer_invoice(
            title="Deposit", description="5 kg", payload="order:1", currency="INR", provider_token="TEST:PROVIDER",
            prices=[LabeledPrice(label="Deposit", amount=24000)],
        )  # fmt: skip

    @dispatcher.pre_checkout_query()
    async def checked(query: PreCheckoutQuery) -> None:
        await query.answer(ok=True)

    @dispatcher.message(F.successful_payment)
    async def paid(message: Message) -> None:
        assert message.successful_payment is not None
        await message.answer(f"Paid {message.successful_payment.total_amount}")


def showing(dispatcher: Dispatcher) -> None:
    @dispatcher.message(F.contact)
    async def contact(message: Message) -> None:
        assert message.contact is not None
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        await message.answer("Yours" if own else "Another's")

    @dispatcher.message(F.photo)
    async def photo(message: Message, bot: Bot) -> None:
        assert message.photo is not None
        picture = await bot.download(message.photo[-1])
        size = len(picture.read()) if picture else 0
        await message.answer_photo(message.photo[-1].file_id, caption=f"{size} bytes")

    @dispatcher.message(F.new_chat_members)
    async def joined(message: Message) -> None:
        link = f"https://t.me/farmgate_bot?start=g{abs(message.chat.id)}"
        buttons = [[InlineKeyboardButton(text="🛒 Reserve", url=link)]]
        await message.answer("Hello group", reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons))


def talking(dispatcher: Dispatcher) -> None:
    @dispatcher.edited_message()
    async def edited(message: Message) -> None:
        await message.answer(f"Changed to {message.text}")

    @dispatcher.message(F.reply_to_message)
    async def replied(message: Message) -> None:
        assert message.reply_to_message is not None
        await message.answer(f"About {message.reply_to_message.text}: {message.text}")

    @dispatcher.message(F.voice)
    async def voice(message: Message) -> None:
        await message.answer("Heard")

    @dispatcher.inline_query()
    async def inline(query: InlineQuery) -> None:
        content = InputTextMessageContent(message_text=f"🥭 {query.query}")
        await query.answer([InlineQueryResultArticle(id="1", title="Mango", input_message_content=content)])

    @dispatcher.message(F.text)
    async def echo(message: Message) -> None:
        await message.answer(f"You said {message.text}")


@pytest.fixture
def url(api: ThreadedHandle) -> Iterator[str]:
    """The simulator with the shop polling it."""
    loop = asyncio.new_event_loop()
    ready, stopped = threading.Event(), asyncio.Event()
    dispatcher = shop()

    async def run() -> None:
        async with AiohttpSession(api=TelegramAPIServer.from_base(api.url)) as session:
            bot = Bot(TOKEN, session=session)
            polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5))
            ready.set()
            await stopped.wait()
            await dispatcher.stop_polling()
            await polling

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait(10)
    yield api.url
    loop.call_soon_threadsafe(stopped.set)
    thread.join(10)
    loop.close()


def test_a_buyer_reserves_and_pays(url: str) -> None:
    asha = Phone(url, "Asha", "hi")
    asha.start()
    asha.sees("Welcome")
    assert asha.buttons() == ["📱 Share my number"]
    asha.taps("🛒")
    assert asha.sees("₹240") == "Deposit ₹240"
    assert asha.sees_toast() == "Reserved"
    payment = asha.pays()
    asha.sees("Paid 24000")
    assert payment["state"] == "paid"
    assert (asha.tap_count, asha.typed_count, asha.photo_count) == (3, 0, 0)
    assert "🤖 Paid 24000" in asha.transcript()


def test_a_payment_can_come_twice_fail_or_be_left(url: str) -> None:
    asha = Phone(url)
    asha.start()
    asha.taps("🛒 Reserve")
    assert asha.pays("fail")["state"] == "failed"
    assert asha.pays("abandon")["state"] == "abandoned"
    asha.pays("twice")
    both = [p for p in asha.control.get("/control/state")["payments"] if p["state"] == "paid"]
    assert len({p["telegram_payment_charge_id"] for p in both}) == 2


def test_contacts_pictures_and_words(url: str) -> None:
    asha, ravi = Phone(url, "Asha"), Phone(url, "Ravi")
    asha.start()
    asha.taps("📱 Share")
    asha.sees("Yours")
    asha.shares_contact(ravi)
    asha.sees("Another's")
    asha.types("200 kg")
    assert asha.screen() == "You said 200 kg"
    asha.sends_photo("mango")
    asha.sees("bytes")
    assert asha.picture()[:3] == b"\xff\xd8\xff"
    asha.sees_not("Yours")
    with pytest.raises(Missed, match="bytes"):
        Phone(url, "Asha", user_id=asha.id, deadline=0.2).taps("no such button")


def test_a_group_card_leads_into_the_private_chat(url: str) -> None:
    asha, ravi = Phone(url, "Asha"), Phone(url, "Ravi")
    group = Group(url, asha, "Pune buyers", ravi)
    group.adds_bot()
    group.sees("Hello group")
    group.taps_as(ravi, "🛒 Reserve")
    ravi.sees(f"Listing g{abs(group.id)}")


def test_a_silent_bot_fails_the_story_with_the_screen(url: str) -> None:
    asha = Phone(url, deadline=0.4)
    asha.start()
    with pytest.raises(Missed, match="did not react"):
        asha.sends_sticker()


def test_the_pay_button_pays(url: str) -> None:
    asha = Phone(url)
    asha.start()
    asha.taps("🛒 Reserve")
    assert "Pay INR 240.00" in asha.buttons()
    asha.taps("Pay")
    asha.sees("Paid 24000")


def test_edits_replies_voice_albums_and_links(url: str) -> None:
    asha = Phone(url)
    asha.opens("https://t.me/farmgate_bot?start=c_12")
    asha.sees("Listing c_12")
    asha.types("one")
    asha.edits("two")
    asha.sees("Changed to two")
    asha.replies("and more", to="You said one")
    asha.sees("About You said one: and more")
    asha.sends_voice()
    asha.sees("Heard")
    asha.sends_album("mango", "tomato")
    asha.sees("bytes")
    assert (asha.tap_count, asha.typed_count, asha.photo_count) == (1, 3, 2)
    asha.reset_counts()
    assert asha.tap_count == 0
    results = asha.asks_inline("mango")
    assert results[0]["title"] == "Mango"
    asha.blocks()
    with pytest.raises(ControlError, match="unblock"):
        asha.types("hello?")
    asha.start()
    asha.sees("Welcome")
    lines = asha.transcript()
    assert lines[:2] == ["🧑 starts c_12", "🤖 Listing c_12"]
    assert "🧑 types: one" in lines


def test_a_group_over_its_life(url: str) -> None:
    asha, ravi = Phone(url, "Asha"), Phone(url, "Ravi")
    group = Group(url, asha, "Pune buyers")
    group.adds_bot("g_1")
    group.joins(ravi)
    group.sees_not("private", within=0.1)
    group.types_as(ravi, "/price@farmgate_bot")
    group.sees("You said /price@farmgate_bot")
    old = group.id
    assert group.migrates() != old
    group.types_as(ravi, "/again")
    group.sees("You said /again")
    group.sets_rights(can_send_messages=False)
    with pytest.raises(ControlError, match="may not write"):
        group.types_as(ravi, "hello")
    group.leaves(ravi)
    group.removes_bot()
    assert any("🧑 Ravi: /again" in line for line in group.transcript())
