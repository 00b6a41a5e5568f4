"""Reply markups: what the Bot API accepts as buttons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from simulator.params import Params
from simulator.refusals import Json, Refusal, bad
from simulator.text import check_encoding

SHAPE_RULE = "reply_markup is one of the four markups, rows of buttons"
DATA_RULE = "callback_data is 1-64 bytes"
_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
_FLAGS = (
    "resize_keyboard",
    "one_time_keyboard",
    "is_persistent",
    "selective",
    "remove_keyboard",
    "force_reply",
)
MAX_BUTTONS = 100
MAX_REPLY_BUTTONS = 300


def markup(params: Params, *, invoice: bool = False) -> Json | None:
    """The checked reply markup of a call, None when there is none."""
    raw = params.structure("reply_markup", "reply keyboard markup")
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise bad("object expected as reply markup", SHAPE_RULE)
    for name in _FLAGS:
        if not isinstance(raw.get(name, False), bool):
            raise bad(f'field "{name}" must be of type Boolean', SHAPE_RULE)
    if "inline_keyboard" in raw:
        return _inline(raw["inline_keyboard"], invoice=invoice)
    if "keyboard" in raw:
        return _reply(raw)
    return raw


def inline_only(params: Params, *, invoice: bool = False) -> Json | None:
    """Edits take inline keyboards only; an empty one removes the buttons."""
    value = markup(params, invoice=invoice)
    if value is not None and "inline_keyboard" not in value:
        raise bad("inline keyboard expected", "an edited message carries an inline keyboard or none")
    return value if value and value["inline_keyboard"] else None


def _rows(rows: Any, name: str) -> list[list[Any]]:
    if not isinstance(rows, list):
        raise bad(f'field "{name}" must be of type Array', SHAPE_RULE)
    for row in rows:
        if not isinstance(row, list):
            raise bad(f'field "{name}" must be an Array of Arrays', SHAPE_RULE)
    return [row for row in rows if row]


def _inline(raw: Any, *, invoice: bool) -> Json:
    rows = _rows(raw, "inline_keyboard")
    if sum(len(row) for row in rows) > MAX_BUTTONS:
        raise bad("reply markup is too long", f"at most {MAX_BUTTONS} inline buttons")
    checked = [[_inline_button(button) for button in row] for row in rows]
    for row_number, row in enumerate(checked):
        for place, button in enumerate(row):
            if button.get("pay") and (not invoice or (row_number, place) != (0, 0)):
                raise bad("BUTTON_TYPE_INVALID", "a pay button is the first button of an invoice")
    return {"inline_keyboard": checked}


def _inline_button(button: Any) -> Json:
    text = _button_text(button, "inline keyboard button")
    actions = [name for name in _ACTIONS if button.get(name) not in (None, "", False)]
    actions += [name for name in _ACTIONS[4:6] if button.get(name) == ""]
    if not actions:
        raise _unreadable("inline keyboard button", "Text buttons are unallowed in the inline keyboard")
    action = actions[0]
    if action == "callback_data":
        _check_data(button[action])
    elif action == "url":
        _check_url(str(button[action]))
    elif action == "web_app":
        _check_web_app(button[action], "inline keyboard button")
    elif action == "copy_text" and not 1 <= len(str(button[action].get("text", ""))) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID", "copy_text is 1-256 characters")
    extras = {name: button[name] for name in ("style", "icon_custom_emoji_id") if name in button}
    return {"text": text, action: button[action], **extras}


def _check_data(data: object) -> None:
    if not isinstance(data, str):
        raise _unreadable("inline keyboard button", 'Field "callback_data" must be of type String')
    check_encoding(data)
    if not 1 <= len(data.encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID", DATA_RULE)


def _check_url(url: str) -> None:
    parts = urlsplit(url if "://" in url or url.startswith("tg:") else f"http://{url}")
    if parts.scheme not in {"http", "https", "tg", "ton", "tonsite"}:
        raise bad(
            f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol",
            "a button URL is http(s) or tg",
        )
    if parts.scheme in {"http", "https"} and "." not in parts.netloc:
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL", "a button URL has a host")
    if any(character.isspace() for character in url):
        raise bad("BUTTON_URL_INVALID", "a button URL has no spaces")


def _check_web_app(web_app: Any, what: str) -> None:
    url = str(web_app.get("url", "")) if isinstance(web_app, dict) else ""
    if not url.startswith("https://"):
        raise bad(f"{what} Web App URL '{url}' is invalid: Only HTTPS links are allowed", "Web Apps are https")


def _reply(raw: Json) -> Json:
    rows = _rows(raw["keyboard"], "keyboard")
    if not rows:
        raise bad("reply keyboard must be non-empty", "a reply keyboard has a button")
    if sum(len(row) for row in rows) > MAX_REPLY_BUTTONS:
        raise bad("reply markup is too long", f"at most {MAX_REPLY_BUTTONS} reply buttons")
    if len(str(raw.get("input_field_placeholder", ""))) > 64:
        raise bad("REPLY_MARKUP_INVALID", "input_field_placeholder is at most 64 characters")
    return {**raw, "keyboard": [[_reply_button(button) for button in row] for row in rows]}


def _reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    _button_text(button, "keyboard button")
    if button.get("web_app"):
        _check_web_app(button["web_app"], "keyboard button")
    return dict(button)


def _button_text(button: Any, what: str) -> str:
    if not isinstance(button, dict):
        raise _unreadable(what, "Object expected")
    if "text" not in button:
        raise _unreadable(what, 'Can\'t find field "text"')
    text = button["text"]
    if not isinstance(text, str):
        raise _unreadable(what, 'Field "text" must be of type String')
    check_encoding(text)
    if not text.strip():
        raise bad(f"{what} text must be non-empty", "a button has a text")
    return text


def _unreadable(what: str, words: str) -> Refusal:
    return bad(f"can't parse {what}: {words}", SHAPE_RULE)
