"""Verbs that put a listing before people: publish, undo, decide, pause, recommend, rank, show it growing."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog import crops, season
from core.catalog.drafts import PHOTOS_MOST, missing, photo_count
from core.catalog.errors import (
    AgreementMissing,
    AlreadyReserved,
    FarmNotApproved,
    HarvestPassed,
    StillMissing,
    UndoEnded,
)
from core.catalog.form import check_date, check_deposit, lock, seller_of, zone_of
from core.catalog.models import Campaign, CampaignPhoto
from core.catalog.rest import check_room, check_there, given_up_late, ready_again
from core.errors import BadInput, Changed, OutOfBounds, ShopNotOpen
from core.events import EventKind, record
from core.i18n import _, every_translation
from core.members.decisions import Verdict, decide, refuse_own_beside_others
from core.members.farms import decide_farm
from core.members.models import Farm, Member
from core.messaging import due
from core.messaging.models import Media
from core.permissions import Actor, require
from core.settings.service import get_int, get_text

RANK_MOST = 1000
# what a buyer was promised when the listing was published holds for its orders, whatever the settings say later
_POLICY = ("cutoff_days", "balance_hours", "grace_hours", "refund_days")


def publish(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> tuple[str, ...]:
    """Submit a draft: in_review, or open at once for an approved farm when the shop does not review listings.

    Returns warnings (`photo`: it has none). Raises StillMissing(field, fields), OutOfBounds or BadInput for what no
    longer holds, MoreThanFree or NothingFree (of a harvest's rest), AgreementMissing, ShopNotOpen, NotFound, Changed.
    """
    lock(session, campaign)
    require("campaign.publish", actor, owner_id=seller_of(session, campaign), state=campaign.state)
    _check_complete(session, campaign, now)
    _check_seller(session, actor, campaign)
    campaign.policy = {name: get_int(session, name) for name in _POLICY}
    campaign.published_at, campaign.updated_at, campaign.rev = now, now, campaign.rev + 1
    campaign.decision_note = None
    due.drop(session, "campaign.draft_idle", campaign.id)
    farm = session.get_one(Farm, campaign.farm_id)
    if farm.state == "approved" and not get_int(session, "review_before_opening"):
        _open(session, campaign, farm, now)
        # posts go out when it can no longer be undone
        due.plan(
            session, "campaign.opens", campaign.id, _undo_until(session, campaign, now), occurrence=now.isoformat()
        )
    else:
        campaign.state = "in_review"
        record(session, EventKind.LISTING_SUBMITTED, campaign, now=now, actor_id=actor.member_id)
    session.flush()
    return () if photo_count(session, campaign) else ("photo",)


def undo(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> None:
    """Back to the draft while the undo time runs and nobody has reserved. Raises UndoEnded, AlreadyReserved."""
    lock(session, campaign)
    require("campaign.undo", actor, owner_id=seller_of(session, campaign), state=campaign.state)
    if now > (until := _undo_until(session, campaign, now)):
        raise UndoEnded(until=until)
    if kept := campaign.reserved + given_up_late(session, campaign):
        raise AlreadyReserved(quantity=kept, unit=campaign.unit)
    campaign.state, campaign.rev, campaign.updated_at = "draft", campaign.rev + 1, now
    campaign.published_at = campaign.opens_at = campaign.closes_at = None
    season.forget(session, campaign)
    record(session, EventKind.LISTING_UNDONE, campaign, now=now, actor_id=actor.member_id)


def decide_listing(  # noqa: PLR0913 - one decision, with its reason and reach
    session: Session, actor: Actor, campaign: Campaign, *, verdict: Verdict | str, reason: str | None = None,
    and_farm: bool = False, now: datetime,
) -> None:  # fmt: skip
    """Approve (it opens), ask for a change (back to the draft), or reject. The first decision wins.

    Approving needs an approved farm; `and_farm` approves a pending one with it. Raises FarmNotApproved,
    AlreadyDecided(by, at), Changed, HarvestPassed, RestGone, BadInput (no reason), NotAllowed, AskAnother (one's own).
    """
    farm = session.get_one(Farm, campaign.farm_id)
    if Verdict(verdict) is Verdict.APPROVE:
        refuse_own_beside_others(session, actor, farm.member_id)
    seen = campaign.rev
    decision = decide(session, actor, campaign, verdict, reason=reason, now=now)
    if campaign.rev != seen:
        raise Changed  # the farmer changed it in the moment before it was locked: nobody has seen that
    given = Verdict(decision.verdict)
    campaign.decision_note, campaign.rev, campaign.updated_at = decision.reason, campaign.rev + 1, now
    if given is Verdict.APPROVE:
        _approve(session, actor, campaign, farm, and_farm=and_farm, now=now)
        return
    campaign.state = "draft" if given is Verdict.CHANGE else "cancelled"
    kind = EventKind.LISTING_ASKED_CHANGE if given is Verdict.CHANGE else EventKind.LISTING_REJECTED
    record(session, kind, campaign, now=now, actor_id=actor.member_id, reason=decision.reason)


def pause(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> None:
    """Take no reservations for now; those made stand."""
    _turn(session, actor, campaign, "open", "paused", now)


def resume(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> None:
    """Take reservations again."""
    _turn(session, actor, campaign, "paused", "open", now)


def recommend(session: Session, actor: Actor, campaign: Campaign, recommended: bool, *, now: datetime) -> None:
    """Show it first in the market, or no longer."""
    require("campaign.curate", actor)
    campaign.recommended, campaign.updated_at = recommended, now


def rank(session: Session, actor: Actor, campaign: Campaign, place: int, *, now: datetime) -> None:
    """Order the market: a higher rank stands nearer to the top."""
    require("campaign.curate", actor)
    if not -RANK_MOST <= place <= RANK_MOST:
        raise OutOfBounds(field=_("Rank"), least=-RANK_MOST, most=RANK_MOST, example=1)
    campaign.rank, campaign.updated_at = place, now


def growing_photo(session: Session, actor: Actor, campaign: Campaign, media: Media, *, now: datetime) -> None:
    """Show buyers how it grows."""
    require("campaign.grow", actor, owner_id=seller_of(session, campaign), state=campaign.state)
    known = select(CampaignPhoto.id).where(CampaignPhoto.campaign_id == campaign.id, CampaignPhoto.media_id == media.id)
    if session.execute(known).first() is not None:
        return
    session.add(CampaignPhoto(campaign_id=campaign.id, media_id=media.id, growing=True, position=PHOTOS_MOST))
    session.flush()
    record(session, EventKind.GROWING_PHOTO, campaign, now=now, actor_id=actor.member_id, media_id=media.id)


def search_text(campaign: Campaign) -> str:
    """What searches look in: the seller's words and the crop's names in every shipped language, case folded."""
    crop = crops.load()[campaign.crop]
    words = [campaign.title, campaign.subtitle, campaign.keywords, crop.name, *crop.words, *crop.varieties]
    return " ".join([*words, *sorted(every_translation(crop.name))]).casefold()


def _check_complete(session: Session, campaign: Campaign, now: datetime) -> None:
    labels = {
        "quantity": _("Quantity"), "price": _("Price"), "date": _("Date"), "delivery": _("Delivery or pick-up"),
    }  # fmt: skip
    ready_again(campaign, now.astimezone(zone_of(session, campaign)).date())
    if fields := missing(campaign):
        raise StillMissing(field=labels[fields[0]], fields=fields)
    if campaign.harvest_on is not None:
        check_date(session, campaign, campaign.harvest_on, now=now)
    check_deposit(session, campaign.deposit_percent)
    if campaign.capacity % campaign.pack:
        raise BadInput(field=_("Quantity"), reason=_("not whole packs of {pack}", pack=campaign.pack),
                       example=campaign.pack * Decimal(10))  # fmt: skip
    check_room(session, campaign, campaign.capacity)


def _check_seller(session: Session, actor: Actor, campaign: Campaign) -> None:
    if get_text(session, "currency") != campaign.currency:
        raise ShopNotOpen
    agreed = session.execute(select(Member.agreed_version).where(Member.id == actor.member_id)).scalar_one()
    if agreed != get_text(session, "agreement_version"):
        raise AgreementMissing


def _approve(session: Session, actor: Actor, campaign: Campaign, farm: Farm, *, and_farm: bool, now: datetime) -> None:
    if farm.state != "approved":
        if not and_farm or farm.state != "pending":
            raise FarmNotApproved
        decide_farm(session, actor, farm, verdict=Verdict.APPROVE, now=now)
    check_there(session, campaign)
    today = now.astimezone(zone_of(session, campaign)).date()
    ready_again(campaign, today)
    if campaign.harvest_on is None or campaign.harvest_on < today:
        raise HarvestPassed(date=campaign.harvest_on)
    _open(session, campaign, farm, now)
    record(session, EventKind.LISTING_APPROVED, campaign, now=now, actor_id=actor.member_id)
    record(session, EventKind.CAMPAIGN_OPENED, campaign, now=now, actor_id=actor.member_id)


def _open(session: Session, campaign: Campaign, farm: Farm, now: datetime) -> None:
    campaign.state, campaign.opens_at = "open", now
    campaign.closes_at = season.closes_at(campaign, zone_of(session, campaign), now)
    campaign.search = search_text(campaign)
    session.flush()
    season.plan(session, campaign, now=now)


def _turn(session: Session, actor: Actor, campaign: Campaign, source: str, target: str, now: datetime) -> None:
    lock(session, campaign)
    require("campaign.pause", actor, owner_id=seller_of(session, campaign), state=campaign.state)
    if campaign.state != source:
        return  # pressed twice
    campaign.state, campaign.rev, campaign.updated_at = target, campaign.rev + 1, now
    kind = EventKind.CAMPAIGN_PAUSED if target == "paused" else EventKind.CAMPAIGN_RESUMED
    record(session, kind, campaign, now=now, actor_id=actor.member_id)


def _undo_until(session: Session, campaign: Campaign, now: datetime) -> datetime:
    return (campaign.published_at or now) + timedelta(minutes=get_int(session, "undo_minutes"))
