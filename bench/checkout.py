"""How soon a payer is answered while others press, and a letter sent after it is due: `python -m bench.checkout`."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.crowd import PATIENCE, Crowd, Json, Measured, Tap
from bench.load import MENU, OURS, connected, invariants
from bench.market import FIRST, call, fill_phones, make_market
from bench.processes import farmgate, simulator
from core.catalog.models import Campaign
from core.db import Database
from core.members.models import Identity
from core.messaging.models import Outbox
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.payments import service as payments
from core.payments.service import MethodDetails
from core.permissions import Actor, Role
from simulator.server import PROVIDER_TOKEN
from tests.kit.databases import PostgresServer

WAYS = {"SQLite": ("run",), "PostgreSQL": ("receiver", "worker", "sender")}
PRESSING, PAYING, GOAL = 48, 16, 2000  # 64 in flight; the goal in milliseconds
ENDS = ("paid", "refused", "failed", "expired")


class Till(Crowd):
    """A crowd of whom some pay."""

    def __init__(self, *where: Any) -> None:
        super().__init__(*where)
        self.ends: dict[str, int] = dict.fromkeys(ENDS, 0)
        self._paying: dict[int, asyncio.Future[str]] = {}

    async def pay(self, user: int, message_id: int) -> float | None:
        """Press Pay on an invoice; seconds until the bot let it through or stopped it."""
        answered = self._paying[user] = asyncio.get_running_loop().create_future()
        act = {"as": user, "bot": self.bot_id, "do": "pay", "message_id": message_id}
        began = time.perf_counter()
        await self._line.send_str(json.dumps({"id": next(self._numbers), "act": act}))
        try:
            self.ends[await asyncio.wait_for(answered, PATIENCE)] += 1
        except TimeoutError:
            return None
        return time.perf_counter() - began

    def hears(self, event: Json) -> None:
        """What became of a payment."""
        payment = event.get("payment") or {}
        waiting = self._paying.get(int(payment.get("user", 0)))
        if payment.get("state") in ENDS and waiting is not None and not waiting.done():
            waiting.set_result(payment["state"])


def orders(url: str, sale_id: int, people: int) -> dict[int, Json]:
    """Everybody reserves by the real verbs and opens an invoice for the deposit: what the invoice says, by user."""
    database, now, found = Database(url), datetime.now(UTC), {}
    payments.allow("messenger_invoice")
    with database.writing() as session:
        owner = Actor(1, frozenset({Role.OWNER}))
        payments.set_method(session, owner, "messenger_invoice", details=MethodDetails("messenger_invoice"), now=now)
    for user in range(FIRST, FIRST + people):
        with database.writing() as session:
            member = session.scalars(select(Identity.member_id).where(Identity.user_id == user)).one()
            buyer = Actor(member, frozenset({Role.CONSUMER}))
            order = reserve(session, buyer, session.get_one(Campaign, sale_id), Decimal(5), now=now)
            payment = start_payment(session, buyer, order, "messenger_invoice", now=now)
            found[user] = {
                "chat_id": user, "title": "Deposit", "description": "Deposit", "payload": payment.payload,
                "provider_token": PROVIDER_TOKEN, "currency": payment.amount.currency,
                "prices": [{"label": "Deposit", "amount": payment.amount.minor}],
            }  # fmt: skip
    database.dispose()
    return found


async def crowded(
    till: Till, bills: dict[int, int], messages: dict[int, int], chosen: argparse.Namespace
) -> tuple[Measured, Measured]:
    """Some pay one after another while the others press the menu: the payers' seconds, and the pressers'."""
    rest, seconds, lost = iter(bills.items()), list[float](), 0

    async def payer() -> None:
        nonlocal lost
        for user, message_id in rest:
            took = await till.pay(user, message_id)
            if took is None:
                lost += 1
            else:
                seconds.append(took)

    is_over = False
    looking = cycle(user for user in messages if user not in bills)
    screens = cycle((MENU[0], MENU[1]))

    def taps() -> Any:
        while not is_over:
            user = next(looking)
            yield Tap(user, messages[user], next(screens))

    pressing = asyncio.create_task(till.measure(taps(), chosen.pressing))
    began = time.perf_counter()
    await asyncio.gather(*(payer() for _ in range(chosen.paying)))
    lasted, is_over = time.perf_counter() - began, True
    return Measured(seconds, lasted, lost), await pressing


async def measure(url: str, roles: tuple[str, ...], folder: Path, chosen: argparse.Namespace) -> list[str]:
    """One database: what the payers saw, and how late letters went."""
    sale_id, _rev = make_market(url, folder, OURS, chosen.people + chosen.payments)
    bills = orders(url, sale_id, chosen.payments)
    api, address = simulator(folder, OURS)
    environment = {
        "FARMGATE_BOT_TOKEN": OURS, "FARMGATE_BOT_API_URL": address, "FARMGATE_DATABASE_URL": url,
        "FARMGATE_DATA_DIR": str(folder), "FARMGATE_OWNER_IDS": "1", "FARMGATE_PAYMENT_PROVIDER_TOKEN": PROVIDER_TOKEN,
    }  # fmt: skip
    with ExitStack() as stack:
        stack.callback(api.stop)
        async with await connected() as http:
            till = Till(http, address, 123456)
            messages = await fill_phones(till, OURS, chosen.people + chosen.payments)
            shown = {user: (await call(till, OURS, "sendInvoice", bill))["message_id"] for user, bill in bills.items()}
            for role in roles:
                stack.callback(farmgate(role, folder, environment).stop)
            await till.open()
            began = datetime.now(UTC)
            paid, pressed = await crowded(till, shown, messages, chosen)
            await asyncio.sleep(2)
            await till.close()
    return told(url, till, paid, pressed, began)


def told(url: str, till: Till, paid: Measured, pressed: Measured, began: datetime) -> list[str]:
    """The figures in words."""
    late = lateness(url, began)
    ends = ", ".join(f"{state} {number}" for state, number in till.ends.items() if number)
    return [
        f"  pre-checkout: {len(paid.seconds)} payers, {ends}; p50 {paid.percentile(0.5):.0f} ms, "
        f"p99 {paid.percentile(0.99):.0f} ms (goal {GOAL} ms), {paid.unanswered} unanswered",
        f"  beside them: {pressed.rate:.0f} presses/s, p99 {pressed.percentile(0.99):.0f} ms",
        f"  letters: {len(late.seconds)} sent after they were due: p50 {late.percentile(0.5):.0f} ms, "
        f"p95 {late.percentile(0.95):.0f} ms (goal 2000 ms)",
        f"  {'; '.join(invariants(url)) or 'all invariants held'}",
    ]  # fmt: skip


def lateness(url: str, began: datetime) -> Measured:
    """Seconds between the moment a letter was due and its mark as sent, of those that came up since."""
    database = Database(url)
    with database.reading() as session:
        sent = select(Outbox.not_before, Outbox.sent_at).where(Outbox.sent_at.is_not(None), Outbox.not_before > began)
        rows = session.execute(sent).all()
    database.dispose()
    return Measured([(sent - due).total_seconds() for due, sent in rows if sent], 1.0, 0)


def main(chosen: argparse.Namespace) -> None:
    """Both databases, one after the other."""
    with tempfile.TemporaryDirectory(prefix="farmgate-checkout-") as name, ExitStack() as stack:
        folder = Path(name)
        for database, roles in WAYS.items():
            own = folder / database
            own.mkdir()
            url = f"sqlite:///{own / 'bench.db'}"
            if database == "PostgreSQL":
                server = PostgresServer(durable=True)
                stack.callback(server.remove)
                server.execute("CREATE DATABASE checkout")
                url = server.url("checkout")
            print(f"{database}, {' + '.join(roles)}", flush=True)
            print("\n".join(asyncio.run(measure(url, roles, own, chosen))), flush=True)


def options() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser("bench.checkout", description=__doc__)
    parser.add_argument("--payments", type=int, default=400)
    parser.add_argument("--people", type=int, default=1000, help="who press meanwhile")
    parser.add_argument("--pressing", type=int, default=PRESSING, help="presses in flight")
    parser.add_argument("--paying", type=int, default=PAYING, help="payments in flight")
    return parser.parse_args()


if __name__ == "__main__":
    main(options())
