"""The order's money in the ledger: what was paid, what goes back to the wallet, what the farmer gets."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.db import at_once
from core.delivery.models import Parcel
from core.events import EventKind, record
from core.members.models import Farm
from core.money import Money, zero
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import ACTIVE
from core.orders.contested import CHARGEBACK, set_aside
from core.orders.debts import repay
from core.orders.flow import plain
from core.orders.models import Order
from core.orders.policy import terms_of
from core.payments import books
from core.payments.books import Charge, Deal, Shares
from core.payments.ledger import AccountKind, account, move
from core.payments.ledger_sql import account_table, transfer_table
from core.payments.models import Payment, Refund

# as core/payments/books.py names what it releases
_FARMER, _FEE, _SHIPPING = "farmer", "platform fee", "shipping"


def _net_of_orders() -> Select[Any]:
    held, moved, side = account_table.c, transfer_table.c, account_table.alias("side")
    to_wallet = side.c.kind == AccountKind.CUSTOMER_CREDIT.value
    gone = or_(to_wallet, moved.why == CHARGEBACK)  # lost to a provider: no more the order's than what went back
    went_back = func.coalesce(func.sum(case((gone, moved.amount), else_=0)), 0)
    mine = (held.owner_kind == "order", held.owner_id.in_(bindparam("orders", expanding=True)))
    return (
        select(held.owner_id, held.credits - went_back).select_from(account_table)
        .outerjoin(transfer_table, moved.debit_account == held.id)
        .outerjoin(side, side.c.id == moved.credit_account)
        .where(held.kind == AccountKind.ORDER_ESCROW.value, *mine)
        .group_by(held.id, held.owner_id, held.credits)
    )  # fmt: skip


_PAID = _net_of_orders()  # made once: every card of an order asks it


def paid(session: Session, order: Order) -> Money:
    """What the buyer paid for this order less what went back to him, from the ledger (1 query)."""
    return paid_by(session, [order])[order.id]


def paid_by(session: Session, orders: Sequence[Order]) -> dict[int, Money]:
    """What was paid for each of these orders less what went back, also after the farmer's share was released."""
    found = at_once(session, _PAID, {"orders": [order.id for order in orders]})
    net = {order_id: int(minor) for order_id, minor in found}
    return {order.id: Money(net.get(order.id, 0), order.currency) for order in orders}


def charge_of(payment: Payment) -> Charge:
    """A payment's charge, as the ledger names it."""
    return Charge(payment.provider, payment.charge_id or payment.payload, payment.id)


def deal_of(session: Session, order: Order) -> Deal:
    """Whose money an order's money is."""
    return Deal(order.id, order.buyer_id, session.get_one(Campaign, order.campaign_id).farm_id)


def pay_from_credit(session: Session, payment: Payment, order: Order, now: datetime) -> None:
    """The buyer's wallet pays. Refuses InsufficientFunds(left)."""
    what = f"{payment.purpose}/{payment.id}"
    books.wallet_paid(session, deal_of(session, order), payment.amount, what=what, now=now)


def take_cash(session: Session, order: Order, amount: Money, *, collector_id: int, now: datetime) -> None:
    """Cash was taken: the collector owes it to the co-op, the order holds it."""
    payment = _cash_payment(session, order, amount, now)
    deal = deal_of(session, order)
    books.cash_collected(session, deal, amount, collector_id=collector_id, what=str(payment.id), now=now)


def give_back(session: Session, order: Order, amount: Money, *, why: str, now: datetime, actor_id: int | None) -> Money:
    """From the order to the buyer's wallet at once, with its refund row and REFUNDED; nothing for no money.

    What a provider took back of the order is set aside of it; returns what is the buyer's now.
    """
    if not amount:
        return amount
    refund = Refund(
        kind="order", order_id=order.id, member_id=order.buyer_id, amount_minor=amount.minor, currency=amount.currency,
        state="done", why=why, rev=1, created_at=now, done_at=now,
    )  # fmt: skip
    session.add(refund)
    session.flush()
    what = f"{why}/{refund.id}"
    books.refund_to_wallet(session, deal_of(session, order), amount, what=what, now=now, actor_id=actor_id)
    facts = plain({"amount": amount, "order_id": order.id, "why": why})
    record(session, EventKind.REFUNDED, refund, now=now, actor_id=actor_id, **facts)
    return amount - set_aside(session, order, amount, now=now)


def deposit_share(order: Order) -> Money:
    """The deposit's share of the goods that the order still is about: a smaller one after a short crop."""
    return order.deposit if order.allocated is None else deposit_of(order, order.allocated)


def deposit_of(order: Order, given: Decimal) -> Money:
    """The deposit's share when so much of the order is given."""
    share = Decimal(order.deposit_minor) * given / order.quantity
    return Money(int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP)), order.currency)


def release(session: Session, order: Order, *, now: datetime) -> Money:
    """What the order holds is shared out: delivery to shipping when a courier of ours carried it, the platform's fee,
    the rest to the farm; returns the farm's part. Cash that is recorded later is shared out by another call."""
    left, nothing = books.order_paid(session, order.id, order.currency), zero(order.currency)
    if not left or has_open_case(session, order.id):
        return nothing
    before, shipped = _released(session, order)
    shipping = min(order.delivery_fee - shipped, left) if _is_carried(session, order) else nothing
    fee = (left - shipping).percent(terms_of(order).platform_fee_percent)
    shares = Shares(farmer=left - shipping - fee, platform_fee=fee, shipping=shipping)
    deal = deal_of(session, order)
    if not before:
        books.release_to_farmer(session, deal, shares, now=now)
    else:
        _release_more(session, order, deal, shares, now)
    repay(session, deal.farm_id, shares.farmer, now=now)
    return shares.farmer


def keep(session: Session, order: Order, *, now: datetime) -> None:
    """What the buyer leaves behind for goods that never reached him: as much as the deposit is the farm's less the fee,
    the rest is the delivery's, whoever drove. Nothing of the order was released before."""
    left = books.order_paid(session, order.id, order.currency)
    goods = min(left, deposit_share(order))
    delivery = left - goods
    is_carried = _is_carried(session, order)
    farm = goods if is_carried else goods + delivery
    fee = farm.percent(terms_of(order).platform_fee_percent)
    shares = Shares(farmer=farm - fee, platform_fee=fee, shipping=delivery if is_carried else zero(order.currency))
    deal = deal_of(session, order)
    books.release_to_farmer(session, deal, shares, now=now)
    repay(session, deal.farm_id, shares.farmer, now=now)


def has_open_case(session: Session, order_id: int) -> bool:
    """Whether a case about this order is open: then nothing of it is confirmed or released by itself (1 query)."""
    mine = (AfterSaleCase.order_id == order_id, AfterSaleCase.state.in_(sorted(ACTIVE)))
    return session.execute(select(AfterSaleCase.id).where(*mine).limit(1)).first() is not None


def _released(session: Session, order: Order) -> tuple[bool, Money]:
    """Whether anything was shared out before, and how much of it to shipping."""
    moved = transfer_table.c
    shipping = func.sum(case((moved.why == _SHIPPING, moved.amount), else_=0))
    found = select(func.count(), func.coalesce(shipping, 0)).where(
        moved.order_id == order.id, moved.why.in_([_FARMER, _FEE, _SHIPPING])
    )
    count, shipped = session.execute(found).one()
    return count > 0, Money(int(shipped), order.currency)


def _release_more(session: Session, order: Order, deal: Deal, shares: Shares, now: datetime) -> None:
    source = books.escrow(session, order.id, order.currency, now=now)
    step = paid(session, order).minor  # grows with each payment: the name of this occasion
    to = {
        _FARMER: (shares.farmer, books.payable(session, deal.farm_id, order.currency, now=now)),
        _FEE: (shares.platform_fee, account(session, AccountKind.PLATFORM_FEE, order.currency, now=now)),
        _SHIPPING: (shares.shipping, account(session, AccountKind.SHIPPING, order.currency, now=now)),
    }
    for why, (share, credit) in to.items():
        if share:
            key = f"order/{order.id}/release/{why}/{step}"
            move(session, source, credit, share, key=key, why=why, now=now, order_id=order.id)


def _is_carried(session: Session, order: Order) -> bool:
    """Whether a courier who is not the farmer carried the goods."""
    seller = select(Farm.member_id).join(Campaign, Campaign.farm_id == Farm.id)
    seller_id = session.execute(seller.where(Campaign.id == order.campaign_id)).scalar_one()
    courier = select(Parcel.courier_id).where(Parcel.order_id == order.id).order_by(Parcel.attempt.desc()).limit(1)
    courier_id = session.execute(courier).scalar_one_or_none()
    return courier_id is not None and courier_id != seller_id


def _cash_payment(session: Session, order: Order, amount: Money, now: datetime) -> Payment:
    """The payment that was opened when cash was agreed, or a further one when cash comes in parts."""
    mine = (Payment.order_id == order.id, Payment.provider == "cash")
    agreed = session.execute(select(Payment).where(*mine, Payment.state == "created")).scalar_one_or_none()
    row = agreed or Payment(
        order_id=order.id, member_id=order.buyer_id, provider="cash", purpose="balance", rev=1, created_at=now,
        payload=f"cash-{order.id}-{secrets.token_urlsafe(12)}",  # not what was paid: a case gives back of that
    )  # fmt: skip
    row.amount_minor, row.currency, row.state, row.updated_at = amount.minor, amount.currency, "confirmed", now
    row.charge_id = f"cash-{row.payload}"
    session.add(row)
    session.flush()
    return row
