"""Works the outbox off through python-telegram-bot: leases, sends, marks; retries, pauses and gives up as promised."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from telegram import Message
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.failpoints import failpoint
from bot.limiter import Limiter, Pace, seconds_of
from bot.render import Call, Picture, Setting, render
from bot.requests import AiohttpRequest
from bot.wake import Wake
from core.clock import Clock, machine_now
from core.config import Config
from core.db import Database
from core.members import groups
from core.members.models import Identity
from core.members.service import mark_unreachable
from core.messaging import media, outbox
from core.messaging.outbox import Due, Mark
from core.messaging.screen import Screen
from core.notices import post

log = structlog.get_logger()
IN_FLIGHT = 64
BULK_IN_FLIGHT = 8
IDLE_SECONDS = 0.5
_SAME = "message is not modified"
_GONE = ("message to edit not found", "message can't be edited", "there is no text in the message", "no caption in")


@dataclass(frozen=True)
class Post:
    """A letter ready to go: its row and the call, or None when it is no longer true."""

    row: Due
    screen: Screen | None
    call: Call | None


def make_bot(config: Config) -> ExtBot[Pace]:
    """The speaking bot, with our request class and limiter."""
    return ExtBot(
        config.bot_token or "", base_url=f"{config.bot_api_url}/bot", base_file_url=f"{config.bot_api_url}/file/bot",
        request=AiohttpRequest(), get_updates_request=AiohttpRequest(), rate_limiter=Limiter(),
    )  # fmt: skip


class Sender:
    """Keeps up to 64 sends under way; what ended and what comes next share one commit."""

    def __init__(self, database: Database, clock: Clock, bot: ExtBot[Pace], bell: Wake, config: Config) -> None:
        self._database, self._clock, self._bot, self._bell, self._config = database, clock, bot, bell, config
        self._running: dict[asyncio.Task[Ended], Due] = {}
        self._ended: list[Ended] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then what is under way is finished and marked."""
        while not stop.is_set():
            try:
                started = self._turn()
            except OperationalError as error:
                log.error("database_unreachable", error=str(error.orig).splitlines()[0] if error.orig else "")
                await asyncio.sleep(1)
                continue
            if not started:
                await self._rest()
        if self._running:
            await asyncio.wait(self._running, timeout=10)
        self._collect()
        self._mark_all()

    def _turn(self) -> int:
        """Mark what ended and lease what comes next, in one transaction; start the sends."""
        self._collect()
        room = IN_FLIGHT - len(self._running)
        bulk = BULK_IN_FLIGHT - sum(row.priority == outbox.BULK for row in self._running.values())
        now, ended = self._clock.now(), self._ended
        with self._database.writing() as session:
            self._mark(session, ended)
            rows = outbox.claim(session, now, machine_now(), room, bulk=max(bulk, 0)) if room else []
            posts = [self._prepare(session, row) for row in rows]
        self._ended = []
        failpoint("sender_claimed")
        for item in posts:
            self._running[asyncio.get_running_loop().create_task(self._send(item))] = item.row
        return len(posts)

    async def _rest(self) -> None:
        """Wait for a send to end, a ring of the bell, or half a second."""
        bell = asyncio.ensure_future(self._bell.wait(IDLE_SECONDS))
        await asyncio.wait([bell, *self._running], return_when=asyncio.FIRST_COMPLETED)
        bell.cancel()

    def _collect(self) -> None:
        for task in [task for task in self._running if task.done()]:
            del self._running[task]
            self._ended.append(task.result())

    def _mark_all(self) -> None:
        with self._database.writing() as session:
            self._mark(session, self._ended)
        self._ended = []

    def _mark(self, session: Session, ended: list[Ended]) -> None:
        if not ended:
            return
        failpoint("sender_before_mark")
        outbox.mark(session, [item.mark for item in ended], machine_now())
        for item in ended:
            self._learn(session, item)

    def _learn(self, session: Session, item: Ended) -> None:
        """What a send taught us: a card's place, a picture's file id, who blocked us, where a group went."""
        post_ = item.post
        if item.message is not None and post_.call is not None:
            shown = item.message
            if post_.call.uploads and shown.photo:
                best = shown.photo[-1]
                media.remember_file_id(
                    session, bot_id=post_.row.bot_id, media_id=post_.call.uploads, file_id=best.file_id,
                    unique_id=best.file_unique_id,
                )  # fmt: skip
            if post_.screen is not None and post_.screen.card:
                outbox.keep_card(
                    session, post_.row, post_.screen.card, shown.message_id, has_photo=bool(shown.photo),
                    now=machine_now(),
                )  # fmt: skip
        if item.mark.state == "unreachable":
            self._unreachable(session, post_.row)
        if item.moved_to is not None:
            groups.group_migrated(
                session, bot_id=post_.row.bot_id, old_chat_id=post_.row.chat_id, new_chat_id=item.moved_to
            )

    def _unreachable(self, session: Session, row: Due) -> None:
        found = select(Identity).where(Identity.bot_id == row.bot_id, Identity.chat_id == row.chat_id)
        for identity in session.scalars(found):
            mark_unreachable(session, identity, now=self._clock.now())

    def _prepare(self, session: Session, row: Due) -> Post:
        if row.kind == "notice":
            screen = post.prepare(session, row.payload, self._clock.now())
            if screen is not None:
                screen = replace(screen, silent=screen.silent or bool(row.payload.get("silent")))
        else:
            screen = Screen.from_json(row.payload["screen"])
        if screen is None:
            return Post(row, None, None)
        origin = self._origin(session, row, screen)
        setting = Setting(
            row.chat_id, self._bot.username, self._config.payment_provider_token, origin,
            self._picture(session, row, screen),
        )  # fmt: skip
        return Post(row, screen, render(screen, setting))

    def _origin(self, session: Session, row: Due, screen: Screen) -> tuple[int, bool] | None:
        if screen.card and screen.edit:
            card = outbox.card_of(session, row.bot_id, row.chat_id, screen.card)
            if card is not None:
                return card.message_id, card.has_photo
        given = row.payload.get("origin")
        return (given[0], given[1]) if given else None

    def _picture(self, session: Session, row: Due, screen: Screen) -> Picture | None:
        if screen.photo is None:
            return None
        file_id = media.file_id_for(session, row.bot_id, screen.photo)
        if file_id:
            return Picture(screen.photo, file_id, None)
        path = media.path_of(session, screen.photo)
        data = _read(self._config.media_dir / path) if path else None
        return Picture(screen.photo, None, data) if data else None

    async def _send(self, item: Post) -> Ended:
        if item.call is None:
            return Ended(item, Mark(item.row.id, item.row.fence, "dropped"))
        try:
            message = await self._call(item, item.call)
        except TelegramError as error:
            return self._failed(item, error)
        failpoint("sender_sent")
        return Ended(item, Mark(item.row.id, item.row.fence, "sent", message.message_id if message else None), message)

    async def _call(self, item: Post, call: Call) -> Message | None:
        pace = Pace(item.row.chat_id, call.is_edit, item.row.priority == outbox.BULK)
        try:
            result = await getattr(self._bot, call.method)(**call.args, rate_limit_args=pace)
        except BadRequest as error:
            reason = str(error).lower()
            if _SAME in reason:
                return None
            if call.fallback is not None and any(words in reason for words in _GONE):
                return await self._call(item, call.fallback)
            raise
        return result if isinstance(result, Message) else None

    def _failed(self, item: Post, error: TelegramError) -> Ended:
        row = item.row
        if isinstance(error, RetryAfter):
            later = machine_now() + timedelta(seconds=seconds_of(error))
            return Ended(item, Mark(row.id, row.fence, "pending", error="429", retry_at=later, counted=False))
        if isinstance(error, ChatMigrated):
            again = Mark(row.id, row.fence, "pending", error="migrated", counted=False)
            return Ended(item, again, moved_to=error.new_chat_id)
        if isinstance(error, Forbidden):
            return Ended(item, Mark(row.id, row.fence, "unreachable", error=str(error)))
        if isinstance(error, BadRequest | InvalidToken) or not isinstance(error, NetworkError):
            log.error("message_refused", outbox=row.id, kind=row.kind, error=str(error))
            state = "unreachable" if "chat not found" in str(error).lower() else "dead"
            return Ended(item, Mark(row.id, row.fence, state, error=str(error)))
        return Ended(item, self._again(row, error))

    def _again(self, row: Due, error: TelegramError) -> Mark:
        now = machine_now()
        if row.attempts > 12 and now - row.created_at > outbox.GIVE_UP_AFTER:
            log.error("message_dead", outbox=row.id, attempts=row.attempts)
            return Mark(row.id, row.fence, "dead", error=str(error))
        return Mark(row.id, row.fence, "pending", error=str(error), retry_at=now + outbox.pause_after(row.attempts))


@dataclass(frozen=True)
class Ended:
    """How a send ended, with the message it made and, for a group that moved, its new id."""

    post: Post
    mark: Mark
    message: Message | None = None
    moved_to: int | None = None


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
