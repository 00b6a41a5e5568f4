"""Makes a leased letter ready to go: words a notice, finds the message to edit and the picture, renders the call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import menu
from bot.delivering import Post
from bot.render import Call, Medium, Setting, render
from core.config import Config
from core.messaging import media, outbox
from core.messaging.outbox import Due
from core.messaging.screen import Screen
from core.notices import post
from core.notices.gentle import Later
from core.personal import export

log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """What preparing needs around the row."""

    config: Config
    username: str
    now: datetime


def prepare(session: Session, row: Due, desk: Desk) -> Post | None:
    """The call of a row; None when it was put off.

    A letter that cannot be worded is a bug of ours: it dies alone, and the others go out.
    """
    if row.kind == "fetch_file":
        return Post(row, None, None, folder=desk.config.media_dir)
    if row.kind == "drop_file":
        media.drop_file(session, row.payload["path"], desk.config.media_dir)
        return Post(row, None, None)
    try:
        if row.kind == "screen":  # the most usual: its words are there, and no statement is needed for them
            ready = Screen.from_json(row.payload["screen"])
            return Post(row, ready, _call(session, row, ready, desk))
        with session.begin_nested():  # a statement that fails would otherwise take the other letters with it
            if row.kind == "commands":
                return Post(row, None, menu.call_of(session, row, desk.config.default_language))
            screen = post.prepare(session, row, desk.now)
        if isinstance(screen, Later):
            outbox.put_off(session, row, screen.until)
            return None
        return Post(row, None, None) if screen is None else Post(row, screen, _call(session, row, screen, desk))
    except OperationalError:
        raise
    except Exception as error:  # any bug in any notice
        log.error("letter_unreadable", outbox=row.id, kind=row.kind, exc_info=error)
        return Post(row, None, None, f"{type(error).__name__}: {error}")


def _call(session: Session, row: Due, screen: Screen, desk: Desk) -> Call:
    setting = Setting(
        row.chat_id, desk.username, desk.config.payment_provider_token, _origin(session, row, screen),
        _medium(session, row, screen, desk),
    )  # fmt: skip
    return render(screen, setting)


def _origin(session: Session, row: Due, screen: Screen) -> tuple[int, bool] | None:
    if screen.card and screen.edit:
        card = outbox.card_of(session, row.bot_id, row.chat_id, screen.card)
        if card is not None:
            return card.message_id, card.has_media
    given = row.payload.get("origin")
    return (given[0], given[1]) if given else None


def _medium(session: Session, row: Due, screen: Screen, desk: Desk) -> Medium | None:
    """What the screen shows, by the messenger's own id or as bytes; None when neither is there."""
    if screen.export is not None:
        data = export.archive(session, screen.export, desk.config.media_dir)
        return Medium("document", None, data=data, name="farmgate.zip")
    if screen.media is None:
        return None
    kind, media_id = screen.media
    file_id = media.file_id_for(session, row.bot_id, media_id)
    if file_id:
        return Medium(kind, media_id, file_id)
    found = media.media_of(session, media_id)
    path = desk.config.media_dir / found.path if found is not None and found.path else None
    if found is None or path is None or not path.exists():
        return None
    return Medium(kind, media_id, data=path.read_bytes(), name=media.name_of(found))
