"""Paying for an order: what is due, which ways fit, and how each of them begins."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.money import Money
from core.orders import purse
from core.orders.balance import due_now, rest_of
from core.orders.ending import stop_timers
from core.orders.errors import CreditTooLow, HoldEnded, MethodNotOffered, NothingDue, PriceChanged, WrongPayer
from core.orders.flow import advance, locked
from core.orders.intake import Came, MoneyFact, Outcome, book_suspense, money_came, settled
from core.orders.models import Order
from core.orders.parties import require_order
from core.orders.states import OrderState
from core.payments.books import wallet_holds
from core.payments.models import Payment, PaymentMethod
from core.payments.provider import Purpose
from core.payments.service import methods, provider_named
from core.permissions import Actor

__all__ = [
    "Came", "MoneyFact", "Outcome", "agree_cash", "book_suspense", "due_now", "methods_for", "money_came",
    "pay_from_wallet", "precheck", "rest_of", "start_payment",
]  # fmt: skip

_AGAIN = (  # made once: whoever pays asks it
    select(Payment).where(
        Payment.order_id == bindparam("order"), Payment.provider == bindparam("way"), Payment.state == "created",
        Payment.amount_minor == bindparam("minor"), Payment.purpose == bindparam("what"),
        Payment.member_id == bindparam("buyer"),  # not what somebody opened who handed the order over
    ).order_by(Payment.id.desc()).limit(1)
)  # fmt: skip


def methods_for(session: Session, order: Order) -> list[PaymentMethod]:
    """The ways to pay what is due now: on, allowed here, fit for the amount; the wallet only when it suffices."""
    amount = due_now(session, order)
    if not amount:
        return []
    credit = wallet_holds(session, order.buyer_id, order.currency)
    return [method for method in methods(session) if _fits(method.provider, amount, purpose_of(order), credit)]


def start_payment(session: Session, actor: Actor, order: Order, provider: str, *, now: datetime) -> Payment:
    """Begin to pay what is due now. Wallet, sandbox: confirmed at once; cash: agreed at once; messenger_invoice,
    transfer: a `created` payment, the same one again while it fits.

    Refuses NotFound, NothingDue, HoldEnded, MethodNotOffered, CreditTooLow.
    """
    order = _payable(session, actor, order, now)
    if provider == "wallet":
        return pay_from_wallet(session, actor, order, now=now)
    if provider not in {method.provider for method in methods_for(session, order)}:
        raise MethodNotOffered(provider=provider)
    if provider == "cash":
        return agree_cash(session, actor, order, now=now)
    payment = _opened(session, order, provider, now)
    if provider == "sandbox":
        fact = MoneyFact(provider, f"sandbox-{payment.payload}", payment.payload, payment.amount)
        money_came(session, fact, now=now)
    return payment


def precheck(
    session: Session, *, payload: str, currency: str, amount_minor: int, member_id: int, now: datetime
) -> None:
    """Whether an invoice may still be paid: the messenger asks just before it charges. Writes nothing.

    Refuses NotFound (another's payload), WrongPayer, NothingDue, HoldEnded, PriceChanged(due).
    """
    payment = session.execute(select(Payment).where(Payment.payload == payload)).scalar_one_or_none()
    if payment is None or payment.order_id is None:
        raise NotFound
    order = session.get_one(Order, payment.order_id)
    if payment.member_id != member_id or order.buyer_id != member_id:  # opened before the order was handed over
        raise WrongPayer
    _check_time(order, now)
    amount = due_now(session, order)
    if not amount or payment.charge_id is not None:
        raise NothingDue
    if amount != Money(amount_minor, currency) or amount != payment.amount:
        raise PriceChanged(due=amount)


def pay_from_wallet(session: Session, actor: Actor, order: Order, *, now: datetime) -> Payment:
    """Pay all that is due now from the buyer's wallet. Refuses NotFound, NothingDue, HoldEnded, CreditTooLow."""
    order = _payable(session, actor, order, now)
    amount = due_now(session, order)
    credit = wallet_holds(session, order.buyer_id, order.currency)
    if credit < amount:
        raise CreditTooLow(credit=credit, wanted=amount)
    payment = _opened(session, order, "wallet", now)
    payment.state, payment.charge_id, payment.updated_at = "confirmed", f"wallet-{payment.payload}", now
    purse.pay_from_credit(session, payment, order, now)
    settled(session, order, amount, amount, now=now)
    return payment


def agree_cash(session: Session, actor: Actor, order: Order, *, now: datetime) -> Payment:
    """The balance will be paid in cash at hand-over: the order is ready, nothing is booked until the cash is taken.

    Refuses NotFound, NothingDue, MethodNotOffered (a deposit, or cash is switched off).
    """
    order = _payable(session, actor, order, now)
    if "cash" not in {method.provider for method in methods_for(session, order)}:
        raise MethodNotOffered(provider="cash")
    owed = due_now(session, order)
    payment = _opened(session, order, "cash", now)
    stop_timers(session, order)
    order.cash_agreed = True
    advance(session, order, "agree_cash", now=now, actor_id=actor.member_id, owed=owed)
    return payment


def purpose_of(order: Order) -> Purpose:
    """What a payment made now would be for."""
    return Purpose.DEPOSIT if order.state in {OrderState.HELD, OrderState.RESERVED} else Purpose.BALANCE


def _payable(session: Session, actor: Actor, order: Order, now: datetime) -> Order:
    require_order("order.pay", actor, order)
    order = locked(session, order.id)
    _check_time(order, now)
    if not due_now(session, order):
        raise NothingDue(order_id=order.id)
    return order


def _check_time(order: Order, now: datetime) -> None:
    until = order.hold_until if order.state == OrderState.HELD else order.more_until
    over = until is not None and until <= now
    if over or order.state == OrderState.EXPIRED:
        raise HoldEnded(ended=until or order.updated_at)


def _fits(provider: str, amount: Money, purpose: Purpose, credit: Money) -> bool:
    if provider == "wallet" and credit < amount:
        return False
    return provider_named(provider).fits(amount, purpose)


def _opened(session: Session, order: Order, provider: str, now: datetime) -> Payment:
    """The open payment of this order, provider and amount, or a new one: a double tap opens one."""
    amount, purpose = due_now(session, order), purpose_of(order)
    which = {
        "order": order.id, "way": provider, "minor": amount.minor, "what": purpose.value, "buyer": order.buyer_id,
    }  # fmt: skip
    again = session.execute(_AGAIN, which).scalar_one_or_none()
    if again is not None:
        return again
    payment = Payment(
        order_id=order.id, member_id=order.buyer_id, provider=provider, purpose=purpose.value, state="created",
        amount_minor=amount.minor, currency=amount.currency, payload=f"{order.id}-{secrets.token_urlsafe(12)}",
        rev=1, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(payment)
    session.flush()
    return payment
