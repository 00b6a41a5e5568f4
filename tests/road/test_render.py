"""A screen becomes the right call: an edit, a caption, a new message, with a way out, within the messenger's limits."""

from __future__ import annotations

import pytest

from bot.render import Picture, Setting, fitting, render
from core.messaging.screen import Invoice, Press, Screen, Tile, button

HERE = Setting(5, "farmgate_bot")
PHOTO = Picture(3, "file-id", None)


def _from(origin: tuple[int, bool] | None, picture: Picture | None = None) -> Setting:
    return Setting(5, "farmgate_bot", None, origin, picture)


def test_without_an_origin_it_is_a_new_message() -> None:
    call = render(Screen("Hello"), HERE)
    assert (call.method, call.args["text"], call.is_edit) == ("send_message", "Hello", False)


def test_a_press_edits_its_message_and_has_a_way_out() -> None:
    call = render(Screen("Hello"), _from((9, False)))
    assert (call.method, call.args["message_id"], call.is_edit) == ("edit_message_text", 9, True)
    assert call.fallback is not None
    assert call.fallback.method == "send_message"


def test_under_a_picture_the_caption_changes() -> None:
    call = render(Screen("Hello", photo=3), _from((9, True), PHOTO))
    assert (call.method, call.args["caption"]) == ("edit_message_caption", "Hello")
    assert call.fallback is not None
    assert call.fallback.method == "send_photo"


def test_a_text_cannot_become_a_picture() -> None:
    assert render(Screen("Hello", photo=3), _from((9, False), PHOTO)).method == "send_photo"


def test_a_picture_without_a_file_id_is_uploaded_and_its_id_learned() -> None:
    call = render(Screen("Hello", photo=3), _from(None, Picture(3, None, b"jpeg")))
    assert (call.args["photo"], call.uploads) == (b"jpeg", 3)


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
