"""Cancelling after the cutoff: the deposit waits for the waiting list, and is the farm's if nobody takes the share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed
from core.events import EventKind, record
from core.money import Money, zero
from core.orders.ending import End, end_order
from core.orders.flow import plain, with_campaign
from core.orders.models import Order
from core.orders.parties import require_order
from core.orders.places import LateShare
from core.orders.policy import terms_of
from core.orders.purse import deal_of, give_back, paid, returnable
from core.orders.states import OrderState
from core.orders.waiting import offer_freed, waiting_count
from core.payments import books
from core.permissions import Actor

LATE, REFUNDED, KEPT = "late", "late_refunded", "late_kept"


@dataclass(frozen=True)
class LatePlan:
    """What a cancellation after the cutoff costs, shown before it is confirmed."""

    until: date  # the last day on which it was free
    kept: Money  # back in full if the waiting list takes the share
    waiting: int  # how many wait


def was_moved(order: Order, campaign: Campaign) -> bool:
    """Whether the harvest is no longer when it was promised: cancelling is free then."""
    promised = terms_of(order).promised
    return order.state == OrderState.RESERVED and promised is not None and campaign.harvest_on != promised


def passed_cutoff(order: Order, campaign: Campaign, now: datetime) -> date | None:
    """The last free day, once it has passed for this reserved order."""
    terms = terms_of(order)
    if order.state != OrderState.RESERVED or was_moved(order, campaign) or terms.cutoff is None:
        return None
    return terms.cutoff if terms.today(now) > terms.cutoff else None


def late_plan(session: Session, order: Order, *, now: datetime) -> LatePlan | None:
    """What cancelling now would cost; None while it is free."""
    until = passed_cutoff(order, session.get_one(Campaign, order.campaign_id), now)
    if until is None:
        return None
    waiting, _quantity = waiting_count(session, order.campaign_id)
    return LatePlan(until, min(paid(session, order), order.deposit), waiting)


def cancel_late(session: Session, actor: Actor, order: Order, *, now: datetime) -> Money:
    """The buyer no longer wants it, after the cutoff: the share is free, the deposit waits. Returns what is kept.

    Refuses NotFound for a stranger, Changed (cancelling is free, or the crop was weighed).
    """
    require_order("order.cancel", actor, order)
    campaign = with_campaign(session, order)
    if passed_cutoff(order, campaign, now) is None:
        raise Changed(order_id=order.id)
    kept = min(paid(session, order), order.deposit)
    end = End("cancel_late", LATE, actor.member_id)
    end_order(session, order, campaign, end, now=now, kept=kept, quantity=order.quantity)
    if kept:
        share = LateShare(order_id=order.id, campaign_id=campaign.id, quantity=order.quantity, created_at=now)
        session.add(share)
        session.flush()
    offer_freed(session, campaign, now=now)
    return kept


def share_taken(session: Session, taker: Order, *, now: datetime) -> None:
    """Somebody who waited has paid the deposit: shares given up late before that are taken, the earliest first."""
    left = taker.quantity
    for share in _open_shares(session, taker.campaign_id):
        if not left:
            return
        if share.created_at > taker.created_at:
            continue
        part = min(share.quantity - share.taken, left)
        share.taken += part
        left -= part
        if share.taken == share.quantity:
            _refund(session, share, now)


def keep_deposits(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """The crop is in: what nobody took of a share is the farm's, of the rest the deposit goes back."""
    for share in _open_shares(session, campaign.id):
        order = session.get_one(Order, share.order_id)
        held = books.order_paid(session, order.id, order.currency)
        part = (Decimal(held.minor) * share.taken / share.quantity).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        its = Money(int(part), order.currency)
        back = returnable(session, order, its)
        share.state, order.reason, order.rev = "kept", KEPT, order.rev + 1
        give_back(session, order, back, why=LATE, now=now, actor_id=None)
        if held > its:
            books.forfeited(session, deal_of(session, order), held - its, now=now)
        facts = plain({"kept": held - its, "back": back})
        record(session, EventKind.LATE_DEPOSIT_KEPT, order, now=now, **facts)


def return_deposits(session: Session, campaign: Campaign, *, now: datetime) -> Money:
    """There is no crop to count on: every deposit that still waits goes back; returns how much in all."""
    return sum((_refund(session, share, now) for share in _open_shares(session, campaign.id)), zero(campaign.currency))


def _refund(session: Session, share: LateShare, now: datetime) -> Money:
    order = session.get_one(Order, share.order_id)
    back = returnable(session, order, books.order_paid(session, order.id, order.currency))
    share.state, order.reason, order.rev = "refunded", REFUNDED, order.rev + 1
    give_back(session, order, back, why=LATE, now=now, actor_id=None)
    record(session, EventKind.LATE_SHARE_TAKEN, order, now=now, **plain({"back": back, "taken": share.taken}))
    return back


def _open_shares(session: Session, campaign_id: int) -> list[LateShare]:
    found = select(LateShare).where(LateShare.campaign_id == campaign_id, LateShare.state == "open")
    locked = found.order_by(LateShare.id).with_for_update()
    return list(session.execute(locked, execution_options={"populate_existing": True}).scalars())
