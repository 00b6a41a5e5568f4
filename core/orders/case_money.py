"""The money of a case: back to the buyer's wallet, at the cost of the order, the farm, the delivery, or the co-op.

Before the farmer's share is released it comes from the order; after that from what the farm has free. What the farm
cannot bear the co-op pays, and the case keeps how much the farm owes for it; no account of a person falls below zero.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.events import EventKind, record
from core.money import Money, zero
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import Bearer, CaseState
from core.orders.flow import plain
from core.orders.models import Order
from core.orders.places import LateShare
from core.orders.purse import LATER, deal_of, deposit_share, give_back, paid
from core.orders.states import OrderState
from core.payments import books
from core.payments.ledger import Account, AccountKind, InsufficientFunds, account, amount_booked, holds, move
from core.payments.models import Refund


def refundable(session: Session, order: Order) -> Money:
    """What the buyer has paid and not had back, from us or from whoever charged it."""
    given = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        Refund.order_id == order.id, Refund.why == LATER
    )
    later = Money(int(session.execute(given).scalar_one()), order.currency)
    return max(paid(session, order) - later - _charged_back(session, order), zero(order.currency))


def _charged_back(session: Session, order: Order) -> Money:
    """What providers took back and did not return, less what has left the order for it already."""
    states = (CaseState.CHARGED_BACK.value, CaseState.CHARGEBACK_LOST.value)
    of_order = select(AfterSaleCase).where(AfterSaleCase.order_id == order.id, AfterSaleCase.state.in_(states))
    nothing = zero(order.currency)
    taken = (each.asked - (amount_booked(session, _of_order(each)) or nothing) for each in session.scalars(of_order))
    return sum(taken, nothing)


def _of_order(case: AfterSaleCase) -> str:
    return f"chargeback/{case.id}/order"


def let_go(session: Session, order: Order, *, now: datetime) -> None:
    """How a chargeback ended is known: what the buyer was to have back and waited for it goes to his wallet."""
    held = books.order_paid(session, order.id, order.currency)
    surplus = min(paid(session, order) - order.total, held)
    if order.state == OrderState.FORFEITED:
        surplus = held - deposit_share(order)
    elif order.state in (OrderState.CANCELLED, OrderState.EXPIRED, OrderState.SETTLED_UNDELIVERED):
        late = select(LateShare.id).where(LateShare.order_id == order.id, LateShare.state == "open")
        surplus = held if session.execute(late).first() is None else zero(order.currency)
    if surplus.minor > 0:
        give_back(session, order, surplus, why="chargeback", now=now, actor_id=None)


def refund(session: Session, case: AfterSaleCase, order: Order, *, now: datetime, actor_id: int | None) -> Money:
    """What was agreed or ruled goes to the wallet; never more than was paid. The order is locked by the caller."""
    amount = min(case.ruled, refundable(session, order))
    case.ruled_minor = amount.minor
    if case.bearer == Bearer.FARMER:
        from_order = min(amount, books.order_paid(session, order.id, order.currency))
        if from_order:
            give_back(session, order, from_order, why="case", now=now, actor_id=actor_id)
            order.reduced_minor += from_order.minor
        rest = amount - from_order
        of_farm = _of_farm(session, case, order, rest, now)
        case.coop_minor = (rest - of_farm).minor
        _from_account(session, case, rest - of_farm, _coop(session, order, now), now)
    elif case.bearer == Bearer.SHIPPING:
        shipping = account(session, AccountKind.SHIPPING, order.currency, now=now)
        _from_account(session, case, amount, shipping, now)
    else:
        _from_account(session, case, amount, _coop(session, order, now), now)
    return amount


def _of_farm(session: Session, case: AfterSaleCase, order: Order, wanted: Money, now: datetime) -> Money:
    """As much of it as the farm has free; a payout at the same time may leave less."""
    farm = books.payable(session, case.farm_id, order.currency, now=now)
    part = min(wanted, holds(session, AccountKind.FARMER_PAYABLE, order.currency, owner=("farm", case.farm_id)))
    while part:
        try:
            _from_account(session, case, part, farm, now)
        except InsufficientFunds as error:
            left = error.params["left"]
            part = min(part, left) if isinstance(left, Money) else zero(order.currency)
        else:
            return part
    return zero(order.currency)


def _coop(session: Session, order: Order, now: datetime) -> Account:
    return account(session, AccountKind.PLATFORM_FEE, order.currency, now=now)


def _from_account(session: Session, case: AfterSaleCase, amount: Money, source: Account, now: datetime) -> None:
    """From another account than the order's to the buyer's wallet, with its refund row."""
    if not amount:
        return
    wallet = books.wallet(session, case.member_id, amount.currency, now=now)
    key = f"case/{case.id}/{source.kind.value}"
    move(session, source, wallet, amount, key=key, why="case", now=now, order_id=case.order_id)
    row = Refund(
        kind="order", order_id=case.order_id, member_id=case.member_id, amount_minor=amount.minor,
        currency=amount.currency, state="done", why=LATER, rev=1, created_at=now, done_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    facts = plain({"amount": amount, "order_id": case.order_id, "why": LATER})
    record(session, EventKind.REFUNDED, row, now=now, **facts)


def take_for_chargeback(session: Session, case: AfterSaleCase, order: Order, *, now: datetime) -> None:
    """A lost chargeback: what the order or else the farm holds goes to the co-op, which has paid the provider."""
    coop = _coop(session, order, now)
    from_order = min(case.asked, books.order_paid(session, order.id, order.currency))
    key = f"chargeback/{case.id}"
    if from_order:
        source = books.escrow(session, order.id, order.currency, now=now)
        move(session, source, coop, from_order, key=_of_order(case), why="chargeback", now=now, order_id=order.id)
    rest = case.asked - from_order
    free = holds(session, AccountKind.FARMER_PAYABLE, order.currency, owner=("farm", case.farm_id))
    of_farm = min(rest, free) if deal_of(session, order).farm_id == case.farm_id else zero(order.currency)
    if of_farm:
        farm = books.payable(session, case.farm_id, order.currency, now=now)
        move(session, farm, coop, of_farm, key=f"{key}/farm", why="chargeback", now=now, order_id=order.id)
    case.ruled_minor, case.coop_minor = case.asked_minor, (rest - of_farm).minor
