"""The market's control port of `demo`: clock, drawer and failure switches for the page. Loopback only, demo only."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from bot import market_views as views
from core.clock import MovableClock
from core.db import Database
from core.messaging import due, outbox
from scheduler.jobs import run_due

Json = dict[str, Any]
Act = Callable[[], Json]  # what it says stands under "text"
MOST_JUMP = timedelta(days=400)


class Busy(Exception):
    """What was asked cannot be done just now; the text says why."""


@dataclass
class Market:
    """What the page may look at and push. While `preparing` says why, there is nothing to look at yet."""

    clock: MovableClock
    wake: Callable[[], None]
    moved: Callable[[datetime], None] = lambda _now: None
    database: Database | None = None
    preparing: str = "The market is being prepared ..."
    round: int = 0
    tour: Json | None = None
    people: list[Json] = field(default_factory=list)
    roles: list[Json] = field(default_factory=list)
    budgets: list[Json] = field(default_factory=list)
    acts: dict[str, Act] = field(default_factory=dict)
    _pushing: threading.Lock = field(default_factory=threading.Lock)

    async def start(self, port: int = 0) -> tuple[web.AppRunner, str]:
        """Serve on loopback; returns the runner (to clean up) and the address."""
        app = web.Application(middlewares=[_open_to_the_page])
        app.add_routes([
            web.get("/market/clock", self._clock), web.post("/market/clock", self._move),
            web.get("/market/orders", self._read(views.orders, [])), web.get("/market/states", _states),
            web.get("/market/ledger", self._read(views.ledger_view, views.EMPTY_LEDGER)),
            web.get("/market/outbox", self._read(self._letters, [])),
            web.get("/market/people", self._people), web.get("/market/budgets", self._budgets),
            web.get("/market/languages", _languages), web.get("/market/roles", self._roles),
            web.post("/market/act", self._act),
        ])  # fmt: skip
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        host, bound = runner.addresses[0][:2]
        return runner, f"http://{host}:{bound}"

    def open(self, database: Database) -> None:
        """From now on there is a market to look at."""
        self.round += 1
        self.database, self.preparing = database, ""

    def close(self, why: str) -> None:
        """There is none for a while; a push under way ends first."""
        with self._pushing:
            self.database, self.preparing = None, why

    def jump(self, by: timedelta) -> datetime:
        """Move the clock on, doing what falls due on the way in its order, each at its own moment."""
        with self._pushing:
            goal = self.clock.now() + by
            if self.database is not None:
                self._work_off(self.database, goal)
        self.wake()
        return self.clock.now()

    def _work_off(self, database: Database, goal: datetime) -> None:
        while True:
            with database.reading() as session:
                following = due.next_due(session)
            if following is None or following > goal:
                break
            if following > self.clock.now():
                self.clock.advance(following - self.clock.now())
                self.moved(self.clock.now())
            if not run_due(database, self.clock.now()):
                break
        self.clock.advance(max(goal - self.clock.now(), timedelta(0)))
        self.moved(self.clock.now())
        run_due(database, self.clock.now())

    def next_job(self) -> datetime:
        """Move the clock to whatever falls due next: a job, or a message held till morning."""
        now = self.clock.now()
        if self.database is None:
            return now
        with self.database.reading() as session:
            moments = [moment for moment in (due.next_due(session), outbox.next_held(session, now)) if moment]
        if not moments:
            return now
        return self.jump(max(min(moments) - now, timedelta(seconds=1)))

    async def _clock(self, _request: web.Request) -> web.Response:
        return web.json_response(await asyncio.to_thread(self._time))

    async def _move(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        if asked.get("to") == "next_job":
            await asyncio.to_thread(self.next_job)
        else:
            await asyncio.to_thread(self.jump, _span(asked.get("advance_seconds")))
        return web.json_response(await asyncio.to_thread(self._time))

    async def _asked(self, request: web.Request) -> Json:
        """What a push wants. Refused while there is no market, and when it is no object."""
        if self.preparing:
            raise web.HTTPConflict(text=self.preparing)
        try:
            asked = await request.json()
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise web.HTTPBadRequest(text="the body must be a JSON object")
        return asked

    def _time(self) -> Json:
        database = self.database
        if database is None:
            return {"preparing": self.preparing}
        with database.reading() as session:
            return {"now": self.clock.now().isoformat(), **views.day(session), "round": self.round,
                    "tour": self.tour}  # fmt: skip

    def _letters(self, session: Session) -> list[Json]:
        return views.letters(session, self.clock.now())

    def _read(self, look: Callable[[Session], Any], none: Any) -> Callable[[web.Request], Awaitable[web.Response]]:
        def work() -> Any:
            database = self.database
            if database is None:
                return none
            with database.reading() as session:
                return look(session)

        async def answer(_request: web.Request) -> web.Response:
            return web.json_response(await asyncio.to_thread(work))

        return answer

    async def _people(self, _request: web.Request) -> web.Response:
        return web.json_response([] if self.preparing else self.people)

    async def _roles(self, _request: web.Request) -> web.Response:
        return web.json_response(self.roles)

    async def _budgets(self, _request: web.Request) -> web.Response:
        return web.json_response(self.budgets)

    async def _act(self, request: web.Request) -> web.Response:
        wanted = str((await self._asked(request)).get("do"))
        act = self.acts.get(wanted)
        if act is None:
            raise web.HTTPNotFound(text=f"no such act: {wanted}; there are {', '.join(self.acts)}")
        try:
            return web.json_response({"ok": True, **await asyncio.to_thread(act)})
        except Busy as busy:
            raise web.HTTPConflict(text=str(busy)) from None


async def _states(_request: web.Request) -> web.Response:
    return web.json_response(views.states())


async def _languages(_request: web.Request) -> web.Response:
    return web.json_response(views.languages())


def _span(seconds: Any) -> timedelta:
    """How far a push goes."""
    if not isinstance(seconds, int | float) or not 0 <= seconds <= MOST_JUMP.total_seconds():
        raise web.HTTPBadRequest(text="advance_seconds must be a number between 0 and 34560000")
    return timedelta(seconds=seconds)


@web.middleware
async def _open_to_the_page(request: web.Request, handler: Any) -> web.StreamResponse:
    """The page comes from another port of this machine; nobody else may read or push."""
    origin = request.headers.get("Origin", "")
    local = origin.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))
    if origin and not local:
        raise web.HTTPForbidden(text="only the page of this demo may ask")
    response = web.Response() if request.method == "OPTIONS" else await _answered(request, handler)
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    return response


async def _answered(request: web.Request, handler: Any) -> web.StreamResponse:
    """The handler's answer; a refusal in the form that the page reads."""
    try:
        response: web.StreamResponse = await handler(request)
    except web.HTTPException as refusal:
        return web.json_response({"ok": False, "error": refusal.text}, status=refusal.status)
    return response
