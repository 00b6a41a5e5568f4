"""Reads of the market: search and browse, one listing's card, a farm's sales, what waits for review."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, column, func, or_, select, table
from sqlalchemy.orm import Session, aliased

from core.catalog.models import Campaign, CampaignPhoto, Term
from core.errors import NotFound
from core.members.models import Farm, Member
from core.members.queries import Waiting
from core.money import Money

PAGE = 8
WORDS_MOST = 6
# reputation stands above this slice: its table is read by name, its code is not imported
_points = table("reputation_point", column("farm_id"), column("points"))


@dataclass(frozen=True)
class CampaignLine:
    """One sale in a list."""

    campaign_id: int
    rev: int
    state: str
    crop: str
    title: str
    farm_id: int
    farm_name: str
    place: str
    region: str
    unit: str
    price: Money
    capacity: Decimal
    reserved: Decimal
    harvest_on: date | None
    closes_at: datetime | None
    photo: int | None  # media id
    recommended: bool

    @property
    def left(self) -> Decimal:
        return self.capacity - self.reserved


@dataclass(frozen=True)
class MarketPage:
    """A page of the market, and how many sales match in all."""

    lines: tuple[CampaignLine, ...]
    total: int
    page: int
    pages: int


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


def campaign(session: Session, campaign_id: int) -> Campaign:
    """The campaign with this id."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound
    return found


def market(
    session: Session, *, category: int | None = None, region: str | None = None, words: str = "", page: int = 0
) -> MarketPage:
    """Open sales, recommended and ranked ones first; each word must occur in its text or its farm's name."""
    wanted: list[ColumnElement[bool]] = [Campaign.state == "open"]
    if category is not None:
        wanted.append(Campaign.category_id == category)
    if region:
        wanted.append(Campaign.region == region)
    wanted += [_mentions(word) for word in words.split()[:WORDS_MOST]]
    counted = select(func.count()).select_from(Campaign).join(Farm, Farm.id == Campaign.farm_id).where(*wanted)
    total = session.execute(counted).scalar_one()
    order = (Campaign.recommended.desc(), Campaign.rank.desc(), Campaign.id.desc())
    found = _select_lines().where(*wanted).order_by(*order).limit(PAGE).offset(page * PAGE)
    return MarketPage(_lines(session, found), total, page, -(-total // PAGE))


def categories_on_sale(session: Session) -> list[tuple[int, str, int]]:
    """Categories with open sales: id, name, how many."""
    found = select(Term.id, Term.name, func.count()).join(Campaign, Campaign.category_id == Term.id)
    grouped = found.where(Campaign.state == "open").group_by(Term.id, Term.name).order_by(Term.position, Term.id)
    return [(row[0], row[1], row[2]) for row in session.execute(grouped)]


def regions_on_sale(session: Session) -> list[tuple[str, int]]:
    """Regions with open sales, and how many."""
    found = select(Campaign.region, func.count()).where(Campaign.state == "open", Campaign.region != "")
    grouped = found.group_by(Campaign.region).order_by(func.count().desc(), Campaign.region)
    return [(row[0], row[1]) for row in session.execute(grouped)]


def listing(session: Session, campaign_id: int) -> ListingCard:
    """The card of one listing, in two queries. Raises NotFound."""
    category, kind, brand = aliased(Term), aliased(Term), aliased(Term)
    points = select(func.coalesce(func.sum(_points.c.points), 0)).where(_points.c.farm_id == Farm.id)
    found = (
        select(
            Campaign, Farm, Member.name.label("seller"), category.name.label("category"), kind.name.label("type"),
            brand.name.label("brand"), points.scalar_subquery().label("points"),
        )
        .join(Farm, Farm.id == Campaign.farm_id)
        .join(Member, Member.id == Farm.member_id)
        .outerjoin(category, category.id == Campaign.category_id)
        .outerjoin(kind, kind.id == Campaign.type_id)
        .outerjoin(brand, brand.id == Campaign.brand_id)
        .where(Campaign.id == campaign_id)
    )  # fmt: skip
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound
    photos = select(CampaignPhoto.media_id, CampaignPhoto.growing).where(CampaignPhoto.campaign_id == campaign_id)
    shown = session.execute(photos.order_by(CampaignPhoto.position, CampaignPhoto.id)).all()
    listed = tuple(media_id for media_id, growing in shown if not growing)
    return _card(row, listed, tuple(media_id for media_id, growing in shown if growing))


def farm_campaigns(session: Session, farm_id: int, *, states: Collection[str] = ()) -> tuple[CampaignLine, ...]:
    """A farm's sales, the newest first; all states, or only these."""
    found = _select_lines().where(Campaign.farm_id == farm_id).order_by(Campaign.id.desc())
    return _lines(session, found.where(Campaign.state.in_(states)) if states else found)


def drafts_of(session: Session, farm_id: int) -> tuple[CampaignLine, ...]:
    """What a farm has begun and not published, the newest first."""
    return farm_campaigns(session, farm_id, states=("draft",))


def last_campaign(session: Session, farm_id: int) -> Campaign | None:
    """The farm's last published sale: what "same as last time" repeats."""
    return _last(session, Campaign.farm_id == farm_id)


def last_campaign_of_crop(session: Session, farm_id: int, crop: str) -> Campaign | None:
    """The farm's last published sale of this crop."""
    return _last(session, and_(Campaign.farm_id == farm_id, Campaign.crop == crop))


def similar(session: Session, campaign: Campaign, *, limit: int = 3) -> tuple[CampaignLine, ...]:
    """Other open sales with something left: the same crop first, then the same category."""
    alike = or_(Campaign.crop == campaign.crop, Campaign.category_id == campaign.category_id)
    found = _select_lines().where(
        Campaign.state == "open", Campaign.id != campaign.id, Campaign.reserved < Campaign.capacity, alike
    )
    same_first = (Campaign.crop == campaign.crop).desc()
    return _lines(session, found.order_by(same_first, Campaign.rank.desc(), Campaign.id.desc()).limit(limit))


def to_review(session: Session, *, limit: int = PAGE) -> tuple[CampaignLine, ...]:
    """Listings that wait for a decision, the oldest first."""
    found = _select_lines().where(Campaign.state == "in_review").order_by(Campaign.published_at, Campaign.id)
    return _lines(session, found.limit(limit))


def listings_waiting(session: Session) -> Waiting:
    """How many listings wait for a decision, and since when."""
    found = select(func.count(), func.min(Campaign.published_at)).where(Campaign.state == "in_review")
    count, oldest = session.execute(found).one()
    return Waiting(count, oldest)


def _mentions(word: str) -> ColumnElement[bool]:
    folded = Campaign.search.contains(word.casefold(), autoescape=True)
    return or_(folded, Farm.store_name.icontains(word, autoescape=True))


def _last(session: Session, whose: ColumnElement[bool]) -> Campaign | None:
    found = select(Campaign).where(whose, Campaign.published_at.is_not(None)).order_by(Campaign.id.desc()).limit(1)
    return session.execute(found).scalar_one_or_none()


def _select_lines() -> Any:  # a Select of two tables and a photo; its exact type says nothing to the reader
    photo = (
        select(CampaignPhoto.media_id)
        .where(CampaignPhoto.campaign_id == Campaign.id, ~CampaignPhoto.growing)
        .order_by(CampaignPhoto.position, CampaignPhoto.id)
        .limit(1)
    )
    return select(Campaign, Farm, photo.scalar_subquery().label("photo")).join(Farm, Farm.id == Campaign.farm_id)


def _lines(session: Session, found: Any) -> tuple[CampaignLine, ...]:
    return tuple(_line(sale, farm, photo) for sale, farm, photo in session.execute(found))


def _line(sale: Campaign, farm: Farm, photo: int | None) -> CampaignLine:
    return CampaignLine(
        campaign_id=sale.id, rev=sale.rev, state=sale.state, crop=sale.crop, title=sale.title, farm_id=farm.id,
        farm_name=farm.store_name, place=farm.place or "", region=sale.region, unit=sale.unit, price=sale.price,
        capacity=sale.capacity, reserved=sale.reserved, harvest_on=sale.harvest_on, closes_at=sale.closes_at,
        photo=photo, recommended=sale.recommended,
    )  # fmt: skip


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
    )  # fmt: skip
