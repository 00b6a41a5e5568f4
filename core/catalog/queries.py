"""Reads of sales: one listing's card, a farm's sales, others like one, what waits for review."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, column, func, or_, select, table
from sqlalchemy.orm import Session, aliased

from core.catalog.lines import SALE, CampaignLine, lines_of, select_lines
from core.catalog.models import Campaign, CampaignPhoto, Term
from core.db import at_once
from core.errors import NotFound
from core.members.models import Farm, Member
from core.members.queries import Waiting
from core.money import Money
from core.prepared import Entities
from core.tracing.models import Batch

WAITING_MOST = 8
SALES_MOST = 20
PHOTOS_READ = 20  # of a listing, its own first
# reputation stands above this slice: its table is read by name, its code is not imported
_points = table("reputation_point", column("farm_id"), column("points"))


@dataclass(frozen=True)
class ListingCard:
    """Everything a listing's card shows."""

    line: CampaignLine
    seller_id: int
    seller_name: str
    farm_state: str
    timezone: str | None
    points: int  # reputation
    photos: tuple[int, ...]  # media ids
    growing: tuple[int, ...]
    subtitle: str
    keywords: str
    category: str
    type: str
    brand: str
    attributes: tuple[tuple[str, str], ...]
    description: str
    pack: Decimal
    minimum: Decimal | None
    deposit_percent: int
    opens_at: datetime | None
    published_at: datetime | None
    delivers: bool
    delivery_fee: Money
    pickup_place: str
    logistics_weight: Decimal | None
    shipping: str
    invoice: bool
    guarantee: str
    other: str
    decision_note: str | None
    harvested_at: datetime | None  # of the rest of a harvest: when that came in

    def can_be_reserved(self, now: datetime) -> bool:
        """Whether the sale is open, inside its window, and has a pack left."""
        begun = self.opens_at is None or now >= self.opens_at
        ended = self.line.closes_at is not None and now >= self.line.closes_at
        return self.line.state == "open" and begun and not ended and self.line.left >= self.pack


def _listing() -> Any:  # a Select of many columns; its exact type says nothing to the reader
    category, kind, brand = aliased(Term), aliased(Term), aliased(Term)
    came_in = select(Batch.harvested_at).where(Batch.campaign_id == Campaign.rest_of).order_by(Batch.id).limit(1)
    points = select(func.coalesce(func.sum(_points.c.points), 0)).where(_points.c.farm_id == Farm.id)
    return (
        select(
            Campaign, Farm, Member.name.label("seller"), category.name.label("category"), kind.name.label("type"),
            brand.name.label("brand"), points.scalar_subquery().label("points"),
            came_in.scalar_subquery().label("harvested_at"),
        )
        .join(Farm, Farm.id == Campaign.farm_id)
        .join(Member, Member.id == Farm.member_id)
        .outerjoin(category, category.id == Campaign.category_id)
        .outerjoin(kind, kind.id == Campaign.type_id)
        .outerjoin(brand, brand.id == Campaign.brand_id)
        .where(Campaign.id == bindparam("campaign_id"))
    )  # fmt: skip


# made once: every card asks them
_LISTING = _listing()
_SALES = Entities(Campaign)
_PHOTOS = (
    select(CampaignPhoto.media_id, CampaignPhoto.growing).where(CampaignPhoto.campaign_id == bindparam("campaign_id"))
    .order_by(CampaignPhoto.position, CampaignPhoto.id).limit(PHOTOS_READ)
)  # fmt: skip


def campaign(session: Session, campaign_id: int) -> Campaign:
    """The campaign with this id."""
    found = _SALES.get(session, campaign_id)
    if found is None:
        raise NotFound
    return found


def listing(session: Session, campaign_id: int) -> ListingCard:
    """The card of one listing, in two queries. Raises NotFound."""
    row = session.execute(_LISTING, {"campaign_id": campaign_id}).one_or_none()
    if row is None:
        raise NotFound
    shown = session.execute(_PHOTOS, {"campaign_id": campaign_id}).all()
    listed = tuple(media_id for media_id, growing in shown if not growing)
    return _card(row, listed, tuple(media_id for media_id, growing in shown if growing))


def farm_campaigns(
    session: Session, farm_id: int, *, states: Collection[str] = (), hidden: Collection[str] = (),
    limit: int = SALES_MOST, before: int | None = None,
) -> tuple[CampaignLine, ...]:  # fmt: skip
    """A farm's sales, the newest first; in all states, only these, or all but the hidden ones.

    `before`: the id of the last one already shown.
    """
    found = select_lines().where(SALE.c.farm_id == farm_id).order_by(SALE.c.id.desc()).limit(limit)
    if states:
        found = found.where(SALE.c.state.in_(states))
    if hidden:
        found = found.where(SALE.c.state.not_in(hidden))
    return lines_of(at_once(session, found if before is None else found.where(SALE.c.id < before)))


def farm_campaign_count(session: Session, farm_id: int, *, hidden: Collection[str] = ()) -> int:
    """How many sales a farm has, but for those in the hidden states."""
    found = select(func.count()).where(Campaign.farm_id == farm_id, Campaign.state.not_in(hidden))
    return session.execute(found).scalar_one()


def first_to_harvest(session: Session, farm_id: int, crop: str, states: Collection[str], today: date) -> int | None:
    """The id of the farm's sale of this crop, in one of these states, that ripens first."""
    ripens = func.coalesce(Campaign.harvest_on, today)
    found = select(Campaign.id).where(Campaign.farm_id == farm_id, Campaign.crop == crop, Campaign.state.in_(states))
    return session.execute(found.order_by(ripens, Campaign.id).limit(1)).scalar_one_or_none()


def drafts_of(session: Session, farm_id: int) -> tuple[CampaignLine, ...]:
    """What a farm has begun and not published, the newest first."""
    return farm_campaigns(session, farm_id, states=("draft",))


def last_campaign(session: Session, farm_id: int) -> Campaign | None:
    """The farm's last published sale: what "same as last time" repeats."""
    return _last(session, Campaign.farm_id == farm_id)


def last_campaign_of_crop(session: Session, farm_id: int, crop: str, *, but: int = 0) -> Campaign | None:
    """The farm's last published sale of this crop; not the sale `but`, which is compared with it."""
    return _last(session, and_(Campaign.farm_id == farm_id, Campaign.crop == crop, Campaign.id != but))


def similar(session: Session, campaign: Campaign, *, limit: int = 3) -> tuple[CampaignLine, ...]:
    """Other open sales with something left: the same crop first, then the same category."""
    alike = or_(SALE.c.crop == campaign.crop, SALE.c.category_id == campaign.category_id)
    found = select_lines().where(
        SALE.c.state == "open", SALE.c.id != campaign.id, SALE.c.reserved < SALE.c.capacity, alike
    )
    same_first = (SALE.c.crop == campaign.crop).desc()
    return lines_of(at_once(session, found.order_by(same_first, SALE.c.rank.desc(), SALE.c.id.desc()).limit(limit)))


def to_review(session: Session, *, limit: int = WAITING_MOST) -> tuple[CampaignLine, ...]:
    """Listings that wait for a decision, the oldest first."""
    found = select_lines().where(SALE.c.state == "in_review").order_by(SALE.c.published_at, SALE.c.id)
    return lines_of(at_once(session, found.limit(limit)))


def listings_waiting(session: Session) -> Waiting:
    """How many listings wait for a decision, and since when."""
    found = select(func.count(), func.min(Campaign.published_at)).where(Campaign.state == "in_review")
    count, oldest = session.execute(found).one()
    return Waiting(count, oldest)


def _last(session: Session, whose: ColumnElement[bool]) -> Campaign | None:
    """Not a sale of the rest: that is no season of its own, and its price may be another."""
    published = (Campaign.published_at.is_not(None), Campaign.rest_of.is_(None))
    found = select(Campaign).where(whose, *published).order_by(Campaign.id.desc()).limit(1)
    return session.execute(found).scalar_one_or_none()


def _card(row: Any, photos: tuple[int, ...], growing: tuple[int, ...]) -> ListingCard:  # the row of `listing`
    sale, farm = row.Campaign, row.Farm
    return ListingCard(
        line=_line(sale, farm, photos[0] if photos else None), seller_id=farm.member_id, seller_name=row.seller,
        farm_state=farm.state, timezone=farm.timezone, points=int(row.points), photos=photos, growing=growing,
        subtitle=sale.subtitle, keywords=sale.keywords, category=row.category or "", type=row.type or "",
        brand=row.brand or "", attributes=tuple(sale.attributes.items()), description=sale.description,
        pack=sale.pack, minimum=sale.minimum, deposit_percent=sale.deposit_percent, opens_at=sale.opens_at,
        published_at=sale.published_at, delivers=sale.delivers, delivery_fee=sale.delivery_fee,
        pickup_place=sale.pickup_place, logistics_weight=sale.logistics_weight, shipping=sale.shipping,
        invoice=sale.invoice, guarantee=sale.guarantee, other=sale.other, decision_note=sale.decision_note,
        harvested_at=row.harvested_at,
    )  # fmt: skip


def _line(sale: Campaign, farm: Farm, photo: int | None) -> CampaignLine:
    return CampaignLine(
        campaign_id=sale.id, rev=sale.rev, state=sale.state, crop=sale.crop, title=sale.title, farm_id=farm.id,
        farm_name=farm.store_name, place=farm.place or "", region=sale.region, unit=sale.unit, price=sale.price,
        capacity=sale.capacity, reserved=sale.reserved, harvest_on=sale.harvest_on, closes_at=sale.closes_at,
        photo=photo, recommended=sale.recommended,
    )  # fmt: skip
