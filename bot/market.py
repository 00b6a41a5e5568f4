"""The market's control port of `demo`: clock, drawer and failure switches for the page. Loopback only, demo only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import MovableClock
from core.db import Database
from core.members.models import Member
from core.messaging import due, outbox
from core.messaging.models import Outbox
from core.money import Money
from core.orders.models import Order, number_of
from core.orders.states import TABLE, OrderState, status_of
from core.payments import ledger
from core.payments.ledger_sql import account_table, transfer_table
from core.settings import service as settings
from scheduler.jobs import run_due

Json = dict[str, Any]
SHOWN = 100
MOST_JUMP = timedelta(days=400)
LOCALE = Locale("en", "IN")


@dataclass
class Market:
    """What the page may look at and push."""

    database: Database
    clock: MovableClock
    wake: Callable[[], None]
    people: list[Json] = field(default_factory=list)
    budgets: list[Json] = field(default_factory=list)
    acts: dict[str, Callable[[], Awaitable[str]]] = field(default_factory=dict)

    async def start(self, port: int = 0) -> tuple[web.AppRunner, str]:
        """Serve on loopback; returns the runner (to clean up) and the address."""
        app = web.Application(middlewares=[_open_to_the_page])
        app.add_routes([
            web.get("/market/clock", self._clock), web.post("/market/clock", self._move),
            web.get("/market/orders", self._read(_orders)), web.get("/market/states", _states),
            web.get("/market/ledger", self._read(_ledger)), web.get("/market/outbox", self._outbox),
            web.get("/market/people", self._people), web.get("/market/budgets", self._budgets),
            web.post("/market/act", self._act),
        ])  # fmt: skip
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        host, bound = runner.addresses[0][:2]
        return runner, f"http://{host}:{bound}"

    def jump(self, by: timedelta) -> datetime:
        """Move the clock on, doing what falls due on the way in its order, each at its own moment."""
        goal = self.clock.now() + by
        while True:
            with self.database.reading() as session:
                following = due.next_due(session)
            if following is None or following > goal:
                break
            if following > self.clock.now():
                self.clock.advance(following - self.clock.now())
            if not run_due(self.database, self.clock.now()):
                break
        self.clock.advance(max(goal - self.clock.now(), timedelta(0)))
        run_due(self.database, self.clock.now())
        self.wake()
        return self.clock.now()

    def next_job(self) -> datetime:
        """Move the clock to whatever falls due next: a job, or a message held till morning."""
        now = self.clock.now()
        with self.database.reading() as session:
            moments = [moment for moment in (due.next_due(session), outbox.next_held(session, now)) if moment]
        if not moments:
            return now
        return self.jump(max(min(moments) - now, timedelta(seconds=1)))

    async def _clock(self, _request: web.Request) -> web.Response:
        return web.json_response(self._time())

    async def _move(self, request: web.Request) -> web.Response:
        asked: Json = await request.json()
        if asked.get("to") == "next_job":
            await asyncio.to_thread(self.next_job)
        else:
            by = timedelta(seconds=float(asked.get("advance_seconds", 0)))
            if not timedelta(0) <= by <= MOST_JUMP:
                raise web.HTTPBadRequest(text="advance_seconds must be between 0 and 34560000")
            await asyncio.to_thread(self.jump, by)
        return web.json_response(self._time())

    def _time(self) -> Json:
        with self.database.reading() as session:
            zone = settings.get_text(session, "timezone")
            quiet = [
                {"role": role, "from": settings.get_int(session, f"quiet_{role}_from") * 60,
                 "to": settings.get_int(session, f"quiet_{role}_to")}
                for role in ("buyer", "farmer")
            ]  # fmt: skip
        for hours in quiet:
            hours["from"], hours["to"] = _hh_mm(hours["from"]), _hh_mm(hours["to"])
        return {"now": self.clock.now().isoformat(), "timezone": zone, "quiet": quiet}

    def _read(self, look: Callable[[Session], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(_request: web.Request) -> web.Response:
            def work() -> Any:
                with self.database.reading() as session:
                    return look(session)

            return web.json_response(await asyncio.to_thread(work))

        return answer

    async def _outbox(self, _request: web.Request) -> web.Response:
        with self.database.reading() as session:
            return web.json_response(_letters(session, self.clock.now()))

    async def _people(self, _request: web.Request) -> web.Response:
        return web.json_response(self.people)

    async def _budgets(self, _request: web.Request) -> web.Response:
        return web.json_response(self.budgets)

    async def _act(self, request: web.Request) -> web.Response:
        wanted = str((await request.json()).get("do"))
        act = self.acts.get(wanted)
        if act is None:
            raise web.HTTPNotFound(text=f"no such act: {wanted}; there are {', '.join(self.acts)}")
        return web.json_response({"ok": True, "said": await act()})


@web.middleware
async def _open_to_the_page(request: web.Request, handler: Any) -> web.StreamResponse:
    """The page comes from another port of this machine; nobody else may read or push."""
    origin = request.headers.get("Origin", "")
    local = origin.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))
    if origin and not local:
        raise web.HTTPForbidden(text="only the page of this demo may ask")
    response: web.StreamResponse = web.Response() if request.method == "OPTIONS" else await handler(request)
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    return response


def _hh_mm(minutes: Any) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _orders(session: Session) -> list[Json]:
    rows = session.execute(
        select(Order.id, Order.state, Order.campaign_id, Member.name)
        .join(Member, Member.id == Order.buyer_id).order_by(Order.updated_at.desc()).limit(SHOWN)
    )  # fmt: skip
    return [
        {"id": id_, "number": number_of(id_), "state": state, "status": status_of(state).value, "buyer": name,
         "campaign": campaign}
        for id_, state, campaign, name in rows
    ]  # fmt: skip


async def _states(_request: web.Request) -> web.Response:
    ways = [
        {"from": source.value, "to": row.target.value, "event": row.action}
        for row in TABLE
        for source in sorted(row.sources)
    ]
    return web.json_response({"states": [state.value for state in OrderState], "transitions": ways})


def _ledger(session: Session) -> Json:
    accounts = [
        {"id": account.id, "name": _account_name(account), "balance_text": held.format(LOCALE), "minor": held.minor}
        for account, held in ledger.all_balances(session)
        if held
    ]
    table, names = transfer_table, {row["id"]: row["name"] for row in accounts}
    rows = session.execute(select(table).order_by(table.c.id.desc()).limit(SHOWN)).mappings()
    transfers = [
        {"id": row["id"], "at": str(row["at"]), "debit": names.get(row["debit_account"], ""),
         "credit": names.get(row["credit_account"], ""), "why": row["why"],
         "amount_text": Money(row["amount"], row["currency"]).format(LOCALE)}
        for row in rows
    ]  # fmt: skip
    books = session.execute(select(account_table.c.debits, account_table.c.credits)).all()
    return {"accounts": accounts, "transfers": transfers, "sum_minor": sum(row[0] - row[1] for row in books)}


def _account_name(account: ledger.Account) -> str:
    kind = account.kind.value.replace("_", " ")
    owner, number = account.owner
    if not owner:
        return kind
    return f"{kind} · {number_of(number) if owner == 'order' else f'{owner} {number}'}"


def _letters(session: Session, now: datetime) -> list[Json]:
    rows = session.scalars(select(Outbox).order_by(Outbox.id.desc()).limit(SHOWN))
    return [
        {"id": row.id, "due": row.not_before.isoformat(), "state": row.state, "held": row.not_before > now,
         "attempts": row.attempts, "chat": row.chat_id, "error": row.error,
         "kind": row.payload.get("notice", row.kind) if isinstance(row.payload, dict) else row.kind}
        for row in rows
    ]  # fmt: skip
