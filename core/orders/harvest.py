"""The harvest is entered: shares are fixed, surplus deposits go back, balances are asked for, the batch is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog import season
from core.catalog.form import zone_of
from core.catalog.models import Campaign
from core.events import EventKind, record
from core.members.models import Member
from core.money import Money, zero
from core.orders.allocation import Ask, Line, Sharing, manual, share
from core.orders.balance import ask_for_balance
from core.orders.cancel import expire
from core.orders.changing import end_more
from core.orders.ending import End, end_order, locked_orders, move_campaign
from core.orders.errors import HarvestNothing, HarvestTooMuch
from core.orders.flow import advance, locked_campaign, plain
from core.orders.late import keep_deposits
from core.orders.models import Order
from core.orders.parties import orders_in, seller_id
from core.orders.purse import deposit_of, give_back, paid_by
from core.orders.states import OrderState
from core.orders.transfers import wait_for_receipt
from core.orders.waiting import end_list
from core.payments.models import Payment
from core.permissions import Actor, require
from core.tracing.service import harvested_at, open_batch

Shares = Mapping[int, Decimal]  # order id -> quantity, as the farmer says


@dataclass(frozen=True)
class _Entry:
    """What the farmer entered, and how many unpaid reservations end with it."""

    quantity: Decimal
    sharing: Sharing
    shares: Shares | None
    expiring: int


@dataclass(frozen=True)
class HarvestLine:
    """What one order gets of the harvest, and what that means in money."""

    order_id: int
    number: str
    buyer_id: int
    buyer_name: str
    asked: Decimal
    given: Decimal
    back: Money  # to the wallet
    owed: Money  # the balance that will be asked for

    @property
    def cut_out(self) -> bool:
        """Nothing, or less than is useful, was left for it: cancelled and paid back."""
        return self.given == 0


@dataclass(frozen=True)
class HarvestPlan:
    """The numbers shown before a harvest is confirmed."""

    quantity: Decimal
    unit: str
    sharing: Sharing
    lines: tuple[HarvestLine, ...]
    expiring: int  # held orders that end unpaid
    total_asked: Money
    total_back: Money

    @property
    def how(self) -> str:
        """By which rule it was shared, for the arithmetic that each buyer is told."""
        is_full = all(line.given == line.asked for line in self.lines)
        return Sharing.FULL.value if is_full else self.sharing.value

    @property
    def asked(self) -> Decimal:
        return sum((line.asked for line in self.lines), Decimal(0))

    @property
    def given(self) -> Decimal:
        return sum((line.given for line in self.lines), Decimal(0))

    @property
    def buyers(self) -> int:
        """Buyers who will be asked, or told that nothing is owed."""
        return len({line.buyer_id for line in self.lines if not line.cut_out})

    @property
    def cut_out(self) -> int:
        return sum(line.cut_out for line in self.lines)


def harvest_plan(
    session: Session, campaign: Campaign, quantity: Decimal, sharing: Sharing, *, shares: Shares | None = None
) -> HarvestPlan:
    """Who gets how much, who owes what, what goes back; `shares`: the farmer's own, when the sharing is MANUAL.

    Refuses HarvestNothing, HarvestTooMuch, BadShare.
    """
    _check(campaign, quantity)
    orders = orders_in(session, campaign, {OrderState.RESERVED})
    expiring = len(orders_in(session, campaign, {OrderState.HELD}))
    return _plan(session, campaign, orders, _Entry(quantity, sharing, shares, expiring))


def enter_harvest(  # noqa: PLR0913 - a harvest and how it is shared
    session: Session, actor: Actor, campaign: Campaign, quantity: Decimal, *, sharing: Sharing,
    shares: Shares | None = None, now: datetime,
) -> HarvestPlan:  # fmt: skip
    """Fix everybody's share, move the money and ask for the balances, all or nothing; returns what was done.

    Goods sold by final weight are weighed first (consent.weigh): their balances wait until then.
    Refuses NotFound (another's campaign), Changed (already harvested), HarvestNothing, HarvestTooMuch, BadShare.
    """
    campaign = locked_campaign(session, campaign.id)
    require("campaign.harvest", actor, owner_id=seller_id(session, campaign), state=campaign.state)
    _check(campaign, quantity)
    end_list(session, campaign, now=now)
    held = locked_orders(session, campaign, frozenset({OrderState.HELD}))
    for order in held:
        expire(session, order, campaign, now=now)
    orders = locked_orders(session, campaign, frozenset({OrderState.RESERVED}))
    for order in orders:
        end_more(session, order, campaign, now=now)
    keep_deposits(session, campaign, now=now)
    plan = _plan(session, campaign, orders, _Entry(quantity, sharing, shares, len(held)))
    for order, line in zip(orders, plan.lines, strict=True):
        _allot(session, order, campaign, line, (now, actor.member_id, plan))
    for order in _with_receipts(session, campaign):
        wait_for_receipt(session, order)
    _note(session, campaign, plan, (now, actor.member_id))
    return plan


def _check(campaign: Campaign, quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity < campaign.pack:
        raise HarvestNothing(example=campaign.capacity, unit=campaign.unit)
    if quantity > campaign.capacity or quantity != round(quantity, 3):
        raise HarvestTooMuch(quantity=quantity, offered=campaign.capacity, unit=campaign.unit)


def _plan(session: Session, campaign: Campaign, orders: Sequence[Order], entry: _Entry) -> HarvestPlan:
    shares = _shared([_ask(order) for order in orders], campaign, entry)
    money = paid_by(session, orders)
    found = select(Member.id, Member.name).where(Member.id.in_({order.buyer_id for order in orders}))
    names = dict(session.execute(found).all())
    lines = tuple(
        _line(order, line, money[order.id], names[order.buyer_id])
        for order, line in zip(orders, shares, strict=True)
    )  # fmt: skip
    nothing = zero(campaign.currency)
    asked = sum((line.owed for line in lines), nothing)
    back = sum((line.back for line in lines), nothing)
    return HarvestPlan(entry.quantity, campaign.unit, entry.sharing, lines, entry.expiring, asked, back)


def _shared(asks: list[Ask], campaign: Campaign, entry: _Entry) -> tuple[Line, ...]:
    if entry.sharing is Sharing.MANUAL:
        return manual(asks, entry.quantity, campaign.pack, entry.shares or {})
    return share(asks, entry.quantity, campaign.pack, entry.sharing)


def _ask(order: Order) -> Ask:
    return Ask(order.id, order.quantity, order.created_at, order.least_useful)


def _line(order: Order, line: Line, paid_in: Money, name: str) -> HarvestLine:
    back = _surplus(order, line.given, paid_in)
    nothing = zero(order.currency)
    total = order.price.times(line.given) + order.delivery_fee
    owed = nothing if line.given == 0 else max(total - (paid_in - back), nothing)
    return HarvestLine(order.id, order.number, order.buyer_id, name, line.asked, line.given, back, owed)


def _surplus(order: Order, given: Decimal, paid_in: Money) -> Money:
    """What was paid beyond the deposit's share of the goods that remain: nothing for a full share."""
    if given == 0:
        return paid_in
    keeps = deposit_of(order, given)
    return max(paid_in - keeps, zero(order.currency)) if given < order.quantity else zero(order.currency)


def _allot(
    session: Session, order: Order, campaign: Campaign, line: HarvestLine, by: tuple[datetime, int, HarvestPlan]
) -> None:
    now, actor_id, plan = by
    if line.cut_out:
        end_order(session, order, campaign, End("cut_out", "short_crop", actor_id), now=now)
        return
    order.allocated = line.given
    advance(
        session, order, "allocate", now=now, actor_id=actor_id, asked=line.asked, given=line.given, back=line.back,
        owed=line.owed, how=plan.how, crop=plan.quantity, ordered=plan.asked,
    )  # fmt: skip
    give_back(session, order, line.back, why="short_crop", now=now, actor_id=actor_id)
    if campaign.by_weight:
        return  # the balance waits for the scales
    ask_for_balance(session, order, now=now, actor_id=actor_id)


def _with_receipts(session: Session, campaign: Campaign) -> Sequence[Order]:
    """Orders whose balance is asked for while an operator still looks for what their buyers sent before."""
    asked = (Order.campaign_id == campaign.id, Order.state == OrderState.BALANCE_DUE.value)
    shown = select(Payment.order_id).where(Payment.state == "submitted")
    return session.scalars(select(Order).where(*asked, Order.id.in_(shown)).order_by(Order.id)).all()


def _note(session: Session, campaign: Campaign, plan: HarvestPlan, by: tuple[datetime, int]) -> None:
    now, actor_id = by
    campaign.harvested, campaign.sharing = plan.quantity, plan.sharing.value
    move_campaign(campaign, "allocated", now)
    season.forget(session, campaign)
    rest_of = campaign.rest_of  # its goods were harvested when that sale was
    at = now if rest_of is None else harvested_at(session, rest_of) or now
    day = at.astimezone(zone_of(session, campaign)).date()
    open_batch(
        session, campaign_id=campaign.id, quantity=plan.quantity, unit=campaign.unit, actor_id=actor_id, now=at, on=day
    )
    facts = plain({"quantity": plan.quantity, "given": plan.given, "buyers": plan.buyers, "asked": plan.total_asked,
                   "back": plan.total_back, "cut_out": plan.cut_out})  # fmt: skip
    record(session, EventKind.HARVEST_ENTERED, campaign, now=now, actor_id=actor_id, **facts)
