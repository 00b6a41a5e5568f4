"""The table of what people write to each other: a question about a sale, its answer, a message about an order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id

_PASSED = text("state = 'passed'")


class Remark(Base):
    """One thing said. A draft waits for its writer's word; a question waits, is passed on to staff, is answered."""

    __tablename__ = "remark"
    __table_args__ = (
        Index("ix_remark_sale", "campaign_id", "kind", "state", "id"),
        Index("ix_remark_order", "order_id", "id"),
        Index("ix_remark_writer", "writer_id", "kind", "created_at"),  # how much somebody said lately
        Index("ix_remark_passed", "id", sqlite_where=_PASSED, postgresql_where=_PASSED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # question, answer, message
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))  # of a message
    question_id: Mapped[int | None] = mapped_column(ForeignKey("remark.id"), index=True)  # of an answer
    writer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    text: Mapped[str] = mapped_column(Text, default="")  # as written, while a draft; sent without numbers
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))  # a voice note
    state: Mapped[str] = mapped_column(String(8))  # draft, sent; of a question: draft, waiting, passed, answered
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
