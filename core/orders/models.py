"""The order table: what a buyer reserved, under which policy, and in which state."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, func, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id
from core.money import Money
from core.orders.states import OrderState
from core.sealing import Sealed

_OVERDUE = text("state = 'overdue'")
_FAILED = text("state = 'delivery_failed'")

_NUMBER = re.compile(r"([A-Z]{1,6})(\d{1,3})")


class Order(Base):
    """One buyer's share of one campaign. Money owed is computed; only `flow.advance` sets `state`."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("allocated IS NULL OR (allocated >= 0 AND allocated <= quantity)", name="allocated"),
        Index("ix_orders_campaign", "campaign_id", "state", "id"),
        Index("ix_orders_buyer", "buyer_id", "id"),
        Index("ix_orders_failed", "updated_at", "id", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index("ix_orders_late", "kept_until", "id", sqlite_where=_OVERDUE, postgresql_where=_OVERDUE),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(20))
    rev: Mapped[int] = mapped_column(default=1)
    quantity: Mapped[Decimal]
    least_useful: Mapped[Decimal | None]  # below this the buyer wants the money back
    allocated: Mapped[Decimal | None]
    price_minor: Mapped[int] = mapped_column(BigInteger)  # per unit; frozen, unless the buyer accepts another
    currency: Mapped[str] = mapped_column(String(3))
    deposit_minor: Mapped[int] = mapped_column(BigInteger)  # frozen
    delivery: Mapped[str | None] = mapped_column(String(8))  # deliver, pickup; empty: not chosen yet
    delivery_fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    address = Sealed()
    address_sealed: Mapped[str | None] = mapped_column(Text)
    reduced_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")  # given back by a case
    note: Mapped[str] = mapped_column(Text, default="")  # the buyer's customised need
    policy: Mapped[Any] = mapped_column(JSON, default=dict)  # frozen: cutoff, windows, promises
    cash_agreed: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(String(40))  # of a cancellation
    hold_until: Mapped[datetime | None]
    balance_due_at: Mapped[datetime | None]
    kept_until: Mapped[datetime | None]  # how long the goods of an overdue order are kept; then somebody calls
    picked: Mapped[bool] = mapped_column(default=False)
    more_time_at: Mapped[datetime | None]  # when the buyer asked for more time to pay; once
    accepted_at: Mapped[datetime | None]  # when the buyer accepted a smaller share or another weight
    weight: Mapped[Decimal | None]  # what is charged of goods sold by final weight, once they were weighed
    consent_until: Mapped[datetime | None]  # until when the buyer is asked whether another weight is welcome
    proposal_id: Mapped[int | None] = mapped_column(BigInteger)  # the other terms its buyer was asked about; once
    answer: Mapped[str | None] = mapped_column(String(8))  # accepted, refused, unheard; empty: the buyer thinks
    trouble: Mapped[str | None] = mapped_column(String(12))  # why the last delivery failed
    more: Mapped[Decimal | None]  # added to `quantity` once its deposit is paid; kept out of the quota until then
    more_until: Mapped[datetime | None]
    waited: Mapped[bool | None]  # the share came from the waiting list
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def number(self) -> str:
        """What people say: A12. A letter for each thousand, so that it stays short to read and to type."""
        return number_of(self.id)

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def deposit(self) -> Money:
        return Money(self.deposit_minor, self.currency)

    @property
    def delivery_fee(self) -> Money:
        return Money(self.delivery_fee_minor, self.currency)

    @property
    def goods(self) -> Money:
        """Price of the goods as they stand."""
        return self.price.times(self.share)

    @hybrid_property
    def share(self) -> Decimal:
        """What the buyer gets: the final weight, else the allocated share once it is fixed, else what was reserved."""
        return self.allotted if self.weight is None else self.weight

    @share.inplace.expression
    @classmethod
    def _share(cls) -> ColumnElement[Decimal]:
        return func.coalesce(cls.weight, cls.allotted)

    @hybrid_property
    def allotted(self) -> Decimal:
        """The allocated share once it is fixed, else what was reserved; whatever the scales said."""
        return self.quantity if self.allocated is None else self.allocated

    @allotted.inplace.expression
    @classmethod
    def _allotted(cls) -> ColumnElement[Decimal]:
        return func.coalesce(cls.allocated, cls.quantity)

    @property
    def total(self) -> Money:
        """Goods plus delivery, less what a case gave back."""
        return self.total_at(self.price)

    def total_at(self, price: Money) -> Money:
        """What the total would be at another price."""
        return price.times(self.share) + self.delivery_fee - Money(self.reduced_minor or 0, self.currency)

    @property
    def thinks(self) -> bool:
        """Whether its buyer is asked about other terms now; another weight is asked without a proposal."""
        return self.state == OrderState.CONSENT_WAIT and self.proposal_id is not None and self.answer is None


def id_of(number: str) -> int | None:
    """The id of the number people say: A12 -> 12, b7 -> 1007; None for what is no such number."""
    found = _NUMBER.fullmatch(number.strip().lstrip("#").upper())
    if found is None:
        return None
    series = 0
    for letter in found[1]:
        series = series * 26 + ord(letter) - ord("A") + 1
    return (series - 1) * 1000 + int(found[2])


def number_of(order_id: int) -> str:
    """The number people say for an order's id: 12 -> A12, 1007 -> B7, 26003 -> AA3."""
    series, rest = divmod(order_id, 1000)
    letters = ""
    while True:
        series, letter = divmod(series, 26)
        letters = chr(ord("A") + letter) + letters
        if series == 0:
            return f"{letters}{rest}"
        series -= 1
