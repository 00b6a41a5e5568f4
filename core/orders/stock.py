"""What of a harvest is nobody's: more than was ordered, or free again since an order ended."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.orders.models import Order
from core.orders.states import COUNTED


def free_stock(session: Session, campaign: Campaign) -> Decimal:
    """How much of the harvest no order has; nothing before the harvest (1 query)."""
    if campaign.harvested is None:
        return Decimal(0)
    shares = func.sum(Order.share)
    mine = (Order.campaign_id == campaign.id, Order.state.in_(sorted(COUNTED)))
    given = Decimal(session.execute(select(shares).where(*mine)).scalar() or 0)
    return max(campaign.harvested - given, Decimal(0))
