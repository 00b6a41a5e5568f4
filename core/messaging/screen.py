"""What a person is shown, as plain data: text, buttons, picture, file, voice, invoice. One renderer makes the calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

CALLBACK_BYTES = 64
SHOWN = ("photo", "document", "voice")  # the media a screen may show


@dataclass(frozen=True, slots=True)
class Press:
    """What a button carries: an action, the id and revision of its subject, and at most one small value."""

    action: str
    id: int = 0
    rev: int = 0
    value: str = ""

    def data(self) -> str:
        """The callback as sent. Raises ValueError beyond the messenger's 64 bytes."""
        text = f"{self.action}:{self.id}:{self.rev}" + (f":{self.value}" if self.value else "")
        if len(text.encode()) > CALLBACK_BYTES:
            raise ValueError(f"callback longer than {CALLBACK_BYTES} bytes: {text}")
        return text


def parse_press(data: str | None) -> Press | None:
    """A press from callback data; None for anything we did not write."""
    parts = (data or "").split(":", 3)
    if len(parts) < 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts[1:3]):
        return None
    return Press(parts[0], int(parts[1]), int(parts[2]), parts[3] if len(parts) == 4 else "")


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: it presses, opens a link, starts our bot with a payload, or opens a group picker."""

    label: str
    press: str | None = None
    url: str | None = None
    start: str | None = None  # deep link payload to our bot
    start_group: str | None = None  # add the bot to a group, with this payload
    share: str | None = None  # open the chat picker with this inline query
    copy: str | None = None  # put this text on the clipboard


def button(label: str, action: str, id: int = 0, rev: int = 0, value: object = "") -> Button:
    """A pressing button; `value` is a small ASCII argument."""
    return Button(label, press=Press(action, id, rev, str(value)).data())


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the persistent reply keyboard; `asks` is "contact" or "location" when it shares one."""

    label: str
    asks: str | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """A messenger invoice for one payment; `payload` is our key of it."""

    title: str
    description: str
    payload: str
    currency: str
    minor: int
    label: str


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """One message. `edit` replaces the message the press came from; `card` names a message that later screens edit.

    At most one of `photo`, `document` and `voice` goes with it: a media id, of a row of that kind. A screen without one
    leaves what the message shows, so that people keep seeing what they decide about; `bare` never stands under it.
    """

    text: str
    rows: Rows = ()
    photo: int | None = None
    document: int | None = None
    voice: int | None = None
    invoice: Invoice | None = None
    keyboard: tuple[tuple[Tile, ...], ...] | None = None
    remove_keyboard: bool = False
    edit: bool = True
    card: str | None = None
    silent: bool = False
    bare: bool = False
    export: int | None = None  # a member, whose data go with it as a file made when it is sent

    @property
    def media(self) -> tuple[str, int] | None:
        """What goes with the words: its kind and media id."""
        found = ((kind, getattr(self, kind)) for kind in SHOWN)
        return next(((kind, media_id) for kind, media_id in found if media_id is not None), None)

    def fresh(self) -> Screen:
        """The same, sent as a new message."""
        return replace(self, edit=False)

    def presses(self) -> list[tuple[str, str]]:
        """(label, callback) of the pressing buttons in reading order: what the digits 1, 2, 3 press."""
        return [(item.label, item.press) for row in self.rows for item in row if item.press]

    def to_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"text": self.text, "edit": self.edit}
        if self.rows:
            said["rows"] = [[_said(item) for item in row] for row in self.rows]
        if self.keyboard:
            said["keyboard"] = [[_said(tile) for tile in row] for row in self.keyboard]
        if self.invoice is not None:
            said["invoice"] = _said(self.invoice)
        for name in (*SHOWN, "remove_keyboard", "card", "silent", "bare", "export"):
            if getattr(self, name) not in (None, False):
                said[name] = getattr(self, name)
        return said

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Screen:
        known = dict(data)
        known["rows"] = tuple(tuple(Button(**item) for item in row) for row in data.get("rows", ()))
        if data.get("keyboard"):
            known["keyboard"] = tuple(tuple(Tile(**tile) for tile in row) for row in data["keyboard"])
        if data.get("invoice"):
            known["invoice"] = Invoice(**data["invoice"])
        return cls(**known)


def _said(part: Button | Tile | Invoice) -> dict[str, Any]:
    """What is set of a part; dataclasses' own asdict copies deeply and took a quarter of queueing a screen."""
    return {name: value for name in part.__slots__ if (value := getattr(part, name)) is not None}


def rows_of(buttons: Iterable[Button], per_row: int) -> Rows:
    """Buttons laid out in rows of `per_row`."""
    flat = list(buttons)
    return tuple(tuple(flat[start : start + per_row]) for start in range(0, len(flat), per_row))
