"""Tables of parcels and their append-only checkpoints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Parcel(Base):
    """What a carrier carries for one order."""

    __tablename__ = "parcel"
    __table_args__ = (UniqueConstraint("order_id", "attempt"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, index=True)  # orders live above this slice
    carrier: Mapped[str] = mapped_column(String(24), default="manual")
    courier_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the courier's link
    boxes: Mapped[int] = mapped_column(default=1)
    attempt: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(20), default="booked")  # one of the ten neutral statuses
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Checkpoint(Base):
    """A status a carrier reported, with temperature band and photo where given; never edited."""

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), index=True)
    status: Mapped[str] = mapped_column(String(20))
    temperature: Mapped[str | None] = mapped_column(String(8))  # <=4, 5-8, >8 degrees Celsius
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
