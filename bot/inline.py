"""What inline mode answers: sales as results that whoever asked may post, each with the way to reserve it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.render import CAPTION_UNITS, TEXT_UNITS, fitting, inline_keyboard
from core.i18n import _
from core.messaging import media
from handlers.sharing import Offered, Offers

CACHE_SECONDS = 60  # per person, since each reads their own language


@dataclass(frozen=True)
class Shelf:
    """The answer to one inline query, as the Bot API takes it."""

    params: dict[str, Any]


def shelf(session: Session, bot_id: int, username: str, offers: Offers) -> Shelf:
    """Results for these offers; where there are none, the way to the market."""
    params: dict[str, Any] = {
        "results": [_result(session, bot_id, username, each) for each in offers.offered],
        "cache_time": CACHE_SECONDS, "is_personal": True,
        "next_offset": "" if offers.following is None else str(offers.following),
    }  # fmt: skip
    if not offers.offered:
        params["button"] = {"text": _("🛍 0 sales like that. See the market"), "start_parameter": "market"}
    return Shelf(params)


def _result(session: Session, bot_id: int, username: str, offered: Offered) -> dict[str, Any]:
    post = offered.post
    result = {
        "id": str(offered.id), "title": offered.title, "description": offered.description,
        "reply_markup": inline_keyboard(post.rows, username),
    }  # fmt: skip
    file_id = media.file_id_for(session, bot_id, post.photo) if post.photo else None
    if file_id:
        return {**result, "type": "photo", "photo_file_id": file_id, "caption": fitting(post.text, CAPTION_UNITS)}
    said = {"message_text": fitting(post.text, TEXT_UNITS), "link_preview_options": {"is_disabled": True}}
    return {**result, "type": "article", "input_message_content": said}
