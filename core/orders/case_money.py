"""The money of a case: back to the buyer's wallet, at the cost of the order, the farm, the delivery, or the co-op.

Before the farmer's share is released it comes from the order; after that from what the farm has free. What the farm
cannot bear the co-op pays, and the case keeps how much the farm owes for it; no account of a person falls below zero.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.events import EventKind, record
from core.money import Money, zero
from core.orders.balance import rest_of
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import Bearer
from core.orders.contested import LATER, lost_elsewhere, pay_the_coop, set_aside
from core.orders.flow import plain
from core.orders.models import Order
from core.orders.purse import deal_of, give_back, paid
from core.payments import books
from core.payments.ledger import Account, AccountKind, InsufficientFunds, account, holds, move
from core.payments.models import Refund


def refundable(session: Session, order: Order) -> Money:
    """What the buyer has paid and not had back, from us or from a provider."""
    given = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        Refund.order_id == order.id, Refund.why == LATER
    )
    later = Money(int(session.execute(given).scalar_one()), order.currency)
    taken = later + lost_elsewhere(session, order)
    return max(paid(session, order) - taken, zero(order.currency))


def refund(session: Session, case: AfterSaleCase, order: Order, *, now: datetime, actor_id: int | None) -> Money:
    """What was agreed or ruled goes to the wallet; never more than was paid. The order is locked by the caller.

    Whoever has all of it back owes no cash either: whoever bears the case bears that too.
    """
    amount = min(case.ruled, refundable(session, order))
    spared = spared_with(session, order, amount)
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
        order.reduced_minor += spared.minor
        return amount
    if case.bearer == Bearer.SHIPPING:
        source = account(session, AccountKind.SHIPPING, order.currency, now=now)
    else:
        source = _coop(session, order, now)
    _from_account(session, case, amount + spared, source, now)
    if spared:
        with suppress(InsufficientFunds):  # what a provider took back meanwhile waits: then the cash is still owed
            books.wallet_paid(session, deal_of(session, order), spared, what=f"case/{case.id}", now=now)
    return amount


def spared_with(session: Session, order: Order, amount: Money) -> Money:
    """What is not to be paid in cash any more when so much goes back: all that is owed, with all that was paid."""
    if not order.cash_agreed or not amount or amount != refundable(session, order):
        return zero(order.currency)
    return rest_of(session, order)


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
    set_aside(session, session.get_one(Order, case.order_id), amount, now=now)


def take_for_chargeback(session: Session, case: AfterSaleCase, order: Order, *, now: datetime) -> None:
    """A lost chargeback: what was set aside, or the order, or else the farm holds of it pays the co-op."""
    owes = pay_the_coop(session, case, order, now=now)
    case.ruled_minor, case.coop_minor = case.asked_minor, owes.minor
