"""What falls due while a campaign runs: opening, closing, harvest checks, growing photos."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.catalog.form import zone_of
from core.catalog.models import Campaign
from core.events import EventKind, record
from core.messaging import due

CLOSING_HOUR = time(18)
MORNING = time(7)
LEAST_WINDOW = timedelta(hours=2)
CLOSING_SOON = timedelta(hours=24)
HARVEST_CHECKS = (-3, 0, 2)  # days from the expected harvest
REST_DAYS = timedelta(days=2)  # what is harvested already is on sale for a short time
REST_CHECKS = (1, 3, 5)  # days from the close: the rest of a harvest is there all the time, its buyers come first
GROWING_EVERY = timedelta(days=10)
TASKS = (
    "campaign.opens", "campaign.closing_soon", "campaign.closes", "campaign.harvest_check", "campaign.growing_photo",
)  # fmt: skip
_SELLING = ("open", "paused")
_GROWING = ("open", "paused", "closed", "confirmed")


def closes_at(campaign: Campaign, zone: ZoneInfo, now: datetime) -> datetime:
    """The day before harvest at 18:00 on the farm's clock; else on harvest day, at least two hours.

    The rest of a harvest is on sale for two days at least.
    """
    if campaign.harvest_on is None:
        raise ValueError("a campaign opened without a harvest date")
    usual = _usually(campaign.harvest_on, zone, now)
    if campaign.rest_of is None:
        return usual
    return max(usual, datetime.combine(now.astimezone(zone).date() + REST_DAYS, CLOSING_HOUR, zone))


def _usually(harvest_on: date, zone: ZoneInfo, now: datetime) -> datetime:
    least = now + LEAST_WINDOW
    for day in (harvest_on - timedelta(days=1), harvest_on):
        if (moment := datetime.combine(day, CLOSING_HOUR, zone)) >= least:
            return moment
    return least


def plan(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Plan all that falls due from now on; after a moved date, plan anew."""
    forget(session, campaign)
    if campaign.closes_at is None:
        raise ValueError("a campaign without a window was planned")
    _plan(session, campaign, "campaign.closing_soon", campaign.closes_at - CLOSING_SOON, now)
    _plan(session, campaign, "campaign.closes", campaign.closes_at)
    plan_checks(session, campaign, now=now)


def plan_checks(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Plan the harvest checks and growing photos anew, whether the sale is still open or not."""
    if campaign.harvest_on is None:
        raise ValueError("a campaign without a harvest date was planned")
    for name in ("campaign.harvest_check", "campaign.growing_photo"):
        due.drop(session, name, campaign.id)
    zone = zone_of(session, campaign)
    for day in _check_days(campaign, zone):
        _plan(session, campaign, "campaign.harvest_check", datetime.combine(day, MORNING, zone), now)
    last = datetime.combine(_last_growing_day(campaign.harvest_on), MORNING, zone)
    moment = now + GROWING_EVERY
    while moment <= last:
        _plan(session, campaign, "campaign.growing_photo", moment)
        moment += GROWING_EVERY


def _check_days(campaign: Campaign, zone: ZoneInfo) -> list[date]:
    """On which days the farmer is asked whether it is ready."""
    start, after = campaign.harvest_on, HARVEST_CHECKS
    if campaign.rest_of is not None and campaign.closes_at is not None:
        start, after = campaign.closes_at.astimezone(zone).date(), REST_CHECKS
    return [] if start is None else [start + timedelta(days=days) for days in after]


def forget(session: Session, campaign: Campaign) -> None:
    """Nothing of this campaign falls due any more."""
    for name in TASKS:
        due.drop(session, name, campaign.id)


@due.task("campaign.opens")
def tell_opening(session: Session, campaign_id: int, now: datetime) -> None:
    """The undo time of a campaign that opened without review is over: tell groups and followers."""
    _tell(session, campaign_id, _SELLING, EventKind.CAMPAIGN_OPENED, now)


@due.task("campaign.closing_soon")
def tell_closing(session: Session, campaign_id: int, now: datetime) -> None:
    """The last day."""
    _tell(session, campaign_id, ("open",), EventKind.CAMPAIGN_CLOSING, now)


@due.task("campaign.harvest_check")
def ask_harvest(session: Session, campaign_id: int, now: datetime) -> None:
    """Ask the farmer whether it is ready."""
    _tell(session, campaign_id, (*_GROWING, "harvesting"), EventKind.HARVEST_CHECK, now)


@due.task("campaign.growing_photo")
def ask_growing_photo(session: Session, campaign_id: int, now: datetime) -> None:
    """Ask the farmer for a picture."""
    _tell(session, campaign_id, _GROWING, EventKind.GROWING_UPDATE_DUE, now)


@due.task("campaign.draft_idle")
def tell_idle(session: Session, campaign_id: int, now: datetime) -> None:
    """A draft was left for a day: say once that it is saved; one that was worked on since waits anew."""
    draft = session.get(Campaign, campaign_id)
    if draft is None or draft.state != "draft":
        return
    if draft.updated_at + timedelta(hours=24) > now:
        again_at = draft.updated_at + timedelta(hours=24)
        due.plan(session, "campaign.draft_idle", campaign_id, again_at, occurrence=again_at.isoformat())
        return
    record(session, EventKind.DRAFT_IDLE, draft, now=now)


def _tell(session: Session, campaign_id: int, states: tuple[str, ...], kind: EventKind, now: datetime) -> None:
    campaign = session.get(Campaign, campaign_id)
    if campaign is not None and campaign.state in states:
        record(session, kind, campaign, now=now)


def _plan(session: Session, campaign: Campaign, name: str, moment: datetime, after: datetime | None = None) -> None:
    if after is None or moment > after:
        due.plan(session, name, campaign.id, moment, occurrence=moment.isoformat())


def _last_growing_day(harvest_on: date) -> date:
    return harvest_on - timedelta(days=3)  # from then on the harvest checks ask
