"""What goes wrong in the demo at the press of a switch, by the same verbs that a farmer's press calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from core.catalog.models import Campaign
from core.catalog.words import sale_words
from core.db import Database
from core.members.models import Farm
from core.members.service import actor_of
from core.orders import cancel


def crop_fails(database: Database, now: datetime) -> str:
    """The open sale with the most reservations is lost to rain; every deposit goes back."""
    with database.writing() as session:
        found = select(Campaign).where(Campaign.state == "open").order_by(Campaign.reserved.desc()).limit(1)
        campaign = session.scalars(found).one_or_none()
        if campaign is None:
            return "There is no open sale."
        farm = session.get_one(Farm, campaign.farm_id)
        plan = cancel.crop_lost(session, actor_of(session, farm.member_id), campaign, "rain", now=now)
        return f"{sale_words(campaign)} of {farm.store_name} is lost: {plan.buyers} buyers get everything back."
