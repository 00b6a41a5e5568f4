"""The balance never comes: more time on asking, once; in the end the deposit is the farm's and the goods are free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed
from core.events import EventKind, record
from core.messaging import due
from core.money import Money
from core.orders.balance import due_now, plan_window
from core.orders.ending import End, close_if_over, end_order, stop_timers
from core.orders.errors import MoreTimeGiven
from core.orders.flow import locked, plain, touch, with_campaign
from core.orders.models import Order
from core.orders.parties import require_order, side_of
from core.orders.policy import terms_of
from core.orders.purse import deposit_share, paid, release
from core.orders.states import OrderState
from core.orders.transfers import waiting_receipts
from core.permissions import Actor, require

A_RECEIPT = timedelta(hours=4)


@dataclass(frozen=True)
class Forfeit:
    """The numbers shown before an order is given up, and told afterwards."""

    kept: Money  # of the deposit: the farm's, less the fee
    back: Money  # to the buyer's wallet


def more_time(session: Session, actor: Actor, order: Order, *, now: datetime) -> datetime:
    """The buyer needs longer to pay: the window goes on for the hours of the terms, once. By when it is then.

    Refuses NotFound, Changed (nothing is due), MoreTimeGiven(until) (asked before, or this sale gives none).
    """
    require_order("order.more_time", actor, order)
    order = locked(session, order.id)
    if order.state != OrderState.BALANCE_DUE or order.balance_due_at is None or _receipt_waits(session, order):
        raise Changed(order_id=order.id)
    more = terms_of(order).more_time_hours
    if order.more_time_at is not None or not more:
        raise MoreTimeGiven(until=order.balance_due_at)
    stop_timers(session, order)
    until = order.balance_due_at + timedelta(hours=more)
    order.more_time_at, order.balance_due_at = now, until
    touch(order, now)
    plan_window(session, order, now)
    facts = plain({"until": until, "owed": due_now(session, order)})
    record(session, EventKind.MORE_TIME, order, now=now, actor_id=actor.member_id, **facts)
    return until


def forfeit_plan(session: Session, order: Order) -> Forfeit:
    """What would become of the money if the order were given up now."""
    came = paid(session, order)
    kept = min(came, deposit_share(order))
    return Forfeit(kept, came - kept)


def forfeit(session: Session, actor: Actor, order: Order, *, now: datetime) -> Forfeit:
    """Staff give up an order whose grace is over: nobody reached the buyer, or he does not want it any more.

    Refuses NotAllowed, YourOwn, Changed (paid meanwhile, within the grace, or a receipt waits).
    """
    campaign = with_campaign(session, order)
    require("order.forfeit", actor, owner_id=side_of(session, actor, order), state=order.state)
    if order.kept_until is None or order.kept_until > now or _receipt_waits(session, order):
        raise Changed(order_id=order.id)
    return _give_up(session, order, campaign, now, actor.member_id)


def forfeit_due(session: Session, order_id: int, now: datetime) -> None:
    """Due: nobody reached the buyer; a receipt that waits for an operator is waited for."""
    order = session.get_one(Order, order_id)
    campaign = with_campaign(session, order)
    if order.state != OrderState.OVERDUE:
        return
    if _receipt_waits(session, order):
        due.plan(session, "order.forfeit", order.id, now + A_RECEIPT, occurrence=now.isoformat())
        return
    _give_up(session, order, campaign, now, None)


def _give_up(session: Session, order: Order, campaign: Campaign, now: datetime, actor_id: int | None) -> Forfeit:
    plan = forfeit_plan(session, order)
    end = End("forfeit", "unpaid", actor_id)
    end_order(session, order, campaign, end, now=now, kept=plan.kept, free=order.share)
    release(session, order, now=now)
    close_if_over(session, campaign, now)
    return plan


def _receipt_waits(session: Session, order: Order) -> bool:
    return session.scalars(waiting_receipts(order).limit(1)).first() is not None
