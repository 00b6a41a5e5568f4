"""Tables of reviews and the reputation points generated from them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Review(Base):
    """The buyer's word on one order: score +1, 0, -1, three indicators on the same scale, text and pictures."""

    __tablename__ = "review"
    __table_args__ = (CheckConstraint("score IN (-1, 0, 1)", name="score"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, unique=True)  # orders live above this slice
    farm_id: Mapped[int] = mapped_column(ForeignKey("farm.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    score: Mapped[int]
    quality: Mapped[int | None]
    service: Mapped[int | None]
    speed: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class ReviewPhoto(Base):
    """A picture that goes with a review."""

    __tablename__ = "review_photo"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))


class ReputationPoint(Base):
    """Points that a review generated for a farm; never edited, at most one line per review and cause."""

    __tablename__ = "reputation_point"
    __table_args__ = (UniqueConstraint("review_id", "cause"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    farm_id: Mapped[int] = mapped_column(ForeignKey("farm.id"), index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    cause: Mapped[str] = mapped_column(String(12), default="review")
    points: Mapped[int]
    at: Mapped[datetime]
