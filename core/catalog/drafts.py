"""Verbs of a draft: start one from the last sale or the crop, sell the same or the rest again, add photos, see what is
missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.catalog import crops
from core.catalog.errors import NothingFree, TooManyPhotos
from core.catalog.form import DAYS_AHEAD_MOST, lock, seller_of, zone_of
from core.catalog.models import Campaign, CampaignPhoto
from core.catalog.queries import last_campaign_of_crop
from core.catalog.rest import ready_again, room
from core.catalog.terms import category_term
from core.errors import BadInput, NotFound
from core.i18n import _
from core.members.models import Farm
from core.messaging import due
from core.messaging.models import Media
from core.permissions import Actor, require
from core.settings.service import get_int, shop_currency

PHOTOS_MOST = 5
IDLE = timedelta(hours=24)
# what the farm's last sale of a crop says of the next one; quantity and date are asked each time
_KEPT = (
    "title", "subtitle", "keywords", "category_id", "type_id", "brand_id", "attributes", "description", "unit",
    "pack", "deposit_percent", "delivers", "delivery_fee_minor", "pickup_place", "logistics_weight", "shipping",
    "invoice", "guarantee", "other", "region",
)  # fmt: skip


def start_draft(session: Session, actor: Actor, crop_key: str, *, now: datetime) -> Campaign:
    """A draft of this crop for the actor's farm, filled from its last sale of the crop, else from the crop's usual.

    A draft of the crop that is open already comes back. Raises NotAllowed, NotFound (no farm), BadInput (no such
    crop), ShopNotOpen (no currency yet).
    """
    farm = _farm_of(session, actor)
    if crop_key not in crops.load():
        raise BadInput(field=_("Crop"), reason=_("not in the list"), example=_("Mango"))
    mine = select(Campaign).where(Campaign.farm_id == farm.id, Campaign.state == "draft", Campaign.crop == crop_key,
                                  Campaign.rest_of.is_(None))  # fmt: skip
    known = session.execute(mine.order_by(Campaign.id.desc()).limit(1)).scalar_one_or_none()
    if known is not None:
        return known
    last = last_campaign_of_crop(session, farm.id, crop_key)
    return _keep(session, _blank(session, farm, crop_key, now) if last is None else _like(session, last, now), now)


def again(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> Campaign:
    """A draft equal to an earlier sale, quantity, price and lead time included; only the photo is new.

    Pressed twice it gives the same draft. Raises NotFound for another farm's sale.
    """
    farm = _farm_of(session, actor)
    if campaign.farm_id != farm.id:
        raise NotFound
    mine = select(Campaign).where(Campaign.cloned_from == campaign.id, Campaign.state == "draft")
    known = session.execute(mine.order_by(Campaign.id.desc()).limit(1)).scalar_one_or_none()
    if known is not None:
        return known
    draft = _like(session, campaign, now)
    draft.capacity, draft.minimum, draft.cloned_from = campaign.capacity, campaign.minimum, campaign.id
    if campaign.harvest_on is not None and campaign.published_at is not None:
        zone = zone_of(session, campaign)
        lead = campaign.harvest_on - campaign.published_at.astimezone(zone).date()
        days = min(max(lead.days, 1), DAYS_AHEAD_MOST)
        draft.harvest_on = now.astimezone(zone).date() + timedelta(days=days)
    return _keep(session, draft, now)


def sell_rest(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> Campaign:
    """A draft that sells what is free of a harvest, with the goods, pictures and terms of the sale that was harvested.

    It takes nothing until it is published. Pressed twice it gives the same draft, with no more in it than is free;
    with all of that while nobody changed the draft.
    Raises NotFound (another's), Changed (not harvested, or taken off), NothingFree.
    """
    root = campaign if campaign.rest_of is None else session.get_one(Campaign, campaign.rest_of)
    lock(session, root)
    require("campaign.sell_rest", actor, owner_id=seller_of(session, root), state=root.state)
    mine = select(Campaign).where(Campaign.rest_of == root.id, Campaign.state == "draft")
    known = session.execute(mine.order_by(Campaign.id.desc()).limit(1)).scalar_one_or_none()
    draft = known or _rest_like(session, campaign, root, now)
    most = room(session, draft)
    if not most:
        raise NothingFree
    if known is None:
        draft.capacity = most
        return _with_pictures(session, _keep(session, draft, now), campaign)
    untouched = draft.rev == 1
    if draft.capacity > most or (untouched and draft.capacity < most):
        draft.capacity, draft.rev, draft.updated_at = most, draft.rev + 1, now
        draft.minimum = None if draft.minimum is None else min(draft.minimum, most)
    ready_again(draft, now.astimezone(zone_of(session, draft)).date())
    return draft


def add_photo(session: Session, actor: Actor, campaign: Campaign, media: Media, *, now: datetime) -> int:
    """Add a photo; the same one twice counts once. How many there are now."""
    lock(session, campaign)
    require("campaign.edit", actor, owner_id=seller_of(session, campaign), state=campaign.state)
    shown = select(CampaignPhoto.media_id).where(CampaignPhoto.campaign_id == campaign.id, ~CampaignPhoto.growing)
    known = session.execute(shown).scalars().all()
    if media.id in known:
        return len(known)
    if len(known) >= PHOTOS_MOST:
        raise TooManyPhotos(most=PHOTOS_MOST)
    session.add(CampaignPhoto(campaign_id=campaign.id, media_id=media.id, position=len(known)))
    campaign.rev, campaign.updated_at = campaign.rev + 1, now
    session.flush()
    return len(known) + 1


def remove_photos(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> None:
    """Take all photos away, to send others."""
    lock(session, campaign)
    require("campaign.edit", actor, owner_id=seller_of(session, campaign), state=campaign.state)
    session.execute(delete(CampaignPhoto).where(CampaignPhoto.campaign_id == campaign.id))
    campaign.rev, campaign.updated_at = campaign.rev + 1, now


def discard(session: Session, actor: Actor, campaign: Campaign) -> None:
    """Delete a draft."""
    lock(session, campaign)
    require("campaign.publish", actor, owner_id=seller_of(session, campaign), state=campaign.state)
    due.drop(session, "campaign.draft_idle", campaign.id)
    session.execute(delete(CampaignPhoto).where(CampaignPhoto.campaign_id == campaign.id))
    session.flush()
    try:
        with session.begin_nested():
            session.delete(campaign)
    except IntegrityError:  # somebody had reserved and given it up before it was taken back: those orders need it
        campaign.state, campaign.rev = "cancelled", campaign.rev + 1
        session.flush()


def missing(campaign: Campaign) -> tuple[str, ...]:
    """Names of the fields without which it cannot be published: quantity, price, date, delivery."""
    lacks = {
        "quantity": campaign.capacity <= 0,
        "price": campaign.price_minor <= 0,
        "date": campaign.harvest_on is None,
        "delivery": not campaign.delivers and not campaign.pickup_place,
    }
    return tuple(name for name, lacking in lacks.items() if lacking)


def photo_count(session: Session, campaign: Campaign) -> int:
    """Photos of the listing itself, not those of its growing."""
    counted = select(func.count()).where(CampaignPhoto.campaign_id == campaign.id, ~CampaignPhoto.growing)
    return session.execute(counted).scalar_one()


def _farm_of(session: Session, actor: Actor) -> Farm:
    require("campaign.draft", actor)
    farm = session.execute(select(Farm).where(Farm.member_id == actor.member_id)).scalar_one_or_none()
    if farm is None:
        raise NotFound
    return farm


def _blank(session: Session, farm: Farm, crop_key: str, now: datetime) -> Campaign:
    crop = crops.load()[crop_key]
    category = category_term(session, crop.category)
    return Campaign(
        farm_id=farm.id, crop=crop_key, category_id=None if category is None else category.id, unit=crop.unit,
        pack=crop.pack, currency=shop_currency(session), price_minor=0, capacity=Decimal(0),
        deposit_percent=_usual_deposit(session), delivers=True, region=farm.region or "",
        delivery_fee_minor=get_int(session, "delivery_fee_usual"), pickup_place=farm.place or "", attributes={},
        created_at=now, updated_at=now,
    )  # fmt: skip


def _like(session: Session, last: Campaign, now: datetime) -> Campaign:
    currency = shop_currency(session)
    draft = Campaign(
        farm_id=last.farm_id, crop=last.crop, currency=currency, capacity=Decimal(0),
        price_minor=last.price_minor if last.currency == currency else 0, created_at=now, updated_at=now,
    )  # fmt: skip
    for name in _KEPT:
        setattr(draft, name, getattr(last, name))
    least, most = get_int(session, "deposit_least"), get_int(session, "deposit_most")
    draft.deposit_percent = min(max(draft.deposit_percent, least), most)
    return draft


def _rest_like(session: Session, campaign: Campaign, root: Campaign, now: datetime) -> Campaign:
    """Not stored yet: perhaps nothing is free."""
    draft = _like(session, campaign, now)
    draft.rest_of, draft.by_weight = root.id, campaign.by_weight
    draft.harvest_on = now.astimezone(zone_of(session, root)).date()  # it is harvested
    return draft


def _with_pictures(session: Session, draft: Campaign, campaign: Campaign) -> Campaign:
    pictures = select(CampaignPhoto).where(CampaignPhoto.campaign_id == campaign.id, ~CampaignPhoto.growing)
    session.add_all(
        CampaignPhoto(campaign_id=draft.id, media_id=shown.media_id, position=shown.position)
        for shown in session.scalars(pictures.order_by(CampaignPhoto.id).limit(PHOTOS_MOST)).all()
    )
    session.flush()
    return draft


def _keep(session: Session, draft: Campaign, now: datetime) -> Campaign:
    session.add(draft)
    session.flush()
    due.plan(session, "campaign.draft_idle", draft.id, now + IDLE)
    return draft


def _usual_deposit(session: Session) -> int:
    usual = get_int(session, "deposit_usual")
    return min(max(usual, get_int(session, "deposit_least")), get_int(session, "deposit_most"))
