"""Tables beside the orders: places on a waiting list, shares given up late, links that hand an order over."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id

WAITING, OFFERED, TAKEN = "waiting", "offered", "taken"
_OPEN = text("state IN ('waiting', 'offered')")


class Place(Base):
    """A member's place on the waiting list of a sale: waiting -> offered -> taken | passed | left | ended.

    What is offered is kept out of the quota like an order's share, until the offer ends.
    """

    __tablename__ = "waiting_place"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("uq_waiting_place_open", "campaign_id", "member_id", unique=True, sqlite_where=_OPEN,
              postgresql_where=_OPEN),
        Index("ix_waiting_place_queue", "campaign_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_waiting_place_member", "member_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    quantity: Mapped[Decimal]
    state: Mapped[str] = mapped_column(String(8), default=WAITING)
    rev: Mapped[int] = mapped_column(default=1)
    offer_until: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))  # once it was taken
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class LateShare(Base):
    """A share that its buyer gave up after the cutoff: its deposit waits for whether the waiting list takes it."""

    __tablename__ = "late_share"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= quantity", name="taken"),
        Index("ix_late_share_campaign", "campaign_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    quantity: Mapped[Decimal]
    taken: Mapped[Decimal] = mapped_column(default=Decimal(0))
    state: Mapped[str] = mapped_column(String(8), default="open")  # open, refunded, kept
    created_at: Mapped[datetime]


class Handing(Base):
    """A one-time link by which a buyer gives an order away; its token is stored hashed."""

    __tablename__ = "handing"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # taken, called back, or another link was made
    created_at: Mapped[datetime]
