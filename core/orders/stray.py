"""Money that came from nobody we know, or in another currency: it waits in suspense until staff books or returns it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import NotFound
from core.events import EventKind, record
from core.members.decisions import Verdict, decide, note_first, refuse_own
from core.orders.errors import NoSuchOrder, OtherCurrency
from core.orders.flow import locked_for_money, plain
from core.orders.intake import Outcome, pay_with
from core.orders.models import Order, id_of, number_of
from core.orders.parties import seller_of
from core.orders.payout_states import go
from core.payments.models import Payment, Refund
from core.permissions import Actor


def book_stray(session: Session, actor: Actor, task: Refund, number: str, *, now: datetime) -> Outcome | None:
    """Staff found whose it is: it pays what that order owes, and what is more goes to its buyer's wallet.

    None: a second person must name the same order first. Refuses NotAllowed, YourOwn (an order one bought or sells),
    AlreadyDecided(by, at), NoSuchOrder(wanted), OtherCurrency(sum, number, currency), OneMoreConfirms(names).
    """
    if task.kind != "stray":
        raise NotFound
    wanted = id_of(number)
    named = number if wanted is None else number_of(wanted)
    decision = decide(session, actor, task, Verdict.APPROVE, reason=named, amount=task.amount, what=named, now=now)
    order = _order(session, number)
    for owner_id in (order.buyer_id, seller_of(session, order)):
        refuse_own(session, actor, owner_id)
    if order.currency != task.currency:
        raise OtherCurrency(sum=task.amount, number=order.number, currency=order.currency)
    if decision.verdict == Verdict.CONFIRM.value:
        note_first(session, actor, task, task.amount, now=now)
        return None
    payment = session.get_one(Payment, int(task.reference or 0))
    payment.order_id, payment.member_id, payment.state = order.id, order.buyer_id, "confirmed"
    task.order_id, task.member_id, task.reference = order.id, order.buyer_id, order.number
    go(task, "book")
    task.done_at = payment.updated_at = now
    facts = plain({"amount": task.amount, "order_id": order.id})
    record(session, EventKind.MONEY_BOOKED, task, now=now, actor_id=actor.member_id, **facts)
    return pay_with(session, order, payment, task.amount, now=now)


def _order(session: Session, number: str) -> Order:
    wanted = id_of(number)
    if wanted is None or session.get(Order, wanted) is None:
        raise NoSuchOrder(wanted=number[:20])
    return locked_for_money(session, wanted)
