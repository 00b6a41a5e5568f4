"""Tables of what is sold: categories, types, brands, campaigns, their pictures and their posts in groups."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id
from core.money import Money

# states of a sale in which nothing is on sale, and nothing of it is still to come
NOT_ON_SALE = ("draft", "done", "cancelled", "crop_failed", "removed", "failed")


class Term(Base):
    """One entry of the product configuration: a category, type, brand or attribute name."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # category, type, brand, attribute
    name: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(default=0)


class Campaign(Base):
    """One sale of one crop before harvest: what people call a listing. Quantities are in its unit."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND reserved <= capacity", name="quota"),
        CheckConstraint("price_minor > 0 OR state = 'draft'", name="price"),
        Index("ix_campaign_market", "state", "recommended", "rank", "id"),
        Index("ix_campaign_farm", "farm_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    farm_id: Mapped[int] = mapped_column(ForeignKey("farm.id"))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    rev: Mapped[int] = mapped_column(default=1)
    crop: Mapped[str] = mapped_column(String(40))  # key in crops.csv
    title: Mapped[str] = mapped_column(String(80), default="")  # variety or name; empty: the crop's name
    subtitle: Mapped[str] = mapped_column(String(120), default="")
    keywords: Mapped[str] = mapped_column(String(200), default="")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    attributes: Mapped[Any] = mapped_column(JSON, default=dict)  # name -> value, as the seller wrote them
    description: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(String(12), default="kg")
    pack: Mapped[Decimal] = mapped_column(default=Decimal(1))  # least step a buyer can take, in `unit`
    price_minor: Mapped[int] = mapped_column(BigInteger, default=0)  # per `unit`
    currency: Mapped[str] = mapped_column(String(3))
    capacity: Mapped[Decimal] = mapped_column(default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(default=Decimal(0))  # guarded by the database
    minimum: Mapped[Decimal | None]  # least total for the sale to go ahead
    harvest_on: Mapped[date | None] = mapped_column(Date)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    deposit_percent: Mapped[int] = mapped_column(default=20)
    delivers: Mapped[bool] = mapped_column(default=True)
    delivery_fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    pickup_place: Mapped[str] = mapped_column(String(128), default="")  # empty: no pick-up
    logistics_weight: Mapped[Decimal | None]  # kg per unit, packed
    shipping: Mapped[str] = mapped_column(Text, default="")
    invoice: Mapped[bool] = mapped_column(default=False)
    guarantee: Mapped[str] = mapped_column(Text, default="")
    other: Mapped[str] = mapped_column(Text, default="")
    region: Mapped[str] = mapped_column(String(64), default="")
    search: Mapped[str] = mapped_column(Text, default="")  # what searches look in, case folded
    policy: Mapped[Any] = mapped_column(JSON, default=dict)  # cancellation policy in force, frozen onto each order
    harvested: Mapped[Decimal | None]
    sharing: Mapped[str | None] = mapped_column(String(12))  # full, fair, first, equal, manual
    by_weight: Mapped[bool] = mapped_column(default=False, server_default=false())  # each order is weighed
    extended: Mapped[bool] = mapped_column(default=False, server_default=false())  # its window was moved on once
    lost_why: Mapped[str | None] = mapped_column(String(40))
    recommended: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[int] = mapped_column(default=0)
    decision_note: Mapped[str | None] = mapped_column(Text)
    cloned_from: Mapped[int | None] = mapped_column(BigInteger)
    rest_of: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)  # whose harvest it sells on
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def price(self) -> Money:
        """Price per unit."""
        return Money(self.price_minor, self.currency)

    @property
    def delivery_fee(self) -> Money:
        return Money(self.delivery_fee_minor, self.currency)

    @property
    def left(self) -> Decimal:
        return self.capacity - self.reserved


class CampaignPhoto(Base):
    """A picture of a campaign, in its order; `growing` ones come while it ripens."""

    __tablename__ = "campaign_photo"
    __table_args__ = (UniqueConstraint("campaign_id", "media_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    growing: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class GroupPost(Base):
    """That a campaign was posted in a group, and what its progress card last showed."""

    __tablename__ = "group_post"
    __table_args__ = (
        UniqueConstraint("campaign_id", "group_id"),
        Index("ix_group_post_running", "campaign_id", sqlite_where=text("frozen = 0"),
              postgresql_where=text("NOT frozen")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group_chat.id"), index=True)
    shown_percent: Mapped[int] = mapped_column(default=0)
    shown_at: Mapped[datetime | None]
    frozen: Mapped[bool] = mapped_column(default=False)
