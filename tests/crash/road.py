"""The whole road in processes of their own, and what people got against what was committed."""

from __future__ import annotations

import socket
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from core.clock import machine_now
from core.members.models import Identity
from core.messaging import inbox, outbox
from core.messaging.models import Inbox, Outbox
from core.orders.models import Order, number_of
from core.payments.models import Payment
from core.verify import broken
from simulator.client import Control, Json
from simulator.window import plain, text_of
from tests.crash.arranged import BOT, FARMER, OWNER, market
from tests.crash.parts import PROVIDER_TOKEN, TOKEN, Part, nursery
from tests.kit.phone import Phone

PATIENCE = 40.0  # seconds: a killed process starts anew and waits for a lease
LEASE_SECONDS = 1.5


class Road:
    """The processes on one database. On SQLite the one `run` is all roles. `hooked`: updates come by webhook."""

    def __init__(
        self, url: str, folder: Path, zone: str = "Asia/Kolkata", *, hooked: bool = False, lease: float = LEASE_SECONDS
    ) -> None:  # fmt: skip
        self.folder = folder
        self._simulator, self.api_url = nursery().simulator(folder, "--quiet")
        self.control = Control(self.api_url)
        self.database, self.sale = market(url, self.api_url, folder / "data", zone=zone)
        self.environment = {
            "FARMGATE_BOT_TOKEN": TOKEN, "FARMGATE_BOT_API_URL": self.api_url, "FARMGATE_DATABASE_URL": url,
            "FARMGATE_DATA_DIR": str(folder / "data"), "FARMGATE_PAYMENT_PROVIDER_TOKEN": PROVIDER_TOKEN,
            "FARMGATE_OWNER_IDS": str(OWNER), "FARMGATE_CURRENCY": "INR", "FARMGATE_TIMEZONE": zone,
            "FARMGATE_LEASE_SECONDS": str(lease), "FARMGATE_CHAT_PER_SECOND": "1000",
            "FARMGATE_WEB_PORT": "0",
        }  # fmt: skip
        if hooked:
            self._is_hooked()
        self.roles = ("run",) if self.database.is_sqlite else ("web" if hooked else "receiver", "worker", "sender")
        self.parts: dict[str, Part] = {}
        self.repeats: Counter[tuple[int, int]] = Counter()  # of earlier kills
        self.first_update = self._next_update()
        for user in (OWNER, FARMER):  # what they are told comes into a chat
            self.phone("Staff", user_id=user).start(reacts=False)

    def phone(self, name: str, user_id: int | None = None) -> Phone:
        return Phone(self.api_url, name, deadline=PATIENCE, user_id=user_id)

    def _is_hooked(self) -> None:
        """The port stays the same over restarts, as behind any public address."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.environment |= {"FARMGATE_WEB_PORT": str(port), "FARMGATE_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        self.control.post("/control/limits", {"webhook_retry_seconds": 0.1})

    def starts(self) -> None:
        """A process for each role, side by side."""
        for role in self.roles:
            self.parts[role] = self.forked(role)
        for role in self.roles:
            self.parts[role].says(r"(is served)")

    def starts_again(self, role: str, failpoint: str = "") -> Part:
        """The role in a new process, armed to die at a failpoint where one is named."""
        self.parts[role].ends()
        self.parts[role] = self.forked(role, failpoint)
        self.parts[role].says(r"(is served)")
        return self.parts[role]

    def forked(self, role: str, failpoint: str = "") -> Part:
        """A process that runs what `python -m bot <role>` runs."""
        return nursery().farmgate(self.folder, self.environment, role, failpoint=failpoint)

    def close(self) -> None:
        for part in [*self.parts.values(), self._simulator]:
            part.ends()
        self.database.dispose()

    # ---- what the messenger and the database know

    def acknowledged(self) -> set[int]:
        """Ids of updates that the messenger forgot because we said that we have them."""
        following = self._next_update()  # asked first: what comes meanwhile counts as pending
        (bot,) = self.control.get("/control/state")["bots"]
        return set(range(self.first_update, following - int(bot["pending_updates"])))

    def stored(self, *states: str) -> set[int]:
        """Ids of updates in the inbox, in these states or in any."""
        found = select(Inbox.update_id)
        with self.database.reading() as session:
            return set(session.scalars(found.where(Inbox.state.in_(states)) if states else found))

    def settles(self) -> None:
        """Wait until every update is received and worked off, and every letter that is due has gone."""
        over = time.monotonic() + PATIENCE
        while time.monotonic() < over:
            with self.database.reading() as session:
                open_ = inbox.waiting(session) + outbox.due_count(session, machine_now())
            if not open_ and len(self.acknowledged()) == self._next_update() - self.first_update:
                return
            time.sleep(0.05)
        raise AssertionError(f"{open_} updates and letters are still open")

    def bought(self, phone: Phone) -> tuple[list[str], list[str]]:
        """States of this person's orders, and the charges of their payments."""
        mine = select(Identity.member_id).where(Identity.user_id == phone.id).scalar_subquery()
        with self.database.reading() as session:
            orders = session.scalars(select(Order.state).where(Order.buyer_id == mine).order_by(Order.id))
            paid = select(Payment.charge_id).where(Payment.member_id == mine, Payment.charge_id.is_not(None))
            return list(orders), [str(charge) for charge in session.scalars(paid)]

    def order_number(self, phone: Phone) -> str:
        """What this person's newest order is called."""
        mine = select(Identity.member_id).where(Identity.user_id == phone.id).scalar_subquery()
        with self.database.reading() as session:
            return number_of(session.scalars(select(func.max(Order.id)).where(Order.buyer_id == mine)).one())

    def charged(self, phone: Phone) -> list[str]:
        """What the messenger charged this person."""
        payments = self.control.get("/control/state")["payments"]
        paid = [each for each in payments if each["user"] == phone.id and each["state"] == "paid"]
        return [str(each["provider_payment_charge_id"]) for each in paid]

    def broken(self) -> list[str]:
        with self.database.reading() as session:
            failed = select(func.count()).select_from(Outbox).where(Outbox.state.in_(("dead", "unreachable")))
            lost = session.execute(failed).scalar_one()
            return [*broken(session), *([f"{lost} letters could not be sent"] if lost else [])]

    # ---- what people got against what was committed

    def missing_and_repeated(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """(chat, message) pairs committed as sent and not received; and those received beyond that, since last time."""
        with self.database.reading() as session:
            sent = select(Outbox.chat_id, Outbox.sent_message_id).where(Outbox.state == "sent")
            rows = Counter((chat, number) for chat, number in session.execute(sent) if number is not None)
            chats = set(session.scalars(select(Outbox.chat_id).where(Outbox.chat_id > 0)))
        got = Counter((chat, number) for chat in chats for number in self._received(chat))
        beyond = got - rows
        new, self.repeats = beyond - self.repeats, beyond
        return sorted((rows - got).elements()), sorted(new.elements())

    def differing(self) -> list[str]:
        """Messages that do not say what the last letter to them says."""
        with self.database.reading() as session:
            sent = select(Outbox.chat_id, Outbox.sent_message_id, Outbox.payload).where(Outbox.kind == "screen")
            rows = session.execute(sent.where(Outbox.state == "sent").order_by(Outbox.id)).all()
        # an edit that was repeated changed nothing and has no message of its own
        last = {(row[0], row[1] or row[2].get("origin", [0])[0]): row[2] for row in rows}
        return [
            f"{chat}: {said!r} is not {payload['screen']['text']!r}"
            for (chat, number), payload in last.items()
            if not payload["screen"].get("invoice")  # worded by the messenger
            and (said := self._text(chat, number)) != plain(payload["screen"]["text"])
        ]

    def _received(self, chat: int) -> list[int]:
        events = self.control.expect(f"{chat}:{BOT}", 0, 0, ["message", "edit"])["events"]
        return [int(event["message_id"]) for event in events]

    def _text(self, chat: int, number: int) -> str:
        messages: list[Json] = self.control.get(f"/control/chats/{chat}:{BOT}?newest=500")["messages"]
        return next((text_of(each) for each in messages if each["message_id"] == number), "")

    def _next_update(self) -> int:
        return int(self.control.post("/control/updates", {})["next_update_id"])
