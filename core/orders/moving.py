"""Verbs around the harvest that decide for many orders: another harvest date, a step of the batch."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from core.catalog import season
from core.catalog.form import check_date, zone_of
from core.catalog.models import Campaign
from core.errors import Changed
from core.events import EventKind, record
from core.orders.errors import NothingToPick
from core.orders.flow import locked_campaign
from core.orders.packing import batch_of, pick_list
from core.orders.parties import seller_id
from core.permissions import Actor, require
from core.tracing.service import take_step
from core.tracing.steps import TAPPED, Step

_SELLING = frozenset({"open", "paused"})


def move_date(session: Session, actor: Actor, campaign: Campaign, harvest_on: date, *, now: datetime) -> None:
    """The crop ripens on another day: buyers are told (DATE_MOVED) and may cancel free, due work is planned anew.

    Refuses NotFound (another's), Changed (already harvested), OutOfBounds (0 to 400 days from today). The same day
    again does nothing.
    """
    campaign = locked_campaign(session, campaign.id)
    require("campaign.harvest", actor, owner_id=seller_id(session, campaign), state=campaign.state)
    check_date(session, campaign, harvest_on, now=now)
    if campaign.harvest_on == harvest_on:
        return
    before = campaign.harvest_on
    campaign.harvest_on, campaign.rev, campaign.updated_at = harvest_on, campaign.rev + 1, now
    if campaign.state in _SELLING:
        campaign.closes_at = season.closes_at(campaign, zone_of(session, campaign), now)
        season.plan(session, campaign, now=now)
    else:
        season.plan_checks(session, campaign, now=now)
    record(
        session, EventKind.DATE_MOVED, campaign, now=now, actor_id=actor.member_id, date=harvest_on.isoformat(),
        before=before.isoformat() if before else None,
    )  # fmt: skip


def batch_step(session: Session, actor: Actor, campaign: Campaign, step: Step | str, *, now: datetime) -> bool:
    """The harvest was picked, processed, sorted or stocked; False when it was already.

    Refuses NotFound, Changed, NothingToPick (nobody has paid for any of it, or all of it has left).
    """
    require("campaign.step", actor, owner_id=seller_id(session, campaign), state=campaign.state)
    batch = batch_of(session, campaign.id)
    if batch is None or Step(step) not in TAPPED:
        raise Changed
    if not pick_list(session, campaign, now.date()).count:
        raise NothingToPick
    return take_step(session, batch, step, actor_id=actor.member_id, now=now)
