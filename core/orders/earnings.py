"""What a farm has earned: free to take, resting until the payout delay is over, and held until buyers confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, and_, case, func, select, type_coerce
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.money import Money, zero
from core.orders.debts import owed_by
from core.orders.models import Order
from core.orders.states import OPEN
from core.payments.ledger import AccountKind, holds
from core.payments.ledger_sql import account_table, transfer_table
from core.settings.service import get_int, shop_currency

_EARNED = ("farmer", "forfeited")  # as core/payments/books.py names what becomes the farm's


@dataclass(frozen=True)
class FarmMoney:
    """A farm's money: to be taken now, released a short while ago, paid in for orders under way, and still owed."""

    free: Money
    resting: Money
    held: Money
    orders: int
    owed: Money
    debt: Money  # to the co-op, for refunds it could not bear: the next earnings pay it


def farm_money(session: Session, farm_id: int, *, now: datetime) -> FarmMoney:
    """What is free, held and owed (4 queries, each one row). Refuses ShopNotOpen while no currency is chosen."""
    currency = shop_currency(session)
    held, orders, owed = _under_way(session, farm_id, currency)
    earned = holds(session, AccountKind.FARMER_PAYABLE, currency, owner=("farm", farm_id))
    resting = min(_released_since(session, farm_id, currency, now), earned)
    debt = owed_by(session, farm_id, currency)
    return FarmMoney(earned - resting, resting, held, orders, owed, debt)


def _released_since(session: Session, farm_id: int, currency: str, now: datetime) -> Money:
    """What became the farm's within the payout delay; what came back from a payout had rested before."""
    days = get_int(session, "payout_days")
    if not days:
        return zero(currency)
    moved, own = transfer_table.c, account_table.c
    mine = (own.kind == AccountKind.FARMER_PAYABLE.value, own.owner_kind == "farm", own.owner_id == farm_id)
    found = (
        select(func.coalesce(func.sum(moved.amount), 0)).select_from(transfer_table)
        .join(account_table, own.id == moved.credit_account)
        .where(*mine, own.currency == currency, moved.why.in_(_EARNED), moved.at > now - timedelta(days=days))
    )  # fmt: skip
    return Money(int(session.execute(found).scalar_one()), currency)


def _under_way(session: Session, farm_id: int, currency: str) -> tuple[Money, int, Money]:
    """What is paid for orders under way, for how many, and what their buyers still owe."""
    escrow = account_table.c
    share = type_coerce(Order.share, BigInteger)  # in thousandths
    goods = (Order.price_minor * share + 500) // 1000  # rounded half up
    total = goods + Order.delivery_fee_minor - Order.reduced_minor
    paid = func.coalesce(escrow.credits - escrow.debits, 0)
    figures = (
        func.sum(paid), func.sum(case((paid > 0, 1), else_=0)), func.sum(case((total > paid, total - paid), else_=0)),
    )  # fmt: skip
    its = and_(escrow.kind == AccountKind.ORDER_ESCROW.value, escrow.owner_kind == "order",
               escrow.owner_id == Order.id, escrow.currency == Order.currency)  # fmt: skip
    found = (
        select(*figures).select_from(Order).join(Campaign, Campaign.id == Order.campaign_id)
        .outerjoin(account_table, its)
        .where(Campaign.farm_id == farm_id, Order.state.in_(sorted(OPEN)), Order.currency == currency)
    )  # fmt: skip
    held, orders, owed = (int(figure or 0) for figure in session.execute(found).one())
    return Money(held, currency), orders, Money(owed, currency)
