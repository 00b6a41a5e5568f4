"""What a send teaches us: a card's place, a picture's file id, a fetched file, who blocked us, where a group went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram import Message

from bot.delivering import Ended
from core.members import groups
from core.members.models import Identity
from core.members.service import mark_unreachable
from core.messaging import media, outbox
from core.messaging.outbox import Due


def teaches(ended: Ended) -> bool:
    """Whether there is anything to write down beside the mark: of most answers there is not."""
    call, screen = ended.post.call, ended.post.screen
    shown = ended.message is not None and bool((call and call.uploads) or (screen and screen.card))
    return shown or ended.kept is not None or ended.mark.state == "unreachable" or ended.moved_to is not None


def learn(session: Session, ended: Ended, now: datetime) -> None:
    """Write down what this send taught, in the transaction that marks it."""
    row = ended.post.row
    if ended.message is not None:
        _learn_message(session, ended, ended.message, now)
    if ended.kept is not None:
        found = media.media_of(session, row.payload["media"])
        if found is not None:
            media.note_kept(found, ended.kept)
    if ended.mark.state == "unreachable":
        _unreachable(session, row, ended.mark.error or "", now)
    if ended.moved_to is not None:
        groups.group_migrated(session, bot_id=row.bot_id, old_chat_id=row.chat_id, new_chat_id=ended.moved_to)


def _learn_message(session: Session, ended: Ended, message: Message, now: datetime) -> None:
    row, call, screen = ended.post.row, ended.post.call, ended.post.screen
    sent = message.photo[-1] if message.photo else message.document or message.voice
    if call is not None and call.uploads and sent is not None:
        media.remember_file_id(
            session, bot_id=row.bot_id, media_id=call.uploads, file_id=sent.file_id, unique_id=sent.file_unique_id
        )
    if screen is not None and screen.card:
        outbox.keep_card(session, row, screen.card, message.message_id, has_media=sent is not None, now=now)


def _unreachable(session: Session, row: Due, error: str, now: datetime) -> None:
    """A person blocked the bot; a group put it out, or does not let it write."""
    group = groups.find_group(session, bot_id=row.bot_id, chat_id=row.chat_id)
    if group is not None and "rights" not in error.lower() and "write_forbidden" not in error.lower():
        groups.group_removed(session, group)
    elif group is not None:
        groups.rights_lost(session, group, now=now)
    found = select(Identity).where(Identity.bot_id == row.bot_id, Identity.chat_id == row.chat_id)
    for identity in session.scalars(found):
        mark_unreachable(session, identity, now=now)
