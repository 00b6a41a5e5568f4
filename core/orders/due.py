"""Registers what falls due for orders and campaigns; each task looks again before it acts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog import asking  # noqa: F401 - registers the tasks of questions
from core.events import EventKind, record
from core.messaging.due import task
from core.orders import (
    aftersale,
    cancel,
    case_ruling,
    changing,
    closing,
    consent,
    forfeit,
    fulfil,
    terms,
    undelivered,
    waiting,
)
from core.orders.balance import rest_of
from core.orders.flow import plain
from core.orders.models import Order
from core.orders.purse import has_open_case
from core.orders.states import OrderState
from core.reputation.models import Review

task("order.hold_ends")(cancel.hold_ends)
task("order.more_ends")(changing.more_ends)
task("waiting.offer_ends")(waiting.offer_ends)
task("order.balance_late")(cancel.balance_late)
task("order.auto_confirm")(fulfil.auto_confirm)
task("order.forfeit")(forfeit.forfeit_due)
task("order.consent_ends")(consent.consent_ends)
task("order.terms_end")(terms.terms_end)
task("order.perishes")(undelivered.perishes)
task("campaign.closes")(closing.closes)
task("campaign.decides")(closing.decides)
task("case.run_out")(aftersale.run_out)
task("case.reminder")(aftersale.reminder)
task("case.carry_out")(case_ruling.carry_out)


@task("order.deposit_reminder")
def deposit_reminder(session: Session, order_id: int, now: datetime) -> None:
    """Ten minutes before a hold ends."""
    order = session.get_one(Order, order_id)
    if order.state == OrderState.HELD and order.hold_until is not None:
        facts = plain({"deposit": order.deposit, "hold_until": order.hold_until})
        record(session, EventKind.DEPOSIT_DUE, order, now=now, **facts)


@task("order.balance_reminder")
def balance_reminder(session: Session, order_id: int, now: datetime) -> None:
    """A day, and again three hours, before the balance is late."""
    order = session.get_one(Order, order_id)
    if order.state == OrderState.BALANCE_DUE:
        facts = plain({"owed": rest_of(session, order), "until": order.balance_due_at})
        record(session, EventKind.BALANCE_REMINDER, order, now=now, **facts)


@task("order.terms_reminder")
def terms_reminder(session: Session, order_id: int, now: datetime) -> None:
    """Half-way to the moment when silence ends an order for other goods."""
    order = session.get_one(Order, order_id)
    if order.thinks:
        record(session, EventKind.TERMS_REMINDER, order, now=now, **plain({"until": order.consent_until}))


@task("order.auto_confirm_soon")
def auto_confirm_soon(session: Session, order_id: int, now: datetime) -> None:
    """Half-way to the moment when silence counts as receipt."""
    order = session.get_one(Order, order_id)
    if order.state == OrderState.DELIVERED and not has_open_case(session, order_id):
        record(session, EventKind.AUTO_CONFIRM_SOON, order, now=now)


@task("order.review_invitation")
def review_invitation(session: Session, order_id: int, now: datetime) -> None:
    """Some hours after the delivery, unless the buyer has already said how it was."""
    order = session.get_one(Order, order_id)
    said = session.execute(select(Review.id).where(Review.order_id == order_id).limit(1)).first()
    if order.state in {OrderState.DELIVERED, OrderState.COMPLETED} and said is None:
        record(session, EventKind.REVIEW_INVITED, order, now=now)
