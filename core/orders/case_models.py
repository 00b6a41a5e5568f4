"""The table of after-sale cases: what went wrong with an order, who said what, and how it ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id
from core.money import Money

_OWES = text("coop_minor > repaid_minor")


class AfterSaleCase(Base):
    """One complaint about one order, or one chargeback; only `case_flow.step` sets `state`."""

    __tablename__ = "after_sale_case"
    __table_args__ = (
        Index("ix_after_sale_case_order", "order_id", "id"),
        Index("ix_after_sale_case_campaign", "campaign_id", "state", "id"),
        Index("ix_after_sale_case_farm", "farm_id", "id"),
        Index("ix_after_sale_case_owes", "farm_id", "id", sqlite_where=_OWES, postgresql_where=_OWES),
        Index("ix_after_sale_case_state", "state", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    farm_id: Mapped[int] = mapped_column(ForeignKey("farm.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))  # the buyer
    problem: Mapped[str] = mapped_column(String(12))
    wish: Mapped[str | None] = mapped_column(String(8))
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    buyer_words: Mapped[str] = mapped_column(Text, default="")
    seller_words: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default="draft")
    rev: Mapped[int] = mapped_column(default=1)
    currency: Mapped[str] = mapped_column(String(3))
    asked_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    offered_minor: Mapped[int | None] = mapped_column(BigInteger)
    ruled_minor: Mapped[int | None] = mapped_column(BigInteger)  # agreed or ruled
    bearer: Mapped[str] = mapped_column(String(8), default="farmer")
    coop_minor: Mapped[int] = mapped_column(BigInteger, default=0)  # what the farm could not bear: it owes the co-op
    repaid_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # of that, by its earnings
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)  # of a chargeback
    answer_by: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def asked(self) -> Money:
        return Money(self.asked_minor, self.currency)

    @property
    def offered(self) -> Money:
        return Money(self.offered_minor or 0, self.currency)

    @property
    def ruled(self) -> Money:
        return Money(self.ruled_minor or 0, self.currency)

    @property
    def coop(self) -> Money:
        return Money(self.coop_minor, self.currency)

    @property
    def debt(self) -> Money:
        """What the farm still owes the co-op for it."""
        return Money(self.coop_minor - (self.repaid_minor or 0), self.currency)
