"""One order's card: everything its screen shows to one viewer, and what that viewer may do to it now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session, aliased

from core.catalog.models import Campaign
from core.errors import NotFound
from core.members.models import Farm, Member
from core.money import Money, zero
from core.orders import purse
from core.orders.balance import due_of
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import ACTIVE, CaseState, Problem
from core.orders.consent import may_decline
from core.orders.contested import LATER
from core.orders.delivery_choice import may_choose
from core.orders.models import Order
from core.orders.parties import Parties, may_party, parties_of, require_party
from core.orders.policy import terms_of
from core.orders.states import ENDS, PRESSES, OrderState, Status, status_of
from core.orders.term_models import Answer, Kind, Proposal
from core.payments.models import Payment, Refund
from core.permissions import Actor
from core.reputation.models import Review
from core.tracing.models import Batch


@dataclass(frozen=True)
class Offer:
    """The other terms that a buyer is asked about: what the order would cost, and what would be owed or go back."""

    goods: str  # what would come instead; empty: only the price is higher
    price: Money
    total: Money
    rest: Money
    back: Money


@dataclass(frozen=True)
class OrderCard:
    """Everything one order's screen shows to one viewer."""

    id: int
    number: str
    rev: int
    state: OrderState
    status: Status
    reason: str | None
    created_at: datetime
    campaign_id: int
    crop: str
    title: str
    specification: tuple[tuple[str, str], ...]
    unit: str
    store_name: str
    seller_id: int
    seller_name: str
    buyer_id: int
    buyer_name: str
    asked: Decimal
    quantity: Decimal  # the allocated share once it is fixed
    price: Money
    goods: Money
    delivery_fee: Money
    total: Money
    deposit: Money
    paid: Money  # for a closed order: before it went back
    owed: Money  # to pay now
    rest: Money  # of the total, not yet paid; nothing for a closed order
    back: Money  # what went back to the wallet so far
    back_by: date | None  # when it went back
    hold_until: datetime | None
    more: Decimal | None  # will be added once its deposit is paid
    more_until: datetime | None
    balance_due_at: datetime | None
    harvest_on: date | None
    free_cancel_until: date | None
    consent_until: datetime | None
    offer: Offer | None  # while the buyer thinks about other terms
    instead: str  # other goods that the buyer accepted
    delivery: str | None
    delivery_offered: Money | None  # the fee; empty: no delivery
    pickup_place: str
    address: str | None
    note: str
    cash_agreed: bool
    picked: bool
    lot: str | None
    parcel_id: int | None
    parcel_status: str | None
    receipt_waiting: bool
    case_id: int | None  # its newest case
    case_state: CaseState | None
    actions: frozenset[str]  # of the permission registry: what this viewer may do to it now


# Made once: making a statement costs more than running it, and every screen of an order asks these.
_seller, _buyer = aliased(Member), aliased(Member)
_ORDER: BindParameter[int] = bindparam("order")
_CAMPAIGN: BindParameter[int] = bindparam("campaign")
_ROW = (
    select(Order, Campaign, Farm, _seller.name, _buyer.name, Proposal)
    .join(Campaign, Campaign.id == Order.campaign_id).join(Farm, Farm.id == Campaign.farm_id)
    .join(_seller, _seller.id == Farm.member_id).join(_buyer, _buyer.id == Order.buyer_id)
    .outerjoin(Proposal, Proposal.id == Order.proposal_id)
    .where(Order.id == _ORDER)
)  # fmt: skip
_LATER = func.coalesce(func.sum(sql_case((Refund.why == LATER, Refund.amount_minor), else_=0)), 0)
_BACK = select(func.sum(Refund.amount_minor), func.max(Refund.done_at), _LATER).where(
    Refund.order_id == _ORDER, Refund.kind == "order", Refund.state == "done",
    Refund.member_id == bindparam("buyer"),  # not what had gone to somebody who handed the order over
)  # fmt: skip
_CASE = (AfterSaleCase.order_id == _ORDER, AfterSaleCase.state != CaseState.DRAFT.value)
_FACTS = select(
    select(Batch.lot).where(Batch.campaign_id == _CAMPAIGN).order_by(Batch.id.desc()).limit(1).scalar_subquery(),
    select(Payment.id)
    .where(Payment.order_id == _ORDER, Payment.state == "submitted", Payment.member_id == bindparam("buyer"))
    .limit(1)
    .scalar_subquery(),
    select(Review.id).where(Review.order_id == _ORDER).limit(1).scalar_subquery(),
    select(AfterSaleCase.id).where(*_CASE).order_by(AfterSaleCase.id.desc()).limit(1).scalar_subquery(),
    select(AfterSaleCase.state).where(*_CASE).order_by(AfterSaleCase.id.desc()).limit(1).scalar_subquery(),
    select(AfterSaleCase.state)
    .where(*_CASE, AfterSaleCase.problem != Problem.CHARGEBACK.value)
    .order_by(AfterSaleCase.id.desc())
    .limit(1)
    .scalar_subquery(),
)


@dataclass(frozen=True)
class _Row:
    order: Order
    campaign: Campaign
    farm: Farm
    seller_name: str
    buyer_name: str
    proposal: Proposal | None


def order_card(session: Session, order_id: int, viewer: Actor | None = None) -> OrderCard:
    """The card of an order for one viewer; without a viewer it has no actions (6 queries).

    Refuses NotFound to whoever is neither its buyer, its seller, its courier, nor staff.
    """
    row = _row(session, order_id)
    order = row.order
    parties = parties_of(session, order)
    if viewer is not None:
        require_party("order.see", viewer, parties)
    paid = purse.paid(session, order)
    back, back_on, later = _went_back(session, order)
    facts = _facts(session, order, paid)
    return OrderCard(
        **_goods(row), **_money(order, paid, back, later), **_terms(row, paid), case_id=facts.case_id,
        case_state=facts.case_state, back_by=terms_of(order).today(back_on) if back_on else None, lot=facts.lot,
        parcel_id=parties.parcel_id, parcel_status=parties.parcel_status, receipt_waiting=facts.receipt_waiting,
        actions=frozenset(_actions(row, viewer, parties, facts)) if viewer else frozenset(),
    )  # fmt: skip


@dataclass(frozen=True)
class _Facts:
    """What stands beside the order: a receipt that waits for an operator, the newest case and, of complaints alone,
    how the newest stands."""

    paid: Money
    lot: str | None
    receipt_waiting: bool
    reviewed: bool
    case_id: int | None
    case_state: CaseState | None
    complaint: CaseState | None


def _row(session: Session, order_id: int) -> _Row:
    row = session.execute(_ROW, {"order": order_id}).one_or_none()
    if row is None:
        raise NotFound
    return _Row(*row)


def _goods(row: _Row) -> dict[str, Any]:
    """The card's fields about the goods and who is concerned."""
    order, campaign = row.order, row.campaign
    return {
        "id": order.id, "number": order.number, "rev": order.rev, "state": OrderState(order.state),
        "status": status_of(order.state), "reason": order.reason, "created_at": order.created_at,
        "campaign_id": campaign.id, "crop": campaign.crop, "title": campaign.title,
        "specification": tuple((str(name), str(value)) for name, value in (campaign.attributes or {}).items()),
        "unit": campaign.unit, "store_name": row.farm.store_name, "seller_id": row.farm.member_id,
        "seller_name": row.seller_name, "buyer_id": order.buyer_id, "buyer_name": row.buyer_name,
        "asked": order.quantity, "quantity": order.share,
        "hold_until": order.hold_until, "more": order.more, "more_until": order.more_until,
        "balance_due_at": order.balance_due_at, "harvest_on": campaign.harvest_on,
        "consent_until": order.consent_until, "free_cancel_until": terms_of(order).cutoff, "delivery": order.delivery,
        "delivery_offered": campaign.delivery_fee if campaign.delivers else None,
        "pickup_place": campaign.pickup_place, "address": order.address, "note": order.note,
        "cash_agreed": order.cash_agreed, "picked": order.picked,
    }  # fmt: skip


def _money(order: Order, paid: Money, back: Money, later: Money) -> dict[str, Any]:
    """The card's sums; `later` of `back` did not come from the order itself."""
    nothing = zero(order.currency)
    is_closed = order.state in ENDS and order.state != OrderState.COMPLETED
    return {
        "price": order.price, "goods": order.goods, "delivery_fee": order.delivery_fee, "total": order.total,
        "deposit": order.deposit, "back": back, "owed": due_of(order, paid),
        "paid": paid + back if is_closed else paid - later,
        "rest": nothing if is_closed else max(order.total - paid, nothing),
    }  # fmt: skip


def _terms(row: _Row, paid: Money) -> dict[str, Any]:
    """The card's fields about other terms."""
    order, proposal = row.order, row.proposal
    is_other = proposal is not None and proposal.kind == Kind.GOODS and order.answer == Answer.ACCEPTED
    instead = proposal.goods if proposal is not None and is_other else ""
    if proposal is None or proposal.price is None or not order.thinks:
        return {"offer": None, "instead": instead}
    total, nothing = order.total_at(proposal.price), zero(order.currency)
    offer = Offer(proposal.goods, proposal.price, total, max(total - paid, nothing), max(paid - total, nothing))
    return {"offer": offer, "instead": instead}


def _may_ask_more_time(order: Order, facts: _Facts) -> bool:
    return order.more_time_at is None and terms_of(order).more_time_hours > 0 and not facts.receipt_waiting


def _went_back(session: Session, order: Order) -> tuple[Money, datetime | None, Money]:
    minor, at, later = session.execute(_BACK, {"order": order.id, "buyer": order.buyer_id}).one()
    return Money(int(minor or 0), order.currency), at, Money(int(later), order.currency)


def _facts(session: Session, order: Order, paid: Money) -> _Facts:
    which = {"order": order.id, "campaign": order.campaign_id, "buyer": order.buyer_id}
    lot, receipt, review, case_id, *states = session.execute(_FACTS, which).one()
    case_state, complaint = (CaseState(state) if state else None for state in states)
    return _Facts(paid, lot, receipt is not None, review is not None, case_id, case_state, complaint)


def _actions(row: _Row, viewer: Actor, parties: Parties, facts: _Facts) -> Iterator[str]:
    """The buttons of this viewer: right person, right state, and something to do."""
    order, nothing = row.order, zero(row.order.currency)
    owed, rest = due_of(order, facts.paid), order.total - facts.paid
    sensible = {
        "order.pay": bool(owed) and not facts.receipt_waiting,
        "order.review": not facts.reviewed,
        "order.receive": facts.case_state not in ACTIVE,
        "order.complain": facts.complaint in (None, CaseState.WITHDRAWN),
        "order.deliver_to": may_choose(order, row.campaign),
        "order.give": facts.case_state not in ACTIVE,
        "order.hand_over": parties.parcel_id is None,
        "parcel.report": parties.parcel_id is not None or order.state == OrderState.AT_PICKUP,
        "order.collect_cash": order.cash_agreed and rest > nothing,
        "order.more_time": _may_ask_more_time(order, facts),
        "order.decline": may_decline(order, facts.paid),
        "order.weigh": row.campaign.by_weight,
    }
    for action, states in PRESSES.items():
        if order.state in states and sensible.get(action, True) and may_party(action, viewer, parties):
            yield action
