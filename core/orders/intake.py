"""Money that came in: booked to suspense at once, then to the order it pays or to its payer's wallet, never dropped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Refusal
from core.events import EventKind, record
from core.money import Money, zero
from core.orders import purse
from core.orders.balance import due_now, rest_of
from core.orders.changing import more_paid
from core.orders.ending import stop_timers
from core.orders.flow import advance, locked_for_money, plain
from core.orders.late import share_taken
from core.orders.models import Order
from core.orders.payouts import promise
from core.orders.reserve import take_quota
from core.orders.states import PRESSES, OrderState
from core.payments import books
from core.payments.books import Charge
from core.payments.models import Payment, Refund
from core.payments.provider import Purpose
from core.settings.service import get_text

_BEFORE_HARVEST = ("open", "paused", "closed", "confirmed")


def _payment(*where: ColumnElement[bool]) -> Select[Payment]:
    return select(Payment).where(*where).execution_options(populate_existing=True)


# made once: all money that comes asks them
_MEANT = _payment(Payment.payload == bindparam("payload"))
_KNOWN = _payment(Payment.provider == bindparam("provider"), Payment.charge_id == bindparam("charge"))
_HELD = select(Order.id).where(Order.campaign_id == Campaign.id, Order.state == OrderState.HELD.value)
_FULL = select(Campaign.id).where(
    Campaign.id == bindparam("campaign"), Campaign.reserved + Campaign.pack > Campaign.capacity, ~_HELD.exists()
)


@dataclass(frozen=True)
class MoneyFact:
    """What a provider says: this charge, for the payment with this payload, of this amount, from this member."""

    provider: str
    charge_id: str
    payload: str
    amount: Money
    payer_id: int | None = None  # only matters when the payload is unknown: whose wallet the money belongs in


class Came(StrEnum):
    """What became of money that came in."""

    DEPOSIT_PAID = "deposit_paid"
    BALANCE_PAID = "balance_paid"
    PART_PAID = "part_paid"
    TO_CREDIT = "to_credit"
    STRAY = "stray"  # nobody's, or of another currency: stays in suspense for an operator
    REPEATED = "repeated"  # heard before


@dataclass(frozen=True)
class Outcome:
    """What became of it, in numbers."""

    came: Came
    payment_id: int
    order_id: int | None
    to_order: Money
    to_credit: Money
    owed: Money  # still to pay now


def book_suspense(session: Session, *, provider: str, charge_id: str, amount: Money, now: datetime) -> None:
    """Book money as received, for whom is not yet said; the same charge again changes nothing."""
    books.money_to_suspense(session, Charge(provider, charge_id), amount, now=now)


def money_came(session: Session, fact: MoneyFact, *, now: datetime) -> Outcome:
    """Bring received money to its order; once per provider and charge id, whatever the repetitions. Never refuses.

    Deposit: held -> reserved (an expired order too, if quota remains). Balance: -> ready. Too little: kept as part
    payment. Too much, late, twice, for an ended order: the payer's wallet, with MONEY_TO_CREDIT and a refund task.
    An unknown payload: the wallet of the payer, if the provider knows him. Another currency, or from nobody: stays in
    suspense, with a task for staff, who books it (stray.py) or sends it back.
    """
    book_suspense(session, provider=fact.provider, charge_id=fact.charge_id, amount=fact.amount, now=now)
    payment = session.execute(_MEANT, {"payload": fact.payload}).scalar_one_or_none()
    order = locked_for_money(session, payment.order_id) if payment is not None and payment.order_id else None
    known = session.execute(_KNOWN, {"provider": fact.provider, "charge": fact.charge_id}).scalar_one_or_none()
    if known is not None:
        nothing = zero(fact.amount.currency)
        return Outcome(Came.REPEATED, known.id, known.order_id, nothing, nothing, nothing)
    charged = _charged(session, payment, fact, now)
    if order is None and charged.member_id is not None and fact.amount.currency == get_text(session, "currency"):
        _to_credit(session, charged, charged.member_id, fact.amount, "unknown", now)
        nothing = zero(fact.amount.currency)
        return Outcome(Came.TO_CREDIT, charged.id, None, nothing, fact.amount, nothing)
    if order is None or fact.amount.currency != order.currency:
        return _stray(session, charged, fact, now)
    return pay_with(session, order, charged, fact.amount, now=now)


def _charged(session: Session, payment: Payment | None, fact: MoneyFact, now: datetime) -> Payment:
    """The row of this charge: the payment it answers, or one of its own when that was paid before or is unknown."""
    row = payment
    if row is None or row.charge_id is not None or row.provider != fact.provider:
        digest = hashlib.sha256(f"{fact.provider}\n{fact.charge_id}".encode()).hexdigest()
        row = Payment(
            provider=fact.provider, payload=f"charge-{digest[:48]}", created_at=now,
            order_id=payment.order_id if payment else None, member_id=payment.member_id if payment else fact.payer_id,
            purpose=payment.purpose if payment else Purpose.OTHER.value, rev=1,
        )  # fmt: skip
        session.add(row)
    row.charge_id, row.state = fact.charge_id, "confirmed"
    row.amount_minor, row.currency, row.updated_at = fact.amount.minor, fact.amount.currency, now
    session.flush()
    return row


def _stray(session: Session, payment: Payment, fact: MoneyFact, now: datetime) -> Outcome:
    payment.state = "stray"
    task = _task(session, payment, fact.amount, "nobody" if payment.member_id is None else "wrong_currency", now)
    back_by = task.promised_on.isoformat() if task.promised_on else None
    facts = plain({"amount": fact.amount, "currency": fact.amount.currency, "why": "stray", "back_by": back_by})
    record(session, EventKind.MONEY_TO_CREDIT, payment, now=now, **facts)
    record(session, EventKind.PAYOUT_ASKED, task, now=now, **plain({"amount": fact.amount}))
    nothing = zero(fact.amount.currency)
    return Outcome(Came.STRAY, payment.id, payment.order_id, nothing, nothing, nothing)


def pay_with(session: Session, order: Order, payment: Payment, amount: Money, *, now: datetime) -> Outcome:
    """What waits in suspense of this payment pays the locked order; what it does not owe is its buyer's credit."""
    owed = _acceptable(session, order, payment, amount)
    taken = min(owed, amount)
    excess = amount - taken
    came = Came.TO_CREDIT
    if taken:
        charge, deal = purse.charge_of(payment), purse.deal_of(session, order)
        books.suspense_to_order(session, charge, deal, taken, now=now)
        came = settled(session, order, taken, owed, now=now)
    if excess:
        ends = {OrderState.EXPIRED.value: "late", OrderState.CANCELLED.value: "cancelled"}
        # whoever paid it: the order may have gone to another buyer meanwhile
        _to_credit(session, payment, payment.member_id or order.buyer_id, excess, ends.get(order.state, "excess"), now)
    return Outcome(came, payment.id, order.id, taken, excess, due_now(session, order))


def _acceptable(session: Session, order: Order, payment: Payment, amount: Money) -> Money:
    """How much of this amount the order can take now: nothing of what somebody sent who handed it over meanwhile."""
    if payment.member_id not in {None, order.buyer_id}:
        return zero(order.currency)
    if order.state == OrderState.EXPIRED and amount >= order.deposit and _revived(session, order):
        return order.deposit
    if order.cash_agreed and OrderState(order.state) in PRESSES["order.collect_cash"] - {OrderState.COMPLETED}:
        return rest_of(session, order)
    return due_now(session, order)


def _revived(session: Session, order: Order) -> bool:
    """Whether an expired order could take its quota again."""
    campaign = session.get_one(Campaign, order.campaign_id)
    try:
        take_quota(session, campaign, order.quantity, states=_BEFORE_HARVEST)
    except Refusal:
        return False  # nothing was written: the conditional UPDATE found no row
    return True


def settled(session: Session, order: Order, taken: Money, owed: Money, *, now: datetime) -> Came:
    """Money reached the order: move it on when nothing more is owed, tell a part payment otherwise."""
    if taken < owed or order.cash_agreed:
        facts = plain({"paid": taken, "owed": owed - taken})
        record(session, EventKind.PART_PAID, order, now=now, actor_id=order.buyer_id, **facts)
        return Came.PART_PAID if taken < owed else Came.BALANCE_PAID
    stop_timers(session, order)
    if order.state == OrderState.RESERVED:
        more_paid(session, order, now=now)
        _tell_sold_out(session, order, now)
        return Came.DEPOSIT_PAID
    actions = {OrderState.HELD.value: "pay_deposit", OrderState.EXPIRED.value: "pay_deposit_late"}
    action = actions.get(order.state, "pay_balance")
    rest = rest_of(session, order)
    advance(session, order, action, now=now, actor_id=order.buyer_id, paid=taken, rest=rest)
    if action == "pay_balance":
        return Came.BALANCE_PAID
    if order.waited:
        share_taken(session, order, now=now)
    _tell_sold_out(session, order, now)
    return Came.DEPOSIT_PAID


def _to_credit(session: Session, payment: Payment, member_id: int, excess: Money, why: str, now: datetime) -> None:
    books.suspense_to_wallet(session, purse.charge_of(payment), member_id, excess, now=now)
    facts = plain({"amount": excess, "order_id": payment.order_id, "why": why})
    record(session, EventKind.MONEY_TO_CREDIT, payment, now=now, **facts)
    _task(session, payment, excess, why, now)


def _task(session: Session, payment: Payment, amount: Money, why: str, now: datetime) -> Refund:
    """A refund for an operator to look at: the money is safe, the person may want it elsewhere."""
    task = Refund(
        kind="stray" if payment.state == "stray" else "order", order_id=payment.order_id, member_id=payment.member_id,
        amount_minor=amount.minor, currency=amount.currency, state="asked", why=why, rev=1, created_at=now,
        reference=str(payment.id), promised_on=promise(session, now),
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def _tell_sold_out(session: Session, order: Order, now: datetime) -> None:
    """Everything is reserved and paid for, and no hold can give any of it back."""
    if session.execute(_FULL, {"campaign": order.campaign_id}).first() is not None:
        campaign = session.get_one(Campaign, order.campaign_id)
        record(session, EventKind.CAMPAIGN_SOLD_OUT, campaign, now=now, **plain({"capacity": campaign.capacity}))
