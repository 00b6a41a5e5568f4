"""Works the inbox off: one update, one transaction; then the answer to a press or inline query, best effort, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.fsm.context import FSMContext
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from bot import intake
from bot.answers import Answers
from bot.dispatcher import Refused, Told, feed
from bot.failpoints import failpoint
from bot.inline import Shelf
from bot.storage import Hand, hand
from bot.wake import Wake, pause
from core import audit
from core.clock import Clock, machine_now
from core.db import RETRIES, Database, is_away, is_passing
from core.i18n import _, speaking
from core.messaging import conversation, inbox, outbox
from core.messaging.concluding import conclude
from core.messaging.inbox import Claimed
from core.messaging.lease import LeaseLost
from core.messaging.outbox import Letter
from core.messaging.screen import Screen
from handlers.dispatch import refusal
from handlers.turn import Toast, Turn, listed

log = structlog.get_logger()
IDLE_SECONDS = 1.0


@dataclass(frozen=True)
class Bench:
    """What a worker works with."""

    database: Database
    clock: Clock
    bot: Bot
    dispatcher: Dispatcher
    answers: Answers
    bell: Wake  # rings for the worker
    sender: Callable[[], None]  # wakes the sender


@dataclass(frozen=True)
class Done:
    """An update whose effect is committed once its group is: what came, and what to tell the person at once."""

    raw: dict[str, Any]
    told: Told


Begin = Callable[[], AbstractContextManager[Session]]


class Worker:
    """Claims the heads of the chats' lanes and handles them one after another on its own loop."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._failing = False
        self._held: list[Claimed] = []  # claimed and not yet committed: given back when the database returns

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; a database that is away is waited for."""
        while not stop.is_set():
            try:
                handled = await self.step()
                self._failing = False
            except DBAPIError as error:
                self._note_outage(error)
                await pause(1, stop)
                continue
            if not handled:
                await self._bench.bell.wait(IDLE_SECONDS, stop)

    async def step(self) -> int:
        """Handle what can be claimed now; returns how many updates that was."""
        with self._bench.database.writing() as session:
            inbox.give_back(session, self._held)
            claimed = inbox.claim(session, machine_now())
        self._held = list(claimed)
        if claimed:
            failpoint("worker_claimed")
        while self._held:
            handled = await self._handle_together(self._held)
            self._held = self._held[handled:]
            await asyncio.sleep(0)  # lets the answers to presses go out
        return len(claimed)

    async def _handle_together(self, items: Sequence[Claimed]) -> int:
        """Handle the first ones of these, as many as may share a commit; returns how many that was."""
        ended: list[Done | None] = []
        with self._bench.database.together() as shared:
            for item in items:
                ended.append(await self._handle(shared.begin, item))
                if shared.is_full:
                    break
        failpoint("worker_committed")
        self._bench.sender()
        for done in ended:
            if done is not None:
                self._answer(done.raw, done.told)
        return len(ended)

    async def _handle(self, begin: Begin, item: Claimed) -> Done | None:
        """One update in a transaction of its own; None when another worker has taken it over."""
        raw: dict[str, Any] = json.loads(item.raw)
        try:
            return await self._end(begin, item, raw)
        except LeaseLost:
            log.warning("lease_lost", seq=item.seq)
            return None

    async def _end(self, begin: Begin, item: Claimed, raw: dict[str, Any]) -> Done | None:
        if item.attempts > inbox.TRIES:  # nothing was raised: each try ended its process
            return self._set_back(begin, item, raw, RuntimeError("the process ended while this was handled"))
        try:
            return Done(raw, await self._effect(begin, item, raw))
        except LeaseLost:
            raise
        except Exception as error:  # anything that is not a refusal is a bug: set aside after five tries, never lost
            if (outage := outage_in(error)) is not None:
                raise outage from error
            return self._set_back(begin, item, raw, error)

    async def _effect(self, begin: Begin, item: Claimed, raw: dict[str, Any]) -> Told:
        """Again in place, up to five times, after a deadlock, a serialisation failure or a lock waited for too long."""
        for tried in range(1, RETRIES + 1):
            try:
                return await self._try(begin, item, raw)
            except OperationalError as error:
                if tried == RETRIES or not is_passing(error):
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    async def _try(self, begin: Begin, item: Claimed, raw: dict[str, Any]) -> Told:
        try:
            return await self._transact(begin, item, raw)
        except Refused as refused:
            return await self._refuse(begin, item, raw, refused)

    async def _transact(self, begin: Begin, item: Claimed, raw: dict[str, Any]) -> Told:
        with begin() as session, in_hand(session, self._bench.clock):
            intake.look(session, item.bot_id, raw)
            told = await feed(self._bench.dispatcher, self._bench.bot, raw)
            self._conclude(session, item, raw, told)
            failpoint("worker_before_commit")
        return told

    async def _refuse(self, begin: Begin, item: Claimed, raw: dict[str, Any], refused: Refused) -> Told:
        """The verb's writes were rolled back; what the person is told is a commit of its own."""
        with begin() as session, in_hand(session, self._bench.clock):
            turn = refused.turn
            turn.session = session
            turn.fsm = FSMContext(self._bench.dispatcher.storage, turn.fsm.key)
            if (foreign := refused.error.params.get("foreign")) is not None:
                thing = turn.pressed_id
                audit.reached_for_anothers(session, str(foreign), thing, actor_id=turn.who.member_id, now=turn.now)
            with speaking(turn.speech):
                told = turn, await refusal(turn, refused.error)
            self._conclude(session, item, raw, told)
            failpoint("worker_refused")
        return told

    def _conclude(self, session: Session, item: Claimed, raw: dict[str, Any], told: Told) -> None:
        letters: list[Letter] = []
        if isinstance(told, tuple):
            turn, reply = told
            screens = [shown for shown in listed(reply) if isinstance(shown, Screen)]
            letters = written(turn, screens, dedup=f"u:{item.seq}", origin=intake.origin_of(raw))
        conclude(session, letters, item, self._bench.clock.now())

    def _answer(self, raw: dict[str, Any], told: Told) -> None:
        if isinstance(told, Shelf):
            self._bench.answers.inline(raw["inline_query"]["id"], told)
        query = raw.get("callback_query")
        if query is None:
            return
        reply = told[1] if isinstance(told, tuple) else None
        toast = next((item for item in listed(reply) if isinstance(item, Toast)), None)
        self._bench.answers.callback(query["id"], toast)

    def _set_back(self, begin: Begin, item: Claimed, raw: dict[str, Any], error: Exception) -> Done | None:
        log.error("update_failed", seq=item.seq, attempts=item.attempts, error=type(error).__name__, exc_info=error)
        text = f"{type(error).__name__}: {error}"
        with begin() as session:
            if item.attempts < inbox.TRIES:
                inbox.release(session, item, text)
                return None
            inbox.quarantine(session, item, text, self._bench.clock.now())
            self._apologise(session, item, raw)
        return Done(raw, None)

    def _apologise(self, session: Session, item: Claimed, raw: dict[str, Any]) -> None:
        lane = inbox.lane_of(raw)
        if not lane.isdigit():
            return  # a group is not told
        now = self._bench.clock.now()
        sorry = Screen(_("Something broke on our side. Nothing was lost; the co-op has been told."), edit=False)
        key = f"u:{item.seq}:sorry"
        letter = outbox.screen_letter(sorry, dedup=key, bot_id=item.bot_id, chat_id=int(lane), now=now)
        outbox.put(session, [letter], now)

    def _note_outage(self, error: DBAPIError) -> None:
        if not self._failing:
            log.error("database_unreachable", error=str(error.orig).splitlines()[0] if error.orig else "")
        self._failing = True


class in_hand:  # noqa: N801 - a context manager that reads as a phrase
    """Hands session and time to aiogram's storage for the length of a block."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._hand = Hand(session, clock.now())

    def __enter__(self) -> None:
        self._token = hand.set(self._hand)

    def __exit__(self, *_: object) -> None:
        hand.reset(self._token)


def outage_in(error: BaseException | None) -> DBAPIError | None:
    """What this came of, where that is a database that is away.

    A full SQLite undoes the whole transaction, and going back to its savepoint then fails in other words.
    """
    while error is not None:
        if isinstance(error, DBAPIError) and is_away(error):
            return error
        error = error.__context__
    return None


def written(turn: Turn, screens: Sequence[Screen], *, dedup: str, origin: tuple[int, bool] | None) -> list[Letter]:
    """A turn's screens as letters, the first of which may edit what was pressed; notes which buttons digits press."""
    if screens and turn.is_private and not turn.missed:
        row = conversation.ensure(turn.session, (turn.bot.id, turn.chat_id, turn.user_id), turn.now)
        presses = next((screen.presses() for screen in reversed(screens) if screen.presses()), [])
        row.buttons, row.misses = [data for _label, data in presses], 0
    return [
        outbox.screen_letter(
            screen, dedup=f"{dedup}:{position}", bot_id=turn.bot.id, chat_id=turn.chat_id, now=turn.now,
            origin=origin if position == 0 else None,
        )
        for position, screen in enumerate(screens)
    ]  # fmt: skip
