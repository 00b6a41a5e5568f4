"""Turns a Screen into Bot API calls: the only place that knows messages, edits, media, invoices and keyboards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from telegram import InputFile, InputMediaDocument, InputMediaPhoto, LabeledPrice

from core.messaging.screen import Button, Invoice, Rows, Screen

TEXT_UNITS = 4096  # UTF-16 units, as the messenger counts
CAPTION_UNITS = 1024
_INPUT = {"photo": InputMediaPhoto, "document": InputMediaDocument}  # no message becomes a voice note


@dataclass(frozen=True)
class Medium:
    """A photo, document or voice to send: the messenger's own id of it, else bytes and a name; its row for later."""

    kind: str
    media_id: int | None  # none: made for this message alone
    file_id: str | None = None
    data: bytes = b""
    name: str = ""

    @property
    def given(self) -> str | InputFile:
        """As the library takes it."""
        return self.file_id or InputFile(self.data, filename=self.name or None)

    @property
    def uploads(self) -> int | None:
        """The media id whose file id the messenger will tell."""
        return None if self.file_id else self.media_id


@dataclass(frozen=True)
class Call:
    """One ExtBot call; `uploads` is the media id whose file id the result will tell."""

    method: str
    args: dict[str, Any] = field(default_factory=dict)
    uploads: int | None = None
    is_edit: bool = False
    fallback: Call | None = None  # when the message to edit is gone or cannot become this, or such a medium is refused


@dataclass(frozen=True)
class Setting:
    """What rendering needs to know around the screen."""

    chat_id: int
    username: str
    provider_token: str | None = None
    origin: tuple[int, bool] | None = None  # (message id, has a medium) to edit
    medium: Medium | None = None


def render(screen: Screen, setting: Setting) -> Call:
    """The call that shows `screen` in this chat."""
    if screen.invoice is not None:
        return _invoice(screen.invoice, screen, setting)
    new = _text(screen, setting) if setting.medium is None else _captioned(screen, setting, setting.medium)
    if setting.origin is None or screen.keyboard or screen.remove_keyboard:
        return new
    return _edit(screen, setting, setting.origin, new)


def fitting(text: str, units: int) -> str:
    """`text` cut to so many UTF-16 units, with an ellipsis where something was cut."""
    if len(text.encode("utf-16-le")) // 2 <= units:
        return text
    cut = text.encode("utf-16-le")[: (units - 1) * 2].decode("utf-16-le", errors="ignore")
    return cut + "…"


def _text(screen: Screen, setting: Setting) -> Call:
    args: dict[str, Any] = {
        "chat_id": setting.chat_id, "text": fitting(screen.text, TEXT_UNITS), "disable_notification": screen.silent,
        "reply_markup": _markup(screen, setting), "link_preview_options": {"is_disabled": True},
    }  # fmt: skip
    return Call("send_message", args)


def _captioned(screen: Screen, setting: Setting, medium: Medium) -> Call:
    args: dict[str, Any] = {
        "chat_id": setting.chat_id, medium.kind: medium.given, "caption": fitting(screen.text, CAPTION_UNITS),
        "disable_notification": screen.silent, "reply_markup": _markup(screen, setting),
    }  # fmt: skip
    # people may allow no voice notes and groups no pictures: then the words come alone; of a file they would be untrue
    fallback = _text(screen, setting) if medium.kind != "document" else None
    return Call(f"send_{medium.kind}", args, medium.uploads, fallback=fallback)


def _edit(screen: Screen, setting: Setting, origin: tuple[int, bool], new: Call) -> Call:
    message_id, shows_medium = origin
    where = {"chat_id": setting.chat_id, "message_id": message_id, "reply_markup": _markup(screen, setting)}
    medium = setting.medium
    if not shows_medium and medium is None:
        args = {**where, "text": fitting(screen.text, TEXT_UNITS), "link_preview_options": {"is_disabled": True}}
        return Call("edit_message_text", args, is_edit=True, fallback=new)
    if shows_medium and medium is None and not screen.bare:
        # the picture stays: people keep seeing what they are deciding about, and little is sent
        args = {**where, "caption": fitting(screen.text, CAPTION_UNITS)}
        return Call("edit_message_caption", args, is_edit=True, fallback=new)
    if shows_medium and medium is not None and medium.kind in _INPUT:
        shown = _INPUT[medium.kind](medium.given, caption=fitting(screen.text, CAPTION_UNITS))
        return Call("edit_message_media", {**where, "media": shown}, medium.uploads, is_edit=True, fallback=new)
    return new


def _invoice(invoice: Invoice, screen: Screen, setting: Setting) -> Call:
    args: dict[str, Any] = {
        "chat_id": setting.chat_id, "title": invoice.title[:32], "description": invoice.description[:255],
        "payload": invoice.payload, "provider_token": setting.provider_token or "", "currency": invoice.currency,
        "prices": [LabeledPrice(invoice.label, invoice.minor)],
    }  # fmt: skip
    return Call("send_invoice", args)


def _markup(screen: Screen, setting: Setting) -> dict[str, Any] | None:
    if screen.rows:
        return inline_keyboard(screen.rows, setting.username)
    if screen.keyboard:
        tiles = [[_tile(tile.label, tile.asks) for tile in row] for row in screen.keyboard]
        return {"keyboard": tiles, "resize_keyboard": True, "is_persistent": True}
    return {"remove_keyboard": True} if screen.remove_keyboard else None


def inline_keyboard(rows: Rows, username: str) -> dict[str, Any]:
    """The buttons under a message of ours."""
    return {"inline_keyboard": [[_inline(item, username) for item in row] for row in rows]}


def _inline(item: Button, username: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"text": item.label}
    if item.press is not None:
        shown["callback_data"] = item.press
    elif item.url is not None:
        shown["url"] = item.url
    elif item.start is not None:
        shown["url"] = f"https://t.me/{username}?start={item.start}"
    elif item.start_group is not None:
        shown["url"] = f"https://t.me/{username}?startgroup={item.start_group}"
    elif item.copy is not None:
        shown["copy_text"] = {"text": item.copy}
    else:
        shown["switch_inline_query"] = item.share or ""
    return shown


def _tile(label: str, asks: str | None) -> dict[str, Any]:
    tile: dict[str, Any] = {"text": label}
    if asks is not None:
        tile[f"request_{asks}"] = True
    return tile
