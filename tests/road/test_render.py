"""A screen becomes the right call: an edit, a caption, a new message, with a way out, within the messenger's limits."""

from __future__ import annotations

import pytest

from bot.render import Medium, Setting, fitting, render
from core.messaging.screen import Invoice, Press, Screen, Tile, button

HERE = Setting(5, "farmgate_bot")
PHOTO = Medium("photo", 3, "file-id")
LICENCE = Medium("document", 4, "file-id")


def _from(origin: tuple[int, bool] | None, medium: Medium | None = None) -> Setting:
    return Setting(5, "farmgate_bot", None, origin, medium)


def test_without_an_origin_it_is_a_new_message() -> None:
    call = render(Screen("Hello"), HERE)
    assert (call.method, call.args["text"], call.is_edit) == ("send_message", "Hello", False)


def test_a_press_edits_its_message_and_has_a_way_out() -> None:
    call = render(Screen("Hello"), _from((9, False)))
    assert (call.method, call.args["message_id"], call.is_edit) == ("edit_message_text", 9, True)
    assert call.fallback is not None
    assert call.fallback.method == "send_message"


def test_under_a_picture_the_caption_changes() -> None:
    call = render(Screen("Hello"), _from((9, True)))
    assert (call.method, call.args["caption"]) == ("edit_message_caption", "Hello")
    assert call.fallback is not None
    assert call.fallback.method == "send_message"


@pytest.mark.parametrize(("medium", "kind"), [(PHOTO, "photo"), (LICENCE, "document")])
def test_a_screen_with_a_medium_of_its_own_replaces_the_one_shown(medium: Medium, kind: str) -> None:
    call = render(Screen("Hello"), _from((9, True), medium))
    assert (call.method, call.args["media"].type, call.args["media"].media) == ("edit_message_media", kind, "file-id")
    assert call.fallback is not None
    assert call.fallback.method == f"send_{kind}"


def test_a_bare_screen_never_stands_under_the_picture_of_another() -> None:
    assert render(Screen("Hello", bare=True), _from((9, True))).method == "send_message"
    assert render(Screen("Hello", bare=True), _from((9, False))).method == "edit_message_text"


def test_where_no_picture_may_come_its_words_do_and_of_a_file_they_do_not() -> None:
    call = render(Screen("Hello", photo=3), _from(None, PHOTO))
    assert call.fallback is not None
    assert (call.fallback.method, call.fallback.args["text"]) == ("send_message", "Hello")
    assert render(Screen("Hello", document=4), _from(None, LICENCE)).fallback is None


def test_a_voice_note_is_a_new_message_and_where_none_may_come_its_words_are() -> None:
    call = render(Screen("Hello", voice=3), _from((9, True), Medium("voice", 3, "file-id")))
    assert (call.method, call.args["voice"], call.args["caption"]) == ("send_voice", "file-id", "Hello")
    assert call.fallback is not None
    assert (call.fallback.method, call.fallback.args["text"]) == ("send_message", "Hello")


def test_a_file_is_uploaded_under_a_name_of_ours() -> None:
    call = render(Screen("Hello", document=4), _from(None, Medium("document", 4, None, b"%PDF", "document-4.pdf")))
    assert (call.method, call.args["document"].filename, call.uploads) == ("send_document", "document-4.pdf", 4)


def test_a_screen_says_what_it_shows_and_reads_back_the_same() -> None:
    for screen in (Screen("a", photo=1), Screen("b", document=2, bare=True), Screen("c", voice=3), Screen("d")):
        assert Screen.from_json(screen.to_json()) == screen
    assert Screen("b", document=2).media == ("document", 2)


def test_a_text_cannot_become_a_picture() -> None:
    assert render(Screen("Hello", photo=3), _from((9, False), PHOTO)).method == "send_photo"


def test_a_picture_without_a_file_id_is_uploaded_and_its_id_learned() -> None:
    call = render(Screen("Hello", photo=3), _from(None, Medium("photo", 3, None, b"jpeg")))
    assert (call.args["photo"].input_file_content, call.uploads) == (b"jpeg", 3)


def test_a_keyboard_needs_a_new_message() -> None:
    call = render(Screen("Home", keyboard=((Tile("Share", "contact"),),)), _from((9, False)))
    assert call.method == "send_message"
    assert call.args["reply_markup"]["keyboard"] == [[{"text": "Share", "request_contact": True}]]


def test_an_invoice_is_an_invoice() -> None:
    call = render(Screen("", invoice=Invoice("T" * 40, "D" * 300, "pay-1", "INR", 500, "Deposit")), HERE)
    assert call.method == "send_invoice"
    assert (len(call.args["title"]), len(call.args["description"])) == (32, 255)


@pytest.mark.parametrize(("sign", "units"), [("a", 1), ("🥭", 2)])
def test_a_text_is_cut_to_4096_utf_16_units(sign: str, units: int) -> None:
    shown = render(Screen(sign * 5000), HERE).args["text"]
    assert len(shown.encode("utf-16-le")) // 2 <= 4096
    assert shown.endswith("…")
    assert fitting(sign * (4096 // units), 4096) == sign * (4096 // units)


def test_a_caption_is_cut_to_1024_units() -> None:
    shown = render(Screen("🥭" * 600, photo=3), _from(None, PHOTO)).args["caption"]
    assert len(shown.encode("utf-16-le")) // 2 <= 1024


def test_a_callback_is_at_most_64_bytes() -> None:
    assert len(button("x", "action", 2**53, 999, "v" * 10).press or "") <= 64
    with pytest.raises(ValueError, match="64"):
        Press("action", 2**63, 999, "v" * 60).data()
