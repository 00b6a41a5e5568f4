"""Transfers: the buyer shows a receipt, an operator looks at the account and says whether the money is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from core.errors import Changed
from core.events import EventKind, record
from core.members.decisions import Verdict, decide, note_first, refuse_own
from core.members.models import Decision
from core.messaging.models import Media
from core.money import Money
from core.orders.balance import plan_forfeit, plan_window
from core.orders.changing import plan_more
from core.orders.ending import stop_timers
from core.orders.errors import AmountNotPositive
from core.orders.flow import locked, plain
from core.orders.intake import MoneyFact, Outcome, money_came
from core.orders.models import Order
from core.orders.parties import require_order, seller_of
from core.orders.policy import terms_of
from core.orders.reserve import plan_hold
from core.orders.states import OrderState
from core.payments.models import Payment, ReceiptPicture
from core.permissions import Actor
from core.text import clean

PICTURES_MOST = 5
MORE_WITHIN = timedelta(minutes=10)  # what comes so soon after a receipt belongs to it
# how long is left to pay after the receipt of a deposit, or at least of a balance, was rejected
DEPOSIT_AGAIN, BALANCE_AGAIN = timedelta(minutes=30), timedelta(hours=4)
MOST_TIMES = 10  # so many times what was asked can have come; more is a slip of the pen


@dataclass(frozen=True)
class Submitted:
    """A receipt was handed in; `duplicate_of` is the payment that showed the same photo or reference before."""

    payment: Payment
    duplicate_of: int | None


def submit_receipt(
    session: Session, actor: Actor, payment: Payment, *, media_id: int | None, reference: str | None, now: datetime
) -> Submitted:
    """Hand in the photo or the reference of a transfer: operators are told, nothing is booked yet.

    The timer stops until it is decided; not for another after one was rejected, else it would never end.

    Refuses NotFound (another's payment), Changed (nothing to show, already handed in, already decided).
    """
    order = session.get_one(Order, payment.order_id)
    require_order("order.pay", actor, order)
    order = locked(session, order.id)
    session.refresh(payment)
    said = clean(reference, 64)
    if payment.provider != "transfer" or payment.state not in {"created", "rejected"} or not (said or media_id):
        raise Changed(payment_id=payment.id)
    payment.state, payment.note = "submitted", said or None
    payment.reference_key = said.casefold() or None  # databases fold the letters of few scripts
    payment.rev, payment.updated_at = payment.rev + 1, now
    if not _rejected(session, payment):
        _stop_timer(session, order)
    session.execute(delete(ReceiptPicture).where(ReceiptPicture.payment_id == payment.id))  # of one that was rejected
    if media_id is not None:
        session.add(ReceiptPicture(payment_id=payment.id, media_id=media_id))
    session.flush()
    twin = duplicate_of(session, payment)
    facts = plain({"amount": payment.amount, "order_id": order.id, "duplicate_of": twin})
    record(session, EventKind.TRANSFER_SUBMITTED, payment, now=now, actor_id=actor.member_id, **facts)
    return Submitted(payment, twin)


def goes_on_until(session: Session, payment: Payment) -> datetime | None:
    """By when it must be paid although a receipt waits, since one was rejected before; None: the timer is stopped."""
    if not _rejected(session, payment):
        return None
    order = session.get_one(Order, payment.order_id)
    return order.hold_until if order.state == OrderState.HELD else order.more_until or order.balance_due_at


def waiting_receipts(order: Order) -> Select[Payment]:
    """What its buyer, and nobody who had it before, handed in and an operator still looks for."""
    mine = (Payment.order_id == order.id, Payment.member_id == order.buyer_id)
    return select(Payment).where(*mine, Payment.state == "submitted")


def wait_for_receipt(session: Session, order: Order) -> None:
    """A window to pay was opened while a receipt waits: its time is the operator's, as when it is shown later."""
    if any(goes_on_until(session, receipt) is None for receipt in session.scalars(waiting_receipts(order)).all()):
        stop_timers(session, order)


def fresh_receipt(session: Session, actor: Actor, *, now: datetime) -> Payment | None:
    """The receipt that this person handed in a moment ago, if it still waits: a further picture belongs to it."""
    found = select(Payment).where(
        Payment.state == "submitted", Payment.updated_at.between(now - MORE_WITHIN, now),
        Payment.member_id == actor.member_id, Payment.order_id.is_not(None),
    )  # fmt: skip
    return session.scalars(found.order_by(Payment.updated_at.desc(), Payment.id.desc()).limit(1)).first()


def add_picture(session: Session, actor: Actor, payment: Payment, media_id: int, *, now: datetime) -> int:
    """One more picture of a receipt that waits; operators are shown it too. How many there are now.

    Refuses NotFound (another's payment), Changed (decided meanwhile, or there are PICTURES_MOST).
    """
    require_order("order.pay", actor, session.get_one(Order, payment.order_id))
    session.refresh(payment, with_for_update=True)
    known = pictures(session, payment)
    if media_id in known:
        return len(known)
    if payment.state != "submitted" or len(known) >= PICTURES_MOST:
        raise Changed(payment_id=payment.id)
    session.add(ReceiptPicture(payment_id=payment.id, media_id=media_id))
    session.flush()
    record(session, EventKind.TRANSFER_SUBMITTED, payment, now=now, actor_id=actor.member_id, further=bool(known))
    return len(known) + 1


def pictures(session: Session, payment: Payment) -> list[int]:
    """Media ids of what was handed in, the first one first."""
    found = select(ReceiptPicture.media_id).where(ReceiptPicture.payment_id == payment.id)
    return list(session.scalars(found.order_by(ReceiptPicture.id)))


def check_amount(payment: Payment, amount: Money) -> None:
    """Whether this can be what came for it. Refuses AmountNotPositive(most)."""
    most = payment.amount.times(Decimal(MOST_TIMES))
    if amount.minor <= 0 or amount > most:
        raise AmountNotPositive(most=most)


def decide_receipt(  # noqa: PLR0913 - what an operator can say of a transfer
    session: Session, actor: Actor, payment: Payment, *, accept: bool, reason: str | None, amount: Money | None = None,
    now: datetime,
) -> Outcome | None:  # fmt: skip
    """An operator says whether the money is there, all of it or this `amount`: it pays the order like any money. Too
    little is kept as part payment and gets the timer back for the rest, too much goes to the wallet. Rejected, the
    buyer may hand in another receipt in the time that is told.

    None: rejected, or a second person must confirm the same first. Refuses NotAllowed, YourOwn (who pays, buys or
    sells), AlreadyDecided(by, at), Changed (nothing was handed in), BadInput (rejected without a reason),
    OneMoreConfirms(names), AmountNotPositive(most).
    """
    if payment.order_id is not None:
        order = session.get_one(Order, payment.order_id)
        for owner_id in (order.buyer_id, seller_of(session, order)):  # it may have been handed over since
            refuse_own(session, actor, owner_id)
    stopped = not _rejected(session, payment)
    outcome = None
    if accept:
        outcome = _accept(session, actor, payment, amount, now)
    else:
        _reject(session, actor, payment, reason, now)
    if stopped and payment.state != "submitted":
        _time_again(session, payment, now)
    return outcome


def _accept(session: Session, actor: Actor, payment: Payment, amount: Money | None, now: datetime) -> Outcome | None:
    came = payment.amount if amount is None else amount
    check_amount(payment, came)
    decision = decide(session, actor, payment, Verdict.APPROVE, amount=came, now=now)
    if decision.verdict == Verdict.CONFIRM.value:
        note_first(session, actor, payment, came, now=now)
        return None
    outcome = money_came(session, MoneyFact("transfer", f"transfer-{payment.id}", payment.payload, came), now=now)
    facts = plain({"amount": came, "order_id": payment.order_id})
    record(session, EventKind.TRANSFER_ACCEPTED, payment, now=now, actor_id=actor.member_id, **facts)
    return outcome


def _reject(session: Session, actor: Actor, payment: Payment, reason: str | None, now: datetime) -> None:
    decision = decide(session, actor, payment, Verdict.REJECT, reason=reason, now=now)
    payment.state, payment.rev, payment.updated_at = "rejected", payment.rev + 1, now
    facts = plain({"amount": payment.amount, "order_id": payment.order_id, "reason": decision.reason})
    record(session, EventKind.TRANSFER_REJECTED, payment, now=now, actor_id=actor.member_id, **facts)


def duplicate_of(session: Session, payment: Payment) -> int | None:
    """An earlier payment with one of the same pictures (its row, or its content once fetched) or the same reference."""
    others = select(Payment.id).where(Payment.id != payment.id, Payment.provider == "transfer")
    same: list[Select[int]] = []  # each has its index; one question with "or" would have none
    if shown := pictures(session, payment):
        showing = others.join(ReceiptPicture, ReceiptPicture.payment_id == Payment.id)
        contents = select(Media.sha256).where(Media.id.in_(shown))
        alike = select(Media.id).where(Media.sha256.in_(contents))
        same.append(showing.where(ReceiptPicture.media_id.in_(shown)))
        same.append(showing.where(ReceiptPicture.media_id.in_(alike)))
    if payment.reference_key:
        same.append(others.where(Payment.reference_key == payment.reference_key))
    found = [session.scalars(one.order_by(Payment.id).limit(1)).first() for one in same]
    return min((earlier for earlier in found if earlier is not None), default=None)


def _rejected(session: Session, payment: Payment) -> bool:
    """Whether a receipt of the same person for the same purpose of this order was rejected before."""
    alike = select(Payment.id).where(
        Payment.order_id == payment.order_id, Payment.provider == "transfer", Payment.purpose == payment.purpose,
        Payment.member_id == payment.member_id,
    )  # fmt: skip
    refused = select(Decision.id).where(
        Decision.subject_kind == Payment.__tablename__, Decision.subject_id.in_(alike),
        Decision.verdict == Verdict.REJECT.value,
    )  # fmt: skip
    return session.execute(refused.limit(1)).first() is not None


def _stop_timer(session: Session, order: Order) -> None:
    if order.state == OrderState.CONSENT_WAIT:
        return  # the buyer's word is waited for, whatever was paid meanwhile
    stop_timers(session, order)
    if order.state == OrderState.HELD:
        order.hold_until = None
    order.more_until = None


def _time_again(session: Session, payment: Payment, now: datetime) -> None:
    """What is still to pay gets its timer back: the receipt was rejected, or covered only a part."""
    order = locked(session, payment.order_id or 0)
    if order.state == OrderState.CONSENT_WAIT or order.buyer_id != payment.member_id:
        return  # nothing was stopped: the buttons that ask for the buyer's word, or the taker's to pay, go on to work
    terms = terms_of(order)
    order.rev += 1  # timers are planned once per revision
    if order.state == OrderState.HELD:
        order.hold_until = now + DEPOSIT_AGAIN
        plan_hold(session, order, order.hold_until, terms)
    elif order.state == OrderState.RESERVED and order.more:
        plan_more(session, order, now + DEPOSIT_AGAIN)
    elif order.state == OrderState.BALANCE_DUE and order.balance_due_at is not None:
        order.balance_due_at = max(order.balance_due_at, now + BALANCE_AGAIN)
        plan_window(session, order, now)
    elif order.state == OrderState.OVERDUE:
        plan_forfeit(session, order, now)
