"""The balance after the harvest: asked for with its window and reminders, or nothing when nothing is owed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from core.messaging import due
from core.money import Money, zero
from core.orders.ending import stop_timers
from core.orders.flow import advance
from core.orders.models import Order
from core.orders.policy import terms_of
from core.orders.purse import give_back, paid
from core.orders.states import OrderState

REMIND_HOURS = (24, 3)
TIME_AGAIN = timedelta(hours=4)  # the least that is left to pay after a receipt was rejected


def rest_of(session: Session, order: Order) -> Money:
    """What of the order's total is not yet paid; never less than nothing."""
    return max(order.total - paid(session, order), zero(order.currency))


def due_now(session: Session, order: Order) -> Money:
    """What is to pay at this moment: the deposit while held, the rest while the balance is due or overdue."""
    return due_of(order, paid(session, order))


def due_of(order: Order, paid_in: Money) -> Money:
    """Like `due_now`, for an order of which it is known what was paid."""
    nothing = zero(order.currency)
    if order.state == OrderState.HELD:
        return max(order.deposit - paid_in, nothing)
    if order.state in {OrderState.BALANCE_DUE, OrderState.OVERDUE}:
        return max(order.total - paid_in, nothing)
    if order.state == OrderState.RESERVED and order.more:
        return max(deposit_for(order, order.quantity + order.more) - paid_in, nothing)
    return nothing


def deposit_for(order: Order, quantity: Decimal) -> Money:
    """The deposit of so much, under the order's own price and terms."""
    return order.price.times(quantity).percent(terms_of(order).deposit_percent)


def ask_for_balance(session: Session, order: Order, *, now: datetime, actor_id: int | None) -> None:
    """From allocated: to balance_due with its window, or straight to ready when nothing is owed."""
    owed = rest_of(session, order)
    if not owed:
        advance(session, order, "owe_nothing", now=now, actor_id=actor_id, paid=paid(session, order))
        return
    open_window(session, order, now)
    advance(session, order, "ask_balance", now=now, actor_id=actor_id, owed=owed, until=order.balance_due_at)


def open_window(session: Session, order: Order, now: datetime) -> None:
    """Set the balance's deadline and plan its reminders (24 h and 3 h before, as far as that is still to come)."""
    until = now + timedelta(hours=terms_of(order).balance_hours)
    order.balance_due_at = until
    plan_window(session, order, now)


def plan_window(session: Session, order: Order, now: datetime) -> None:
    """Plan reminders and the end of the window the order has."""
    until = order.balance_due_at
    if until is None:
        return
    for before in REMIND_HOURS:
        if until - timedelta(hours=before) > now:
            occurrence = f"{before}h:{order.rev}"
            due.plan(
                session, "order.balance_reminder", order.id, until - timedelta(hours=before), occurrence=occurrence
            )
    due.plan(session, "order.balance_late", order.id, until, occurrence=str(order.rev))


def plan_forfeit(session: Session, order: Order, now: datetime) -> None:
    """Plan when an overdue order is given up by itself: never, when its terms leave it to an operator."""
    after = terms_of(order).forfeit_hours
    if after and order.kept_until is not None:
        moment = max(order.kept_until + timedelta(hours=after), now + TIME_AGAIN)
        due.plan(session, "order.forfeit", order.id, moment, occurrence=str(order.rev))


def square_up(session: Session, order: Order, *, now: datetime, actor_id: int | None) -> None:
    """The total changed: give back what is too much, close a balance that is now paid, or open one that is owed."""
    surplus = paid(session, order) - order.total
    if surplus.minor > 0:
        give_back(session, order, surplus, why="total_changed", now=now, actor_id=actor_id)
    rest = rest_of(session, order)
    if order.state in {OrderState.BALANCE_DUE, OrderState.OVERDUE} and not rest:
        stop_timers(session, order)
        advance(session, order, "pay_balance", now=now, actor_id=actor_id, paid=paid(session, order))
    elif order.state in {OrderState.READY, OrderState.PACKED} and rest and not order.cash_agreed:
        open_window(session, order, now)
        advance(session, order, "owe_more", now=now, actor_id=actor_id, owed=rest, until=order.balance_due_at)
