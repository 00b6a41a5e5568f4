"""Sends one letter and says how that ended: sent, refused for good, blocked, or to be tried again and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from telegram import Message
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.failpoints import failpoint
from bot.fetching import NoRoom, fetched
from bot.limiter import Pace, seconds_of
from bot.render import Call
from bot.requests import TokenRefused
from core.clock import machine_now
from core.messaging import outbox
from core.messaging.keeping import Kept
from core.messaging.outbox import Due, Mark
from core.messaging.screen import Screen

log = structlog.get_logger()
NO_ROOM_PAUSE = NO_TOKEN_PAUSE = timedelta(minutes=1)
_SAME = "message is not modified"
_NO_RIGHTS = ("not enough rights", "no rights to send", "have no rights", "chat_write_forbidden")
_OTHERWISE = (  # the message cannot be edited, or not shown so
    "message to edit not found", "message can't be edited", "there is no text in the message", "no caption in",
    "no media in the message", "voice_messages_forbidden", "rights to send photos", "wrong file identifier",
    "image_process_failed", "photo_invalid_dimensions", "photo_save_file_invalid",
)  # fmt: skip


@dataclass(frozen=True)
class Post:
    """A letter ready to go: its row and the call; no call when it is no longer true, or where a file is fetched."""

    row: Due
    screen: Screen | None
    call: Call | None
    broken: str | None = None  # why it could not be made ready
    folder: Path | None = None  # where a fetched file is kept


@dataclass(frozen=True)
class Ended:
    """How a send ended: the message it made, the file it fetched and kept, or where a group moved."""

    post: Post
    mark: Mark
    message: Message | None = None
    kept: Kept | None = None
    moved_to: int | None = None


async def deliver(bot: ExtBot[Pace], post: Post) -> Ended:
    """Send (or fetch) once. Never raises what the messenger answers."""
    row = post.row
    if post.broken is not None:
        return Ended(post, Mark(row.id, row.fence, "dead", error=post.broken[:500]))
    if post.folder is None and post.call is None:
        return Ended(post, Mark(row.id, row.fence, "dropped"))
    try:
        if post.folder is not None:
            return Ended(post, Mark(row.id, row.fence, "sent"), kept=await fetched(bot, row.payload, post.folder))
        message = await _call(bot, post, post.call)
    except NoRoom as error:
        return _no_room(post, error)
    except TelegramError as error:
        return _failed(post, error)
    except Exception as error:  # a bug in one letter must not stop the others
        log.error("message_broken", outbox=row.id, kind=row.kind, exc_info=error)
        return Ended(post, Mark(row.id, row.fence, "dead", error=f"{type(error).__name__}: {error}"[:500]))
    failpoint("sender_sent")
    return Ended(post, Mark(row.id, row.fence, "sent", message.message_id if message else None), message)


async def _call(bot: ExtBot[Pace], post: Post, call: Call | None) -> Message | None:
    if call is None:
        return None
    pace = Pace(post.row.chat_id, call.is_edit, post.row.priority == outbox.BULK)
    try:
        result = await getattr(bot, call.method)(**call.args, rate_limit_args=pace)
    except (BadRequest, InvalidToken) as error:
        reason = str(error).lower()
        if _SAME in reason:
            return None
        unknown = isinstance(error, InvalidToken)  # a 404: not every server has every method
        if call.fallback is not None and (unknown or any(words in reason for words in _OTHERWISE)):
            return await _call(bot, post, call.fallback)
        raise
    return result if isinstance(result, Message) else None


def _no_room(post: Post, error: NoRoom) -> Ended:
    """A file is never given up for want of room: it is fetched again until there is some."""
    row = post.row
    log.error("media_not_kept", media=row.payload["media"], error=str(error))
    return _waits(post, f"not kept: {error}", NO_ROOM_PAUSE)


def _waits(post: Post, error: str, pause: timedelta) -> Ended:
    """Nothing is wrong with the letter: it goes again after a pause, and no try is counted."""
    later = machine_now() + pause
    return Ended(post, Mark(post.row.id, post.row.fence, "pending", error=error, retry_at=later, counted=False))


def _failed(post: Post, error: TelegramError) -> Ended:
    row = post.row
    if isinstance(error, RetryAfter):
        return _waits(post, "429", timedelta(seconds=seconds_of(error)))
    if isinstance(error, TokenRefused):  # letters wait for whoever starts us with the new one
        log.error("token_refused", outbox=row.id, error=str(error))
        return _waits(post, "401", NO_TOKEN_PAUSE)
    if isinstance(error, ChatMigrated):
        again = Mark(row.id, row.fence, "pending", error="migrated", counted=False)
        return Ended(post, again, moved_to=error.new_chat_id)
    if row.kind == "commands" and isinstance(error, BadRequest | Forbidden | InvalidToken):
        log.warning("menu_refused", outbox=row.id, error=str(error))  # nobody misses a message, nor is out of reach
        return Ended(post, Mark(row.id, row.fence, "dropped", error=str(error)))
    if isinstance(error, Forbidden):
        return Ended(post, Mark(row.id, row.fence, "unreachable", error=str(error)))
    if isinstance(error, BadRequest | InvalidToken) or not isinstance(error, NetworkError):
        log.error("message_refused", outbox=row.id, kind=row.kind, error=str(error))
        reason = str(error).lower()
        shut = "chat not found" in reason or any(words in reason for words in _NO_RIGHTS)
        state = "unreachable" if shut else "dead"
        return Ended(post, Mark(row.id, row.fence, state, error=str(error)))
    return Ended(post, _again(row, error))


def _again(row: Due, error: TelegramError) -> Mark:
    now = machine_now()
    long_ago = row.first_failed_at is not None and now - row.first_failed_at > outbox.GIVE_UP_AFTER
    if long_ago and row.attempts > outbox.GIVE_UP_TRIES:
        log.error("message_dead", outbox=row.id, attempts=row.attempts)
        return Mark(row.id, row.fence, "dead", error=str(error))
    return Mark(row.id, row.fence, "pending", error=str(error), retry_at=now + outbox.pause_after(row.attempts))
