"""What a farm has earned: free to take, and held until buyers confirm."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import ShopNotOpen
from core.money import Money, zero
from core.orders.models import Order
from core.orders.purse import paid_by
from core.orders.states import OPEN
from core.payments.ledger import AccountKind, holds
from core.settings.service import get_text


@dataclass(frozen=True)
class FarmMoney:
    """A farm's money: released to it, paid in for orders under way, and still to be paid by buyers."""

    free: Money
    held: Money
    orders: int
    owed: Money


def farm_money(session: Session, farm_id: int) -> FarmMoney:
    """What is free, held and owed (a fixed number of queries). Refuses ShopNotOpen while no currency is chosen."""
    currency = get_text(session, "currency")
    if not currency:
        raise ShopNotOpen
    found = select(Order).join(Campaign, Campaign.id == Order.campaign_id)
    mine = found.where(Campaign.farm_id == farm_id, Order.state.in_(sorted(OPEN)), Order.currency == currency)
    orders = list(session.execute(mine).scalars())
    paid = paid_by(session, orders)
    nothing = zero(currency)
    held = sum(paid.values(), nothing)
    owed = sum((max(order.total - paid[order.id], nothing) for order in orders), nothing)
    free = holds(session, AccountKind.FARMER_PAYABLE, currency, owner=("farm", farm_id))
    return FarmMoney(free, held, sum(1 for money in paid.values() if money), owed)
