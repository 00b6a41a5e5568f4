"""Tables of the batch (lot) and the steps it went through."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Batch(Base):
    """One harvest of one campaign, with the lot number that stands on labels."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger, index=True)  # the campaign lives above this slice
    lot: Mapped[str] = mapped_column(String(24), unique=True)
    quantity: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(String(12))
    harvested_at: Mapped[datetime]


class BatchStep(Base):
    """A step taken: harvested, picked, processed, sorted, stocked, packed, shipped; each once per batch."""

    __tablename__ = "batch_step"
    __table_args__ = (UniqueConstraint("batch_id", "step"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(BigInteger, index=True)
    step: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    place: Mapped[str] = mapped_column(String(128), default="")
    at: Mapped[datetime]
