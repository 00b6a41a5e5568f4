"""The table of other terms: what a farmer proposed after the harvest to buyers who had paid only the deposit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id
from core.money import Money

_DRAFT = text("until IS NULL")


class Kind(StrEnum):
    """What differs."""

    PRICE = "price"
    GOODS = "goods"


class Answer(StrEnum):
    """What a buyer said to it, on the order; empty while the buyer thinks."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNHEARD = "unheard"


class Proposal(Base):
    """One proposal to the buyers of one sale; a draft of its farmer until it is made."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("price_minor IS NULL OR price_minor > 0", name="price"),
        CheckConstraint("until IS NULL OR price_minor IS NOT NULL", name="whole"),
        Index("ix_proposal_campaign", "campaign_id", "id"),
        Index("uq_proposal_draft", "campaign_id", unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(8))
    price_minor: Mapped[int | None] = mapped_column(BigInteger)  # per unit of the sale; a draft may have none yet
    currency: Mapped[str] = mapped_column(String(3))
    goods: Mapped[str] = mapped_column(Text, default="")  # what the buyers would get instead, in the farmer's words
    rev: Mapped[int] = mapped_column(default=1)
    until: Mapped[datetime | None]  # by when the last buyer is to answer; empty: a draft
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def price(self) -> Money | None:
        return None if self.price_minor is None else Money(self.price_minor, self.currency)
