"""What lies on the staff's desk: everything that waits for a decision or a call, and the numbers of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from core.catalog import asking
from core.catalog.models import Campaign
from core.catalog.queries import listings_waiting
from core.errors import NotFound
from core.events import Event, EventKind
from core.members import human
from core.members import queries as members
from core.members.calls import Call, last_calls
from core.members.cards import phones
from core.members.models import Member
from core.members.queries import Waiting
from core.messaging import trouble
from core.money import Money, zero
from core.orders import transfers
from core.orders.balance import rest_of
from core.orders.card import OrderCard, order_card
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import TO_RULE
from core.orders.models import Order, number_of
from core.orders.queries import OrderLine, call_count, call_list
from core.orders.states import OPEN
from core.orders.undelivered import failed_count
from core.payments import books
from core.payments.ledger import AccountKind
from core.payments.models import Payment, Refund
from core.permissions import Actor, require
from core.settings.service import get_text

PAGE = 8
ORDERS_READ = 100  # of the people on one page of the call list
Row = TypeVar("Row")
_MADE = (EventKind.ORDER_HELD, EventKind.ORDER_DISPATCHED, EventKind.ORDER_DELIVERED, EventKind.ORDER_CANCELLED)


@dataclass(frozen=True)
class Desk:
    """How much waits of each kind, and since when the oldest does."""

    farms: Waiting
    listings: Waiting
    receipts: Waiting
    payouts: Waiting
    strays: Waiting
    cases: Waiting
    updates: int
    letters: int
    calls: int
    undelivered: int
    unreachable: int
    questions: Waiting  # whose farmer keeps silent
    people: Waiting  # who asked for a person

    @property
    def queues(self) -> tuple[Waiting, ...]:
        """What somebody waits for a word about."""
        money = (self.receipts, self.payouts, self.strays, self.cases)
        return (self.farms, self.listings, *money, self.questions, self.people)

    @property
    def total(self) -> int:
        others = self.updates + self.letters + self.calls + self.undelivered + self.unreachable
        return sum(queue.count for queue in self.queues) + others

    @property
    def oldest(self) -> datetime | None:
        """Since when the oldest decision waits."""
        return min((queue.oldest for queue in self.queues if queue.oldest), default=None)


@dataclass(frozen=True)
class Receipt:
    """A transfer's receipt as staff sees it."""

    payment: Payment
    buyer: str
    number: str | None
    pictures: tuple[int, ...]  # media ids
    duplicate_of: int | None


@dataclass(frozen=True)
class PayoutLine:
    """Money that somebody waits for."""

    refund: Refund
    name: str
    number: str | None


@dataclass(frozen=True)
class Calls:
    """A page of the call list: overdue orders with their buyers' phones, then people (id, name, phone)."""

    late: tuple[tuple[OrderLine, str | None], ...]
    lost: tuple[tuple[int, str, str | None], ...]
    total: int
    more: bool
    noted: dict[int, Call]  # the last call to each of them
    owed: dict[int, Money]  # by those whom no message reaches, where they owe something


@dataclass(frozen=True)
class DayNumbers:
    """What happened in a stretch of time, and how it stands now."""

    members: int
    reserved: int
    dispatched: int
    delivered: int
    cancelled: int
    paid: Money | None  # None while no currency is chosen
    on_sale: int
    open_orders: int
    held: Money | None  # buyers' money waiting in escrow


def desk(session: Session, actor: Actor, *, now: datetime) -> Desk:
    """Everything that waits for staff. Raises NotAllowed."""
    require("queue.see", actor)
    updates, letters = trouble.counts(session)
    receipts = _waiting(session, Payment.state == "submitted", Payment.updated_at)
    payouts, strays = (_waiting(session, _asked(is_stray), Refund.created_at) for is_stray in (False, True))
    cases = _waiting(session, AfterSaleCase.state.in_(sorted(TO_RULE)), AfterSaleCase.updated_at)
    return Desk(
        members.farms_waiting(session), listings_waiting(session), receipts, payouts, strays, cases, updates, letters,
        call_count(session, now=now), failed_count(session), members.unreachable_count(session),
        asking.passed_on(session), human.waiting(session, now=now),
    )  # fmt: skip


def payment(session: Session, actor: Actor, payment_id: int) -> Payment:
    """A payment, for staff. Raises NotAllowed, NotFound."""
    require("queue.see", actor)
    return _found(session.get(Payment, payment_id))


def refund(session: Session, actor: Actor, refund_id: int) -> Refund:
    """A refund or payout, for staff. Raises NotAllowed, NotFound."""
    require("queue.see", actor)
    return _found(session.get(Refund, refund_id))


def receipts(session: Session, actor: Actor, *, limit: int = PAGE) -> list[Receipt]:
    """Receipts that wait, the oldest first. Raises NotAllowed."""
    require("queue.see", actor)
    found = select(Payment).where(Payment.state == "submitted").order_by(Payment.updated_at, Payment.id)
    return [receipt(session, row) for row in session.scalars(found.limit(limit)).all()]


def payouts(session: Session, actor: Actor, *, is_stray: bool = False, limit: int = PAGE) -> list[PayoutLine]:
    """Payouts that wait, or money whose owner or order is not known, the oldest first. Raises NotAllowed."""
    require("queue.see", actor)
    found = select(Refund).where(_asked(is_stray)).order_by(Refund.created_at, Refund.id)
    return [payout(session, row) for row in session.scalars(found.limit(limit)).all()]


def receipt(session: Session, row: Payment) -> Receipt:
    """What staff looks at before saying that the money is there."""
    number = number_of(row.order_id) if row.order_id is not None else None
    pictures = tuple(transfers.pictures(session, row))
    return Receipt(row, _name(session, row.member_id), number, pictures, transfers.duplicate_of(session, row))


def payout(session: Session, row: Refund) -> PayoutLine:
    """What staff looks at before sending money."""
    number = number_of(row.order_id) if row.order_id is not None else None
    return PayoutLine(row, _name(session, row.member_id), number)


def calls(session: Session, actor: Actor, *, page: int = 0, now: datetime) -> Calls:
    """Whom to call: orders overdue beyond the grace, then people no message reaches. Raises NotAllowed."""
    require("queue.see", actor)
    late, lost = call_count(session, now=now), members.unreachable_count(session)
    skip = page * PAGE
    lines = call_list(session, now=now, limit=PAGE, skip=skip)
    known = phones(session, {line.buyer_id for line in lines})
    people = members.unreachable(session, limit=PAGE - len(lines), skip=max(skip - late, 0))
    paged = tuple((line, known.get(line.buyer_id)) for line in lines)
    ids = {line.buyer_id for line in lines} | {person[0] for person in people}
    noted, owed = last_calls(session, ids), owed_by(session, {person[0] for person in people})
    return Calls(paged, tuple(people), late + lost, skip + PAGE < late + lost, noted, owed)


def owed_by(session: Session, member_ids: set[int]) -> dict[int, Money]:
    """What these members still owe for their open orders."""
    states = sorted(state.value for state in OPEN)
    found = select(Order).where(Order.buyer_id.in_(member_ids), Order.state.in_(states)).order_by(Order.id)
    owed: dict[int, Money] = {}
    for order in session.scalars(found.limit(ORDERS_READ)):
        owed[order.buyer_id] = owed.get(order.buyer_id, zero(order.currency)) + rest_of(session, order)
    return {member_id: total for member_id, total in owed.items() if total}


def to_call(session: Session, actor: Actor, member_id: int, *, limit: int = PAGE) -> list[OrderCard]:
    """The open orders of somebody to call, the oldest first. Raises NotAllowed."""
    require("queue.see", actor)
    states = sorted(state.value for state in OPEN)
    found = select(Order.id).where(Order.buyer_id == member_id, Order.state.in_(states)).order_by(Order.id)
    return [order_card(session, order_id) for order_id in session.scalars(found.limit(limit))]


def day_numbers(session: Session, actor: Actor, since: datetime, until: datetime) -> DayNumbers:
    """The numbers of the time from `since` to before `until`. Raises NotAllowed."""
    require("queue.see", actor)
    counted = _happened(session, since, until)
    currency = get_text(session, "currency")
    joined = select(func.count()).select_from(Member).where(Member.created_at >= since, Member.created_at < until)
    on_sale = select(func.count()).select_from(Campaign).where(Campaign.state == "open")
    states = sorted(state.value for state in OPEN)
    open_orders = select(func.count()).select_from(Order).where(Order.state.in_(states))
    made, dispatched, delivered, cancelled = (counted.get(kind.value, 0) for kind in _MADE)
    return DayNumbers(
        members=session.execute(joined).scalar_one(), reserved=made, dispatched=dispatched, delivered=delivered,
        cancelled=cancelled, paid=_paid(session, currency, since, until) if currency else None,
        on_sale=session.execute(on_sale).scalar_one(), open_orders=session.execute(open_orders).scalar_one(),
        held=books.held_in(session, AccountKind.ORDER_ESCROW, currency) if currency else None,
    )  # fmt: skip


def _happened(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    kinds = [kind.value for kind in _MADE]
    found = select(Event.kind, func.count()).where(Event.kind.in_(kinds), Event.at >= since, Event.at < until)
    return {row[0]: row[1] for row in session.execute(found.group_by(Event.kind))}


def _paid(session: Session, currency: str, since: datetime, until: datetime) -> Money:
    """Payments confirmed in this time."""
    found = select(func.coalesce(func.sum(Payment.amount_minor), 0)).where(
        Payment.state == "confirmed", Payment.currency == currency, Payment.updated_at >= since,
        Payment.updated_at < until,
    )  # fmt: skip
    return Money(int(session.execute(found).scalar_one()), currency)


def _asked(is_stray: bool) -> ColumnElement[bool]:
    kind = Refund.kind == "stray" if is_stray else Refund.kind != "stray"
    return and_(Refund.state == "asked", kind)


def _waiting(session: Session, which: ColumnElement[bool], since: Any) -> Waiting:  # a mapped column
    found = select(func.count(), func.min(since)).where(which)
    count, oldest = session.execute(found).one()
    return Waiting(count, oldest)


def _name(session: Session, member_id: int | None) -> str:
    found = select(Member.name).where(Member.id == member_id)
    return session.execute(found).scalar_one_or_none() or "?"


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
