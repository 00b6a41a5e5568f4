"""Ends before packing: the buyer cancels, a hold runs out, the crop is lost, a campaign is called off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.catalog import season
from core.catalog.errors import AlreadyReserved
from core.catalog.models import Campaign
from core.catalog.publish import pause
from core.catalog.rest import given_up_late, rests
from core.errors import BadInput, Changed
from core.events import EventKind, record
from core.i18n import _
from core.messaging import due
from core.money import Money, zero
from core.orders.balance import plan_forfeit
from core.orders.ending import End, end_order, locked_orders, move_campaign
from core.orders.errors import HasLeft, TooLateToCancel
from core.orders.flow import advance, locked, locked_campaign, plain, with_campaign
from core.orders.late import passed_cutoff, return_deposits, was_moved
from core.orders.models import Order
from core.orders.parties import orders_in, require_order, seller_id
from core.orders.policy import terms_of
from core.orders.purse import paid_by
from core.orders.states import BEFORE_PACKED, OPEN, OrderState
from core.orders.waiting import end_list, offer_freed
from core.permissions import Actor, require
from core.text import clean_lines


@dataclass(frozen=True)
class LossPlan:
    """The numbers shown before a campaign's orders are all cancelled, and told afterwards."""

    orders: int
    buyers: int
    total_back: Money


def cancel(session: Session, actor: Actor, order: Order, *, now: datetime) -> Money:
    """The buyer no longer wants it: all he paid goes to his wallet, the quota is free again. Returns what went back.

    Free from held, free until the cutoff, and free when the harvest was moved. Refuses TooLateToCancel(until, deposit)
    after the cutoff, Changed once the crop was weighed, NotFound for a stranger.
    """
    require_order("order.cancel", actor, order)
    campaign = with_campaign(session, order)
    why = "date_moved" if was_moved(order, campaign) else "buyer"
    until = passed_cutoff(order, campaign, now)
    if until is not None:
        raise TooLateToCancel(until=until, deposit=order.deposit)
    back = end_order(session, order, campaign, End("cancel", why, actor.member_id), now=now)
    offer_freed(session, campaign, now=now)
    return back


def expire(session: Session, order: Order, campaign: Campaign, *, now: datetime) -> Money:
    """A hold ran out: the quota is free, what was paid in part goes to the wallet. Order and campaign are locked."""
    order.hold_until = now if order.hold_until is None else min(order.hold_until, now)
    return end_order(session, order, campaign, End("expire", "unpaid"), now=now)


def hold_ends(session: Session, order_id: int, now: datetime) -> None:
    """Due: expire a hold that is over; a hold whose timer was stopped or moved stays."""
    order = session.get_one(Order, order_id)
    campaign = with_campaign(session, order)
    if order.state == OrderState.HELD and order.hold_until is not None and order.hold_until <= now:
        expire(session, order, campaign, now=now)
        offer_freed(session, campaign, now=now)


def balance_late(session: Session, order_id: int, now: datetime) -> None:
    """Due: the balance window is over; the goods wait out the grace, the call list, and are then given up."""
    order = locked(session, order_id)
    if order.state != OrderState.BALANCE_DUE or order.balance_due_at is None or order.balance_due_at > now:
        return
    due.drop(session, "order.balance_reminder", order.id)
    order.kept_until = order.balance_due_at + terms_of(order).grace
    plan_forfeit(session, order, now)
    advance(session, order, "run_late", now=now, until=order.kept_until)


def loss_plan(session: Session, campaign: Campaign) -> LossPlan:
    """How many orders and buyers a loss concerns, and how much goes back."""
    return _plan(session, campaign, orders_in(session, campaign, BEFORE_PACKED))


def crop_lost(session: Session, actor: Actor, campaign: Campaign, why: str, *, now: datetime) -> LossPlan:
    """The crop is lost: every order not yet packed is cancelled and paid back in full, at once.

    Refuses NotFound (another's campaign), Changed (already decided).
    """
    campaign = locked_campaign(session, campaign.id)
    require("campaign.lose", actor, owner_id=seller_id(session, campaign), state=campaign.state)
    _hold_rests(session, actor, campaign, now)
    campaign.lost_why = why[:40]
    done = _end_all(session, campaign, End("lose_crop", "crop_lost", actor.member_id), now)
    move_campaign(campaign, "crop_failed", now)
    _tell(session, EventKind.CROP_LOST, campaign, done, (now, actor.member_id, why))
    return done


def call_off(session: Session, actor: Actor, campaign: Campaign, *, why: str, now: datetime) -> LossPlan:
    """Staff stop a sale, before it is removed: like a lost crop, nobody loses money. Refuses NotAllowed, Changed."""
    require("campaign.remove", actor)
    campaign = locked_campaign(session, campaign.id)
    if campaign.state in {"removed", "cancelled", "done", "crop_failed", "failed"}:
        raise Changed
    _hold_rests(session, actor, campaign, now)
    campaign.decision_note = why
    done = _end_all(session, campaign, End("call_off", "called_off", actor.member_id), now)
    move_campaign(campaign, "cancelled", now)
    _tell(session, EventKind.CAMPAIGN_CLOSED, campaign, done, (now, actor.member_id, why))
    return done


def cancel_sale(session: Session, actor: Actor, campaign: Campaign, why: str, *, now: datetime) -> LossPlan:
    """The farmer cancels the whole sale before any of it is packed: like a lost crop, nobody loses money.

    Refuses NotFound (another's), Changed (already decided), HasLeft(count) when something is packed or on its way.
    """
    campaign = locked_campaign(session, campaign.id)
    require("campaign.cancel", actor, owner_id=seller_id(session, campaign), state=campaign.state)
    left = len(orders_in(session, campaign, OPEN - BEFORE_PACKED))
    if left:
        raise HasLeft(count=left)
    _hold_rests(session, actor, campaign, now)
    campaign.lost_why = why[:40]
    done = _end_all(session, campaign, End("withdraw", "sale_cancelled", actor.member_id), now)
    move_campaign(campaign, "cancelled", now)
    _tell(session, EventKind.CAMPAIGN_CLOSED, campaign, done, (now, actor.member_id, why))
    return done


def remove(session: Session, actor: Actor, campaign: Campaign, reason: str, *, now: datetime) -> None:
    """Take an illegal listing off. While buyers hold shares it raises AlreadyReserved: call the sale off first.

    Whoever waits for it waits no more. Refuses NotAllowed, BadInput (no reason).
    """
    require("campaign.remove", actor)
    campaign = locked_campaign(session, campaign.id)
    why = clean_lines(reason, 500)
    if not why:
        raise BadInput(field=_("Reason"), reason=_("it is missing"), example=_("It may not be sold here."))
    end_list(session, campaign, now=now)  # what it offered is no share that a buyer holds
    if campaign.state != "cancelled" and (kept := campaign.reserved + given_up_late(session, campaign)):
        raise AlreadyReserved(quantity=kept, unit=campaign.unit)
    move_campaign(campaign, "removed", now)
    campaign.decision_note = why
    season.forget(session, campaign)
    record(session, EventKind.CAMPAIGN_REMOVED, campaign, now=now, actor_id=actor.member_id, reason=why)


def _hold_rests(session: Session, actor: Actor, campaign: Campaign, now: datetime) -> None:
    """Sales of the rest of its harvest take no more reservations until the farmer has said what becomes of each.

    They are locked before orders and wallets, as every sale is.
    """
    for rest in rests(session, campaign, "open", locked=True):
        pause(session, actor, rest, now=now)


def _end_all(session: Session, campaign: Campaign, end: End, now: datetime) -> LossPlan:
    end_list(session, campaign, now=now)
    orders = locked_orders(session, campaign, frozenset(BEFORE_PACKED))
    done = _plan(session, campaign, orders)
    for order in orders:
        end_order(session, order, campaign, end, now=now)
    return_deposits(session, campaign, now=now)  # after the orders are locked, as whoever pays locks them
    season.forget(session, campaign)
    return done


def _plan(session: Session, campaign: Campaign, orders: list[Order]) -> LossPlan:
    back = sum(paid_by(session, orders).values(), zero(campaign.currency))
    return LossPlan(len(orders), len({order.buyer_id for order in orders}), back)


def _tell(session: Session, kind: EventKind, campaign: Campaign, done: LossPlan, by: tuple[datetime, int, str]) -> None:
    now, actor_id, why = by
    facts = plain({"why": why, "orders": done.orders, "buyers": done.buyers, "back": done.total_back})
    record(session, kind, campaign, now=now, actor_id=actor_id, **facts)
