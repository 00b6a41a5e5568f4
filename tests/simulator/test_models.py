"""Every update and result the simulator makes is one that both libraries read."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiogram.methods
import aiogram.types
import pytest
import telegram
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.types import Update
from pydantic import TypeAdapter

from simulator import pictures
from simulator.client import Control
from simulator.threaded import ThreadedHandle
from tests.simulator.conftest import TOKEN, Caller, Json, Someone

PICTURE_BUTTONS = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
INVOICE = {
    "title": "Deposit", "description": "5 kg", "payload": "order:1", "provider_token": "TEST:PROVIDER",
    "currency": "INR", "prices": [{"label": "Deposit", "amount": 24000}],
}  # fmt: skip


def check_update(raw: Json) -> None:
    """Parse with both libraries; nothing may fall outside their models."""
    update = Update.model_validate(raw, context={"bot": None})
    assert update.update_id == raw["update_id"]
    assert update.event_type in raw
    other = telegram.Update.de_json(json.loads(json.dumps(raw)), bot=None)
    assert other is not None
    kind = next(name for name in raw if name != "update_id")
    assert getattr(other, kind) is not None
    assert not other.api_kwargs
    assert not getattr(getattr(other, kind), "api_kwargs", {})


def kinds(updates: list[Json]) -> list[str]:
    for update in updates:
        check_update(update)
    return [next(name for name in update if name != "update_id") for update in updates]


def fields(updates: list[Json]) -> set[str]:
    return {name for update in updates if "message" in update for name in update["message"]}


def test_messages_of_people(asha: Someone, bot: Caller, control: Control) -> None:
    ravi = Someone(control, "Ravi", last_name="Patil", username="ravi_p")
    asha.does("start", payload="c_12")
    first = asha.does("text", text="hi @farmgate_bot #crop https://a.org mail@x.org +91 98765 43210")
    asha.does("text", text="reply", reply_to=first["message_id"])
    asha.does("text", text="through", via_bot=123456)
    asha.does("photo", photo="tomato", caption="my /crop")
    asha.does("album", photos=["mango", "tomato"], caption="two")
    asha.does("voice")
    asha.does("document", file_name="licence.pdf", mime_type="application/pdf", text="%PDF-1.4")
    asha.does("sticker")
    asha.does("contact")
    asha.does("contact", user=ravi.id)
    asha.does("contact", phone_number="+1555", first_name="Stranger")
    asha.does("location", latitude=18.5, longitude=73.8, live_period=600)
    live = asha.does("location", latitude=18.5, longitude=73.8, live_period=600)["message_id"]
    asha.does("move", message_id=live, latitude=18.6, longitude=73.8)
    asha.does("forward", message_id=first["message_id"])
    asha.does("edit", message_id=first["message_id"], text="hi again")
    updates = bot.updates()
    assert set(kinds(updates)) == {"message", "edited_message"}
    assert {
        "text", "entities", "reply_to_message", "via_bot", "photo", "caption", "caption_entities", "media_group_id",
        "voice", "document", "sticker", "contact", "location", "forward_origin",
    } <= fields(updates)  # fmt: skip
    ids = [update["update_id"] for update in updates]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    first_entities = updates[1]["message"]["entities"]
    assert [e["type"] for e in first_entities] == ["mention", "hashtag", "url", "email", "phone_number"]


def test_presses_payments_and_inline(chat: int, asha: Someone, bot: Caller, control: Control) -> None:
    sent = bot.ok("sendMessage", chat_id=chat, text="Card", reply_markup=PICTURE_BUTTONS)
    pressed = asha.does("press", label="Go")
    assert pressed["message_id"] == sent["message_id"]
    invoice = bot.ok("sendInvoice", chat_id=chat, is_flexible=True, need_shipping_address=True, **INVOICE)
    asha.does("pay", message_id=invoice["message_id"])
    updates = bot.updates()
    option = {"id": "van", "title": "Van", "prices": [{"label": "Van", "amount": 4000}]}
    shipping = updates[-1]["shipping_query"]["id"]
    assert bot.ok("answerShippingQuery", shipping_query_id=shipping, ok=True, shipping_options=[option])
    updates += bot.updates()
    assert updates[-1]["pre_checkout_query"]["total_amount"] == 28000
    assert bot.ok("answerPreCheckoutQuery", pre_checkout_query_id=updates[-1]["pre_checkout_query"]["id"], ok=True)
    updates += bot.updates()
    asha.does("inline", query="mango")
    updates += bot.updates()
    query = updates[-1]["inline_query"]["id"]
    content = {"message_text": "<b>Mango</b>", "parse_mode": "HTML"}
    result = {
        "type": "article",
        "id": "1",
        "title": "M",
        "input_message_content": content,
        "reply_markup": PICTURE_BUTTONS,
    }
    assert bot.ok("answerInlineQuery", inline_query_id=query, results=[result])
    asha.does("choose", inline_query_id=query, result_id="1")
    updates += bot.updates()
    asha.does("press", label="Go")
    updates += bot.updates()
    assert updates[-1]["callback_query"]["inline_message_id"]
    edited = bot.ok(
        "editMessageText", inline_message_id=updates[-1]["callback_query"]["inline_message_id"], text="Sold"
    )
    assert edited is True
    assert "successful_payment" in fields(updates)
    assert kinds(updates) == [
        "callback_query", "shipping_query", "pre_checkout_query", "message", "inline_query", "message",
        "chosen_inline_result", "callback_query",
    ]  # fmt: skip


def test_groups_and_blocking(asha: Someone, bot: Caller, control: Control) -> None:
    ravi, mina = Someone(control, "Ravi"), Someone(control, "Mina")
    bot.ok("getUpdates", allowed_updates=["message", "my_chat_member", "chat_member"])
    group = asha.does("create_group", title="Pune", members=[ravi.id], bots=[123456])["chat_id"]
    asha.does("set_rights", chat=group, admin=True)
    asha.does("add_member", chat=group, user=mina.id)
    asha.does("remove_member", chat=group, user=mina.id)
    asha.does("set_title", chat=group, title="Pune buyers")
    moved = asha.does("migrate", chat=group)["chat_id"]
    asha.does("set_rights", chat=moved, status="restricted", rights={"can_send_messages": False})
    asha.does("remove_bot", chat=moved)
    asha.does("start")
    asha.does("block")
    asha.does("unblock")
    updates = bot.updates()
    assert set(kinds(updates)) == {"message", "my_chat_member", "chat_member"}
    assert {
        "group_chat_created", "new_chat_members", "left_chat_member", "new_chat_title", "migrate_to_chat_id",
        "migrate_from_chat_id",
    } <= fields(updates)  # fmt: skip


RESULTS: list[tuple[str, Json]] = [
    ("getMe", {}),
    ("getWebhookInfo", {}),
    ("sendMessage", {"text": "<b>a</b> https://x.org", "parse_mode": "HTML", "reply_parameters": {"message_id": 1}}),
    ("sendMessage", {"text": "a", "link_preview_options": {"is_disabled": True}, "reply_markup": PICTURE_BUTTONS}),
    ("sendMessage", {"text": "a", "reply_markup": {"keyboard": [[{"text": "A"}]], "is_persistent": True}}),
    ("sendLocation", {"latitude": 1, "longitude": 2}),
    ("sendVenue", {"latitude": 1, "longitude": 2, "title": "Farm", "address": "Road"}),
    ("sendContact", {"phone_number": "+1", "first_name": "A"}),
    ("sendInvoice", INVOICE),
    ("createInvoiceLink", INVOICE),
    ("sendChatAction", {"action": "typing"}),
    ("copyMessage", {"from_chat_id": 0, "message_id": 1}),
    ("forwardMessage", {"from_chat_id": 0, "message_id": 1}),
    ("getChat", {}),
    ("getChatMember", {"user_id": 123456}),
    ("getChatMemberCount", {}),
    ("setMyCommands", {"commands": [{"command": "start", "description": "Start"}]}),
    ("getMyCommands", {}),
    ("deleteMyCommands", {}),
    ("setMyName", {"name": "Shop"}),
    ("getMyName", {}),
    ("setMyDescription", {"description": "d"}),
    ("getMyDescription", {}),
    ("setMyShortDescription", {"short_description": "s"}),
    ("getMyShortDescription", {}),
    ("setChatMenuButton", {"menu_button": {"type": "commands"}}),
    ("getChatMenuButton", {}),
    ("pinChatMessage", {"message_id": 1}),
    ("unpinChatMessage", {}),
    ("deleteMessage", {"message_id": 1}),
    ("logOut", {}),
    ("close", {}),
]


def _aiogram_reads(method: str, result: Any) -> None:
    cls = getattr(aiogram.methods, method[0].upper() + method[1:])
    TypeAdapter(cls.__returning__).validate_python(result)


def _ptb_reads(method: str, result: Any) -> None:
    model: Any = {
        "getMe": telegram.User,
        "getWebhookInfo": telegram.WebhookInfo,
        "getChat": telegram.ChatFullInfo,
        "getChatMember": telegram.ChatMember,
        "copyMessage": telegram.MessageId,
        "getFile": telegram.File,
        "getChatMenuButton": telegram.MenuButton,
    }.get(method)
    if model is None and isinstance(result, dict) and "message_id" in result:
        model = telegram.Message
    if model is not None:
        read = model.de_json(json.loads(json.dumps(result)), bot=None)
        assert read is not None
        # What a library does not know lands in api_kwargs; only flags newer than the library may.
        assert set(read.api_kwargs) <= {
            "can_manage_bots",
            "can_react_to_messages",
            "can_edit_tag",
            "can_send_welcome_messages",
        }


@pytest.mark.parametrize(("method", "params"), RESULTS, ids=[f"{n}-{m}" for n, (m, _) in enumerate(RESULTS)])
def test_results(method: str, params: Json, chat: int, bot: Caller) -> None:
    filled = {name: (chat if name == "from_chat_id" else value) for name, value in params.items()}
    result = bot.ok(method, **{"chat_id": chat, **filled})
    _aiogram_reads(method, result)
    _ptb_reads(method, result)


def test_results_about_a_group(asha: Someone, bot: Caller) -> None:
    group = asha.does("create_group", title="Pune", bots=[123456], supergroup=True)["chat_id"]
    for status in ("member", "administrator", "restricted"):
        asha.does("set_rights", chat=group, status=status)
        for method in ("getChat", "getChatMember", "getChatAdministrators", "getChatMemberCount"):
            result = bot.ok(method, chat_id=group, user_id=123456)
            _aiogram_reads(method, result)
            if method != "getChatAdministrators":
                _ptb_reads(method, result)
    assert bot.ok("leaveChat", chat_id=group) is True
    assert "not a member" in bot.refused("sendMessage", chat_id=group, text="x")


def test_uploads_and_albums_through_aiogram(api: ThreadedHandle, chat: int) -> None:
    async def through_aiogram() -> None:
        async with AiohttpSession(api=aiogram.client.telegram.TelegramAPIServer.from_base(api.url)) as session:
            speaker = Bot(TOKEN, session=session)
            file = aiogram.types.BufferedInputFile(pictures.sample("mango"), "m.jpg")
            sent = await speaker.send_photo(chat, file, caption="c")
            assert sent.photo
            again = await speaker.send_photo(chat, sent.photo[-1].file_id)
            assert again.photo
            assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
            document = await speaker.send_document(chat, aiogram.types.BufferedInputFile(b"%PDF", "a.pdf"))
            assert document.document
            assert document.document.file_name == "a.pdf"
            media = [aiogram.types.InputMediaPhoto(media=file), aiogram.types.InputMediaPhoto(media=file, caption="x")]
            album = await speaker.send_media_group(chat, list(media))
            assert len({message.media_group_id for message in album}) == 1
            changed = await speaker.edit_message_media(
                aiogram.types.InputMediaPhoto(
                    media=aiogram.types.BufferedInputFile(pictures.sample("tomato"), "t.jpg")
                ),
                chat_id=chat,
                message_id=sent.message_id,
            )
            assert isinstance(changed, aiogram.types.Message)
            assert changed.photo
            assert sent.photo
            assert changed.photo[-1].file_unique_id != sent.photo[-1].file_unique_id

    asyncio.run(through_aiogram())


def test_uploads_and_albums_through_ptb(api: ThreadedHandle, chat: int) -> None:
    async def through_ptb() -> None:
        async with telegram.Bot(TOKEN, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot") as speaker:
            sent = await speaker.send_photo(chat, pictures.sample("tomato"), caption="c")
            file = await speaker.get_file(sent.photo[-1].file_id)
            assert bytes(await file.download_as_bytearray())[:3] == b"\xff\xd8\xff"
            media = [
                telegram.InputMediaPhoto(sent.photo[-1].file_id),
                telegram.InputMediaPhoto(pictures.sample("mango")),
            ]
            album = await speaker.send_media_group(chat, media)
            assert len(album) == 2
            voice = await speaker.send_voice(chat, b"OggS0000", duration=2)
            assert voice.voice
            with pytest.raises(telegram.error.BadRequest, match="Image_process_failed"):
                await speaker.send_photo(chat, b"not a picture")

    asyncio.run(through_ptb())
