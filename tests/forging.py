"""A market full of other people's things, and a stranger who presses what never stood on a button."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Table, bindparam, delete, event, func, select, update
from sqlalchemy.orm import Session

from bot.dispatcher import build, listening_bot
from bot.wake import Wake
from bot.worker import Bench, Worker
from core.catalog import asking, drafts, form, publish
from core.catalog.queries import campaign
from core.catalog.terms import add_term
from core.db import Base
from core.members import calls, claims, farms
from core.members import groups as group_verbs
from core.members.claims import Purpose
from core.members.models import Follower
from core.members.queries import farm_of_member, member
from core.members.service import actor_of, agree, choose_language, hold_role, switch_home
from core.messaging import inbox, outbox
from core.messaging.models import Inbox, Outbox
from core.messaging.screen import Screen
from core.money import Money
from core.orders import aftersale, fulfil, handing, late, payouts, talking, terms, waiting
from core.orders.cancel import cancel
from core.orders.case_states import Problem, Wish
from core.orders.delivery_choice import choose_delivery, write_note
from core.orders.models import Order
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.transfers import submit_receipt
from core.payments.ledger_sql import account_table, transfer_table
from core.permissions import Role
from core.reputation import service as reputation
from core.reputation.service import ReviewedOrder
from handlers.turn import Toast
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market

SECRET = "Zyx"  # stands in everything that is no stranger's business
# how messages travel, not what they are about
ROAD = {"inbox", "outbox", "conversation", "card", "answered", "lease", "decision", "tally"}
# who praised a farm stands under the praise, for everybody
PUBLIC = ("breviews:",)
GROUP_CHAT = -100_777
# looked at and swept after each handful of presses: made once
_THESE = Inbox.update_id.in_(bindparam("ids", expanding=True))
_ANSWERS = Outbox.dedup.startswith("u:")
_HANDLED = select(Inbox.seq, Inbox.update_id, Inbox.state, Inbox.error).where(_THESE)
_LETTERS = select(Outbox.dedup, Outbox.payload).where(_ANSWERS)
_SWEEP = (delete(Inbox.__table__).where(_THESE), delete(Outbox.__table__).where(_ANSWERS))
_updates = count(5_000_000)


class Heard:
    """Takes the place of the answers to presses: keeps what each was told."""

    def __init__(self) -> None:
        self.toasts: list[str] = []

    def callback(self, _query_id: str, toast: Toast | None) -> None:
        if toast is not None:
            self.toasts.append(toast.text)


@dataclass
class Findings:
    """What should not have happened, one line each."""

    errors: set[str] = field(default_factory=set)
    leaks: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    presses: int = 0


def furnish(shop: Shop) -> None:
    """Orders in every phase, what waits for the co-op, money asked for, a group, trouble; all with secrets."""
    owner_id = market.operator_id(shop)
    farmer_id = market.farm(shop, seller=f"Gopal {SECRET}", store="Hill Farm")
    market.ways_to_pay(shop, "sandbox", "transfer", "wallet", "cash", "messenger_invoice")
    first = market.sale(shop, farmer_id, title="Alphonso")
    second = market.sale(shop, farmer_id, title="Kesar")
    buyer_id = _known(shop, f"Asha {SECRET}")
    third = market.sale(shop, farmer_id, title="Lost")
    for sale_id, ends in ((first, ("held", "proof", "paid", "cancelled")), (second, ("paid", "cash", "paid", "paid"))):
        for end in ends:
            _ordered(shop, buyer_id, sale_id, end)
    market.harvested(shop, second)
    market.stepped(shop, second, "picked")
    _travelled(shop, buyer_id, farmer_id, second)
    _spoken(shop, buyer_id, owner_id, second)
    _unfinished(shop, farmer_id, owner_id)
    _given_up(shop, farmer_id, buyer_id)
    _asked(shop, farmer_id, buyer_id)
    _troubled(shop, owner_id)
    with shop.database.writing() as session:
        now = shop.clock.now()
        publish.pause(session, actor_of(session, farmer_id), campaign(session, third), now=now)
        # wallet money on its way out, where it goes is the buyer's business
        payouts.ask_payout(session, actor_of(session, buyer_id), Money.of(10, "INR"), f"UPI {SECRET}", now=now)


def _known(shop: Shop, name: str, *roles: Role) -> int:
    phone = shop.person(name, username=f"{name.split()[-1].lower()}_{next(_updates)}")
    phone.start()
    member_id = market.member_id(shop, phone)
    with shop.database.writing() as session:
        person = member(session, member_id)
        choose_language(session, person, "en", now=shop.clock.now())
        agree(session, person, now=shop.clock.now())
        switch_home(session, person, Role.CONSUMER)
        for role in roles:
            hold_role(session, person, role, now=shop.clock.now())
        person.phone = f"+9199{SECRET}"
    return member_id


def _ordered(shop: Shop, buyer_id: int, sale_id: int, end: str) -> None:
    with shop.database.writing() as session:
        now, buyer = shop.clock.now(), actor_of(session, buyer_id)
        order = reserve(session, buyer, campaign(session, sale_id), Decimal(5), now=now)
        write_note(session, buyer, order, f"note {SECRET}", now=now)
        if end == "proof":
            payment = start_payment(session, buyer, order, "transfer", now=now)
            submit_receipt(session, buyer, payment, media_id=None, reference=f"UPI {SECRET} 4711", now=now)
        elif end != "held":
            start_payment(session, buyer, order, "sandbox", now=now)
            choose_delivery(session, buyer, order, "deliver", address=f"12 {SECRET} Road", now=now)
        if end == "cancelled":
            cancel(session, buyer, order, now=now)


def _spoken(shop: Shop, buyer_id: int, owner_id: int, sale_id: int) -> None:
    """A question that waits and a draft of one, a message about an order, a call."""
    with shop.database.writing() as session:
        now, buyer = shop.clock.now(), actor_of(session, buyer_id)
        sale = campaign(session, sale_id)
        asking.ask(session, buyer, sale, f"Organic, {SECRET}?", now=now)
        asking.ask(session, buyer, sale, f"{SECRET} 98450 12345", now=now)
        order = session.scalars(select(Order).where(Order.campaign_id == sale_id, Order.state == "packed")).first()
        talking.write(session, buyer, order or session.get_one(Order, 1), f"{SECRET} at five", now=now)
        calls.note_call(session, actor_of(session, owner_id), member(session, buyer_id), f"{SECRET} pays", now=now)


def _travelled(shop: Shop, buyer_id: int, farmer_id: int, sale_id: int) -> None:
    """Of the harvested orders one is packed, one on the road with a courier, one delivered and judged."""
    courier_id = _known(shop, f"Ravi {SECRET}", Role.COURIER)
    with shop.database.writing() as session:
        now, buyer, seller = shop.clock.now(), actor_of(session, buyer_id), actor_of(session, farmer_id)
        due = select(Order).where(Order.campaign_id == sale_id, Order.state == "balance_due").order_by(Order.id)
        orders = list(session.scalars(due))
        for order in orders[1:]:
            start_payment(session, buyer, order, "sandbox", now=now)
    market.packed(shop, sale_id)
    with shop.database.writing() as session:
        ready = list(session.scalars(select(Order).where(Order.state == "packed").order_by(Order.id)))
        how = fulfil.HandOver(courier_id=courier_id)
        for order in ready[1:]:
            fulfil.hand_over(session, seller, order, how=how, now=now)
        for status in fulfil.CourierStatus:
            fulfil.report(session, actor_of(session, courier_id), ready[-1], status, now=now)
        farm = farm_of_member(session, farmer_id)
        assert farm is not None
        facts = ReviewedOrder(ready[-1].id, buyer_id, farm.id, farmer_id, delivered=True)
        said = reputation.review(session, buyer, facts, score=1, now=now)
        reputation.add_text(session, buyer, said, "Sweet", now=now)
        claims.make_claim(session, Purpose.COURIER, subject_id=ready[0].id, now=now)
        case = aftersale.start_case(session, buyer, ready[-1], Problem.SPOILED, now=now)
        aftersale.show(session, buyer, case, None, f"Brown {SECRET}")
        aftersale.ask(session, buyer, case, Wish.PART, now=now)


def _unfinished(shop: Shop, farmer_id: int, owner_id: int) -> None:
    """A draft, a listing and a farm that wait for the co-op, a group, terms."""
    with shop.database.writing() as session:
        now, seller = shop.clock.now(), actor_of(session, farmer_id)
        for waits in (False, True):
            draft = drafts.start_draft(session, seller, "tomato", now=now)
            form.set_quantity(session, seller, draft, Decimal(100), now=now)
            form.set_price(session, seller, draft, Money.of(30, "INR"), now=now)
            form.set_date(session, seller, draft, shop.clock.now().date().replace(day=28), now=now)
            form.set_text(session, seller, draft, "title", f"Draft {SECRET}", now=now)
            if waits:
                publish.publish(session, seller, draft, now=now)
        add_term(session, actor_of(session, owner_id), "brand", "Konkan Gold")
    waiting = _known(shop, f"Sita {SECRET}")
    with shop.database.writing() as session:
        person = member(session, waiting)
        made = farms.be_farmer(session, person, place=SECRET, region="Konkan", main_crop="mango", now=shop.clock.now())
        made.store_name = f"Store {SECRET}"
        session.add(Follower(farm_id=made.id, member_id=owner_id, since=shop.clock.now()))
        group_verbs.add_group(
            session, actor_of(session, waiting), bot_id=shop.config.bot_id, chat_id=GROUP_CHAT,
            title=f"Village {SECRET}", can_post=True, now=shop.clock.now(),
        )  # fmt: skip


def _asked(shop: Shop, farmer_id: int, buyer_id: int) -> None:
    """A harvested sale whose buyer thinks about other goods, and a higher price that was begun."""
    sale_id = market.sale(shop, farmer_id, title="Other")
    _ordered(shop, buyer_id, sale_id, "paid")
    market.harvested(shop, sale_id)
    with shop.database.writing() as session:
        now, seller, sale = shop.clock.now(), actor_of(session, farmer_id), campaign(session, sale_id)
        terms.write_goods(session, seller, sale, f"Grade {SECRET}", now=now)
        terms.price_goods(session, seller, sale, sale.price, now=now)
        terms.propose(session, seller, sale, now=now)
        terms.write_price(session, seller, sale, sale.price.times(Decimal("1.5")), now=now)


def _given_up(shop: Shop, farmer_id: int, buyer_id: int) -> None:
    """A sale that is sold out: one order given up too late, one with a link that gives it away, somebody who waits."""
    sale_id, waiting_id = market.sale(shop, farmer_id, title="Full", quantity=10), _known(shop, f"Devi {SECRET}")
    for _each in range(2):
        _ordered(shop, buyer_id, sale_id, "paid")
    with shop.database.writing() as session:
        now, buyer, sale = shop.clock.now(), actor_of(session, buyer_id), campaign(session, sale_id)
        first, second = session.scalars(select(Order).where(Order.campaign_id == sale_id).order_by(Order.id))
        waiting.join(session, actor_of(session, waiting_id), sale, Decimal(7), now=now)
        handing.give(session, buyer, first, now=now)
        second.policy = {**second.policy, "cutoff_days": 60}
        session.flush()
        late.cancel_late(session, buyer, second, now=now)


def _troubled(shop: Shop, owner_id: int) -> None:
    """An update set aside and a letter given up."""
    with shop.database.writing() as session:
        now = shop.clock.now()
        chat = {"id": owner_id, "type": "private", "first_name": SECRET}
        message = {"message_id": 9, "date": 1, "chat": chat, "from": {**chat, "is_bot": False}, "text": SECRET}
        inbox.store(session, shop.config.bot_id, [{"update_id": 1, "message": message}], now)
        session.execute(update(Inbox).where(Inbox.update_id == 1).values(state="quarantined", error="KeyError: x"))
        letter = outbox.screen_letter(Screen(SECRET), dedup="forged:1", bot_id=shop.config.bot_id, chat_id=1, now=now)
        outbox.put(session, [letter], now)
        session.execute(update(Outbox).where(Outbox.dedup == "forged:1").values(state="dead", error=SECRET))


def tidy(shop: Shop) -> None:
    """Take the made-up trouble away again, so that the shop's own last look finds none."""
    with shop.database.writing() as session:
        session.execute(delete(Inbox).where(Inbox.update_id == 1))


class Stranger:
    """Presses what was never shown, through the worker, one update after another."""

    def __init__(self, shop: Shop, phone: Phone) -> None:
        self.shop, self.phone = shop, phone
        self.member_id = market.member_id(shop, phone)
        self.heard = Heard()
        self.found = Findings()
        self.loop = asyncio.new_event_loop()
        shop.settles()
        shop.app.stop()
        if shop.database.is_sqlite:  # thousands of commits: this test is not about power cuts
            event.listen(shop.database.engine, "connect", hasty)
        bench = Bench(
            shop.database, shop.clock, listening_bot(shop.config), build(shop.app.facts),
            self.heard, Wake(), lambda: None,  # type: ignore[arg-type] # Heard answers as Answers does
        )  # fmt: skip
        self.worker = Worker(bench)

    def presses(self, data: Iterable[str], chat_id: int | None = None) -> None:
        """Press each, in the own chat or in a group; look at the answers."""
        bodies = [self._press(each, chat_id or self.phone.id) for each in data]
        for at in range(0, len(bodies), 8):  # a long queue in one chat is slow to claim from
            some = bodies[at : at + 8]
            self._work(some, [str(body["callback_query"]["data"]) for body in some])

    def starts(self, payloads: Sequence[str]) -> None:
        """Follow links that somebody made up."""
        sender = self._sender()
        chat = {"id": self.phone.id, "type": "private", "first_name": sender["first_name"]}
        bodies = [
            {"message": {"message_id": 77, "date": 1, "chat": chat, "from": sender, "text": f"/start {payload}"}}
            for payload in payloads
        ]
        self._work(bodies, list(payloads))

    def _sender(self) -> dict[str, Any]:
        return {"id": self.phone.id, "is_bot": False, "first_name": self.phone.name, "language_code": "en"}

    def _press(self, data: str, chat_id: int) -> dict[str, Any]:
        kind = "private" if chat_id > 0 else "supergroup"
        chat = {"id": chat_id, "type": kind, "title": "G", "first_name": "S"}
        message = {"message_id": 77, "date": 1, "chat": chat, "text": "x"}
        query = {"id": str(next(_updates)), "from": self._sender(), "chat_instance": "1", "message": message}
        return {"callback_query": {**query, "data": data}}

    def _work(self, bodies: list[dict[str, Any]], told: list[str]) -> None:
        raws = [{"update_id": next(_updates), **body} for body in bodies]
        with self.shop.database.writing() as session:
            inbox.store(session, self.shop.config.bot_id, raws, self.shop.clock.now())
        while self.loop.run_until_complete(self.worker.step()):
            continue
        self.found.presses += len(raws)
        with self.shop.database.writing() as session:
            self._look(session, {raw["update_id"]: each for raw, each in zip(raws, told, strict=True)})

    def _look(self, session: Session, told: dict[int, str]) -> None:
        """What came of it; then the road is swept."""
        ids = {"ids": list(told)}
        rows = session.execute(_HANDLED, ids).all()
        self.found.errors |= {f"{told[row.update_id]}: {row.error}" for row in rows if row.error or row.state != "done"}
        by_seq = {row.seq: told[row.update_id] for row in rows}
        for letter in session.execute(_LETTERS):
            text = json.dumps(letter.payload, ensure_ascii=False)
            cause = by_seq.get(int(letter.dedup.split(":")[1]), "?")
            if SECRET in text and not cause.startswith(PUBLIC):
                self.found.leaks.add(f"{cause}: {text[:300]}")
        self.found.leaks |= {f"toast: {text}" for text in self.heard.toasts if SECRET in text}
        self.heard.toasts.clear()
        for sweep in _SWEEP:
            session.execute(sweep, ids)

    def close(self) -> None:
        self.loop.close()


def hasty(connection: Any, _record: object) -> None:  # the driver's own connection type
    connection.execute("PRAGMA synchronous=OFF")


def dump(shop: Shop) -> dict[tuple[str, Any], Any]:
    """Every row of the business tables by table and key."""
    found: dict[tuple[str, Any], Any] = {}
    with shop.database.reading() as session:
        for table in tables():
            key = next(iter(table.primary_key.columns))
            for row in session.execute(select(table).order_by(key)).mappings():
                found[table.name, row[key.name]] = dict(row)
    return found


def tables() -> list[Table]:
    return [*(table for table in Base.metadata.sorted_tables if table.name not in ROAD), account_table, transfer_table]


def counted(shop: Shop) -> dict[str, int]:
    """Rows a table, to see that the market has something of everything."""
    with shop.database.reading() as session:
        return {table.name: session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables()}


def hold(shop: Shop, member_id: int, role: Role) -> None:
    """Give a member a role."""
    with shop.database.writing() as session:
        hold_role(session, member(session, member_id), role, now=shop.clock.now())
