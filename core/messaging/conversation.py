"""Where a person stands in a chat: read once a turn, written with the turn's commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.messaging.models import Conversation


def load(session: Session, bot_id: int, chat_id: int, user_id: int) -> Conversation | None:
    """The row of this person in this chat, from the session when it was read before."""
    return session.get(Conversation, (bot_id, chat_id, user_id))


def ensure(session: Session, key: tuple[int, int, int], now: datetime) -> Conversation:
    """The row, made when there is none."""
    row = session.get(Conversation, key)
    if row is None:
        bot_id, chat_id, user_id = key
        row = Conversation(
            bot_id=bot_id, chat_id=chat_id, user_id=user_id, state=None, data={}, buttons=[], misses=0, updated_at=now
        )
        session.add(row)
    return row


def set_data(row: Conversation, data: dict[str, Any], now: datetime) -> None:
    """Replace the data; a new dict, since JSON columns notice only assignment."""
    row.data = dict(data)
    row.updated_at = now


def forget(session: Session, bot_id: int, chat_id: int) -> None:
    """Drop what is kept of a chat."""
    session.execute(delete(Conversation).where(Conversation.bot_id == bot_id, Conversation.chat_id == chat_id))
