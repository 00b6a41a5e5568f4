"""The simulator refuses what the Bot API refuses, in its words, and its log names the rule."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from simulator.client import Control, ControlError
from tests.simulator.conftest import Caller, Json, Someone

INVOICE: Json = {
    "title": "Deposit", "description": "5 kg", "payload": "order:1", "provider_token": "TEST:PROVIDER",
    "currency": "INR", "prices": [{"label": "Deposit", "amount": 24000}],
}  # fmt: skip


def button(**fields: Any) -> Json:
    return {"reply_markup": {"inline_keyboard": [[{"text": "b", **fields}]]}}


TEXTS: list[tuple[Json, str]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "text must be non-empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "🥭" * 2049}, "message is too long"),
    ({"text": "x", "parse_mode": "nope"}, "unsupported parse_mode"),
    (
        {"text": "<b>x", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    (
        {"text": "<b><i>x</b></i>", "parse_mode": "HTML"},
        'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    ),
    ({"text": "é<x>a</x>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "x" at byte offset 2'),
    ({"text": "1 < 2", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
    ({"text": "a</b>", "parse_mode": "HTML"}, "can't parse entities: Unexpected end tag at byte offset 1"),
    (
        {"text": "*a", "parse_mode": "Markdown"},
        "can't parse entities: Can't find end of the entity starting at byte offset 0",
    ),
    (
        {"text": "*a", "parse_mode": "MarkdownV2"},
        "can't parse entities: Can't find end of Bold entity at byte offset 0",
    ),
    (
        {"text": "a.", "parse_mode": "MarkdownV2"},
        "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    ),
    (
        {"text": "hello", "entities": [{"type": "bold", "offset": 100, "length": 1}]},
        "entity begins after the end of the text at UTF-16 offset 100",
    ),
    (
        {"text": "hello", "entities": [{"type": "odd", "offset": 0, "length": 1}]},
        "can't parse MessageEntity: Unsupported type specified",
    ),
    ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ({"text": "x", "reply_markup": {"inline_keyboard": "bad"}}, 'field "inline_keyboard" must be of type Array'),
    (
        {"text": "x", "reply_markup": {"keyboard": [[{"text": "a"}]], "selective": "y"}},
        'field "selective" must be of type Boolean',
    ),
    ({"text": "x", **button(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
    (
        {"text": "x", **button(callback_data="")},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    ({"text": "x", **button(url="not-a-url")}, "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"),
    (
        {"text": "x", **button(url="ftp://example.com")},
        "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
    ),
    ({"text": "x", **button(pay=True)}, "BUTTON_TYPE_INVALID"),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "x"}]]}},
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
    ({"text": "x", "chat_id": ""}, "chat_id is empty"),
    ({"text": "x", "chat_id": "somebody"}, "chat not found"),
    ({"text": "x", "chat_id": -1}, "chat not found"),
    ({"text": "x", "chat_id": 987654}, "chat not found"),
]


@pytest.mark.parametrize(("params", "words"), TEXTS, ids=[str(n) for n in range(len(TEXTS))])
def test_texts_and_buttons(params: Json, words: str, chat: int, bot: Caller, control: Control) -> None:
    assert bot.refused("sendMessage", **{"chat_id": chat, **params}) == f"Bad Request: {words}"
    entry = control.get("/control/log?since=0")["entries"][-1]
    assert entry["rule"]
    assert entry["error"].endswith(words)


INVOICES: list[tuple[Json, str]] = [
    ({"provider_token": "WRONG"}, "PAYMENT_PROVIDER_INVALID"),
    ({"currency": "XXX"}, "CURRENCY_INVALID"),
    ({"prices": []}, "prices are not specified"),
    ({"prices": [{"label": "a", "amount": 8000}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
    ({"prices": [{"label": "a", "amount": -24000}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
    ({"payload": "p" * 129}, "INVOICE_PAYLOAD_INVALID"),
    ({"payload": ""}, 'parameter "payload" is required'),
    ({"title": ""}, 'parameter "title" is required'),
    ({"currency": "XTR", "provider_token": "", "prices": [{"label": "a", "amount": 1}] * 2}, "STARS_INVOICE_INVALID"),
]


@pytest.mark.parametrize(("params", "words"), INVOICES, ids=[words for _, words in INVOICES])
def test_invoices(params: Json, words: str, chat: int, bot: Caller) -> None:
    assert bot.refused("sendInvoice", **{"chat_id": chat, **INVOICE, **params}) == f"Bad Request: {words}"


def test_an_invoice_at_the_smallest_sum_passes(chat: int, bot: Caller) -> None:
    assert bot.ok("sendInvoice", chat_id=chat, **{**INVOICE, "prices": [{"label": "a", "amount": 8300}]})
    stars = {"currency": "XTR", "provider_token": "", "prices": [{"label": "a", "amount": 1}]}
    assert bot.ok("sendInvoice", chat_id=chat, **{**INVOICE, **stars})


def test_lengths_count_after_parsing(chat: int, bot: Caller) -> None:
    sent = bot.ok("sendMessage", chat_id=chat, text="<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    assert len(sent["text"]) == 4096
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]
    literal = bot.ok("sendMessage", chat_id=chat, text="&lt;b&gt; &amp; 🥭 <i>x</i>", parse_mode="HTML")
    assert literal["text"] == "<b> & 🥭 x"
    assert literal["entities"] == [{"type": "italic", "offset": 9, "length": 1}]


def test_edits(chat: int, asha: Someone, bot: Caller) -> None:
    sent = bot.ok("sendMessage", chat_id=chat, text="one", **button(callback_data="a"))
    number = sent["message_id"]
    same = button(callback_data="a")
    refused = bot.refused("editMessageText", chat_id=chat, message_id=number, text="one", **same)
    assert refused.startswith("Bad Request: message is not modified")
    assert bot.ok("editMessageText", chat_id=chat, message_id=number, text="one")["reply_markup" not in sent or "text"]
    not_found = "Bad Request: message to edit not found"
    assert bot.refused("editMessageText", chat_id=chat, message_id=99, text="x") == not_found
    theirs = asha.does("text", text="mine")["message_id"]
    assert (
        bot.refused("editMessageText", chat_id=chat, message_id=theirs, text="x")
        == "Bad Request: message can't be edited"
    )
    no_caption = "Bad Request: there is no caption in the message to edit"
    assert bot.refused("editMessageCaption", chat_id=chat, message_id=number, caption="x") == no_caption
    assert bot.ok("deleteMessage", chat_id=chat, message_id=number)
    gone = "Bad Request: message to delete not found"
    assert bot.refused("deleteMessage", chat_id=chat, message_id=number) == gone


def test_inline_answers(chat: int, asha: Someone, bot: Caller) -> None:
    def asked() -> str:
        return str(asha.does("inline", query="mango")["inline_query_id"])

    one = {"type": "article", "id": "1", "title": "M", "input_message_content": {"message_text": "x"}}
    for wrong, why in (
        ({"results": [one, one]}, "RESULT_ID_DUPLICATE"),
        ({"results": [{**one, "id": str(number)} for number in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [{**one, "caption": "x" * 1025}]}, "caption is too long"),
        ({"results": [{key: value for key, value in one.items() if key != "title"}]}, 'find field "title"'),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"start_parameter": "a"}}, 'find field "text"'),
        ({"results": [], "button": {"text": "a", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
        ({"results": [], "button": {"text": "a"}}, "INLINE_BUTTON_INVALID"),
    ):  # fmt: skip
        assert why in bot.refused("answerInlineQuery", inline_query_id=asked(), **wrong)
    query = asked()
    assert bot.ok("answerInlineQuery", inline_query_id=query, results=[one], next_offset="1")
    assert "query is too old" in bot.refused("answerInlineQuery", inline_query_id=query, results=[one])
    with pytest.raises(ControlError, match="at most 256 characters"):
        asha.does("inline", query="x" * 257)


def test_old_messages_stay(chat: int, bot: Caller, control: Control) -> None:
    number = bot.ok("sendMessage", chat_id=chat, text="one")["message_id"]
    control.post("/control/limits", {"clock_offset": 49 * 3600})
    words = "Bad Request: message can't be deleted for everyone"
    assert bot.refused("deleteMessage", chat_id=chat, message_id=number) == words


def test_people_who_cannot_be_written_to(asha: Someone, bot: Caller, control: Control) -> None:
    assert bot.refused("sendMessage", chat_id=asha.id, text="x") == "Bad Request: chat not found"
    group = asha.does("create_group", title="Pune", bots=[123456])["chat_id"]
    words = "Forbidden: bot can't initiate conversation with a user"
    assert bot.refused("sendMessage", chat_id=asha.id, text="x") == words
    asha.does("start")
    assert bot.ok("sendMessage", chat_id=asha.id, text="x")
    asha.does("block")
    assert bot.call("sendMessage", chat_id=asha.id, text="x") == {
        "ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user",
    }  # fmt: skip
    asha.does("start")
    assert bot.ok("sendMessage", chat_id=asha.id, text="x")
    asha.does("set_rights", chat=group, rights={"can_send_photos": False})
    assert bot.ok("sendMessage", chat_id=group, text="x")
    picture = bot.ok("sendInvoice", chat_id=asha.id, **INVOICE)
    assert picture
    asha.does("set_rights", chat=group, rights={"can_send_messages": False})
    words = "Bad Request: not enough rights to send text messages to the chat"
    assert bot.refused("sendMessage", chat_id=group, text="x") == words
    asha.does("set_rights", chat=group, admin=True)
    assert bot.ok("sendMessage", chat_id=group, text="x")
    asha.does("remove_bot", chat=group)
    assert bot.refused("sendMessage", chat_id=group, text="x") == "Forbidden: bot was kicked from the group chat"


def test_people_may_allow_no_voice_notes_and_no_voice_note_becomes_a_picture(asha: Someone, bot: Caller) -> None:
    asha.does("start")
    asha.does("voice")
    note = bot.updates()[-1]["message"]["voice"]["file_id"]
    sent = bot.ok("sendVoice", chat_id=asha.id, voice=note)
    where = {"chat_id": asha.id, "message_id": sent["message_id"]}
    assert bot.ok("editMessageCaption", **where, caption="From Gopal")
    asha.does("document", file_name="a.pdf", text="%PDF")
    file = bot.updates()[-1]["message"]["document"]["file_id"]
    words = "Bad Request: there is no media in the message to edit"
    assert bot.refused("editMessageMedia", **where, media={"type": "document", "media": file}) == words
    asha.control.post("/control/users", {"id": asha.id, "forbids_voice": True})
    assert bot.refused("sendVoice", chat_id=asha.id, voice=note) == "Bad Request: VOICE_MESSAGES_FORBIDDEN"
    assert bot.ok("sendDocument", chat_id=asha.id, document=file)


def test_a_group_that_moved_says_where(asha: Someone, bot: Caller) -> None:
    group = asha.does("create_group", title="Pune", bots=[123456])["chat_id"]
    moved = asha.does("migrate", chat=group)["chat_id"]
    answer = bot.call("sendMessage", chat_id=group, text="x")
    assert answer["parameters"] == {"migrate_to_chat_id": moved}
    assert bot.ok("sendMessage", chat_id=moved, text="x")


def test_tokens_and_methods(bot: Caller, api: Any) -> None:
    stranger = Caller(api.url, "123456:WRONG").call("getMe")
    assert stranger == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert Caller(api.url, "nonsense").call("getMe")["error_code"] == 404
    assert bot.call("sendNothing") == {"ok": False, "error_code": 404, "description": "Not Found"}


def test_answers_to_presses(chat: int, asha: Someone, bot: Caller, control: Control) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    bot.ok("sendMessage", chat_id=chat, text="x", **button(callback_data="a"))
    assert bot.refused("answerCallbackQuery", callback_query_id="1") == too_old
    query = asha.does("press", label="b")["callback_id"]
    assert (
        bot.refused("answerCallbackQuery", callback_query_id=query, text="x" * 201) == "Bad Request: MESSAGE_TOO_LONG"
    )
    assert bot.ok("answerCallbackQuery", callback_query_id=query, text="done", show_alert=True)
    assert control.get("/control/state")["callbacks"][query]["text"] == "done"
    control.post("/control/limits", {"callback_seconds": 0})
    late = asha.does("press", label="b")["callback_id"]
    assert bot.refused("answerCallbackQuery", callback_query_id=late) == too_old


def test_an_unanswered_pre_checkout_expires(chat: int, asha: Someone, bot: Caller, control: Control) -> None:
    control.post("/control/limits", {"pre_checkout_seconds": 0.1})
    invoice = bot.ok("sendInvoice", chat_id=chat, **INVOICE)
    seq = asha.does("pay", message_id=invoice["message_id"])["seq"]
    query = bot.updates()[-1]["pre_checkout_query"]["id"]
    control.expect(f"{chat}:123456", seq + 1, 5, ["payment"])
    assert control.get("/control/state")["payments"][0]["state"] == "expired"
    late = bot.refused("answerPreCheckoutQuery", pre_checkout_query_id=query, ok=True)
    assert late.startswith("Bad Request: query is too old")


def _picture(width: int, height: int) -> str:
    packed = io.BytesIO()
    Image.new("1", (width, height)).save(packed, "PNG")
    return base64.b64encode(packed.getvalue()).decode()


def test_pictures_out_of_bounds(asha: Someone) -> None:
    for size in ((9000, 1001), (2100, 100)):
        with pytest.raises(ControlError, match="PHOTO_INVALID_DIMENSIONS"):
            asha.does("photo", photo=_picture(*size))
    with pytest.raises(ControlError, match="IMAGE_PROCESS_FAILED"):
        asha.does("photo", photo=base64.b64encode(b"nonsense").decode())
    assert asha.does("photo", photo=_picture(2000, 100))["ok"]


def test_file_ids_belong_to_one_bot(chat: int, asha: Someone, bot: Caller, control: Control, api: Any) -> None:
    control.post("/control/bots", {"token": "777:OTHER", "username": "other_bot"})
    other = Caller(api.url, "777:OTHER")
    asha.does("start", bot=777)
    asha.does("photo", photo="mango")
    mine = bot.updates()[-1]["message"]["photo"][-1]["file_id"]
    assert bot.ok("sendPhoto", chat_id=chat, photo=mine)
    wrong = "Bad Request: wrong file identifier/HTTP URL specified"
    assert other.refused("sendPhoto", chat_id=chat, photo=mine) == wrong
    assert bot.refused("sendPhoto", chat_id=chat, photo="nonsense") == wrong
    assert bot.refused("getFile", file_id="nonsense") == "Bad Request: invalid file_id"
    assert (
        bot.refused("sendPhoto", chat_id=chat, photo=mine, caption="x" * 1025)
        == "Bad Request: message caption is too long"
    )


def test_flood_limits_are_strict_when_asked(chat: int, bot: Caller, control: Control) -> None:
    for _ in range(6):
        bot.ok("sendMessage", chat_id=chat, text="x")
    control.post("/control/limits", {"strict_limits": True})
    answers = [bot.call("sendMessage", chat_id=chat, text="x") for _ in range(4)]
    assert [answer["ok"] for answer in answers] == [True, True, True, False]
    assert answers[3] == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
