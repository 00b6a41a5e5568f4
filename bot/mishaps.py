"""What goes wrong in the demo at the press of a switch, by the same verbs that a farmer's press calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.catalog.words import sale_words
from core.db import Database
from core.members.models import Farm, Identity
from core.members.service import actor_of
from core.orders import cancel
from core.orders.models import Order
from core.orders.states import BEFORE_PACKED
from simulator.client import Control

LOSABLE = ("open", "paused", "closed", "confirmed", "harvesting")


def crop_fails(database: Database, now: datetime, bot_id: int, user_id: int) -> str:
    """A crop is lost to rain, one that this buyer waits for if there is one; every deposit goes back."""
    with database.writing() as session:
        campaign = _crop_at_stake(session, bot_id, user_id)
        if campaign is None:
            return "There is no sale that could be lost."
        farm = session.get_one(Farm, campaign.farm_id)
        plan = cancel.crop_lost(session, actor_of(session, farm.member_id), campaign, "rain", now=now)
        return (
            f"{sale_words(campaign)} of {farm.store_name} is lost. Buyers who get all their money back: {plan.buyers}."
        )


def _crop_at_stake(session: Session, bot_id: int, user_id: int) -> Campaign | None:
    """The sale of the buyer's newest order that is not packed; else the one with the most reservations."""
    buyer = select(Identity.member_id).where(Identity.bot_id == bot_id, Identity.user_id == user_id).scalar_subquery()
    waits = Order.state.in_(sorted(BEFORE_PACKED))
    newest = func.max(case((Order.buyer_id == buyer, Order.id), else_=0))
    found = (
        select(Campaign.id).join(Order, Order.campaign_id == Campaign.id).where(Campaign.state.in_(LOSABLE), waits)
        .group_by(Campaign.id).order_by(newest.desc(), func.count().desc()).limit(1)
    )  # fmt: skip
    campaign_id = session.scalars(found).one_or_none()
    return None if campaign_id is None else session.get_one(Campaign, campaign_id)


def refuse_card(url: str, people: Mapping[str, int], bot_id: int) -> str:
    """The bank refuses the card of whoever has an invoice open; says whose, or nothing when nobody has."""
    control = Control(url)
    for name, user_id in people.items():
        messages = control.get(f"/control/chats/{user_id}:{bot_id}?newest=40")["messages"]
        unpaid = [item["message_id"] for item in messages if "invoice" in item and not item.get("paid")]
        if unpaid:
            control.bulk([{"as": user_id, "do": "pay", "message_id": unpaid[-1], "outcome": "fail"}])
            return f"The bank refuses {name}'s card. Nothing was booked; the invoice can be paid again."
    return ""
