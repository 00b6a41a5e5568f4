"""Forgets drafts that nobody has touched for long."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import column, delete, exists, select, table
from sqlalchemy.orm import Session

from core.catalog.models import Campaign, CampaignPhoto, GroupPost

# orders stand above this slice: their table is read by name
_orders = table("orders", column("campaign_id"))
MOST = 1000


def forget_drafts(session: Session, before: datetime) -> int:
    """Delete drafts untouched since then, but for those that were on sale once and have orders; how many.

    At most `MOST` at once: the next turn takes the next.
    """
    ordered = exists().where(_orders.c.campaign_id == Campaign.id)
    old = select(Campaign.id).where(Campaign.state == "draft", Campaign.updated_at < before, ~ordered)
    ids = list(session.scalars(old.order_by(Campaign.id).limit(MOST)))
    for belonging in (CampaignPhoto, GroupPost):
        session.execute(delete(belonging).where(belonging.campaign_id.in_(ids)))
    session.execute(delete(Campaign).where(Campaign.id.in_(ids)))
    return len(ids)
