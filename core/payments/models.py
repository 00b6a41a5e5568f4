"""Tables of payment methods, payments and refunds; the ledger itself is hand-written SQL (ledger.py)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id
from core.money import Money
from core.sealing import Sealed


class PaymentMethod(Base):
    """A way to pay that the owner switched on: name, account, instructions."""

    __tablename__ = "payment_method"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[str] = mapped_column(String(24), unique=True)  # a file in providers/
    name: Mapped[str] = mapped_column(String(64))
    account: Mapped[str] = mapped_column(String(128), default="")
    instructions: Mapped[str] = mapped_column(Text, default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)


class Payment(Base):
    """One attempt to pay for an order: `created -> submitted -> confirmed | rejected`, or `ended`."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("provider", "charge_id"),
        Index("ix_payment_order", "order_id", "id"),
        Index("ix_payment_waiting", "state", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    provider: Mapped[str] = mapped_column(String(24))
    purpose: Mapped[str] = mapped_column(String(12))  # deposit, balance, other
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(12), default="created")
    payload: Mapped[str] = mapped_column(String(64), unique=True)  # what the invoice carries
    charge_id: Mapped[str | None] = mapped_column(String(128))  # the provider's; NULL until money came
    note: Mapped[str | None] = mapped_column(Text)
    reference_key: Mapped[str | None] = mapped_column(String(128), index=True)  # the note, its letters folded
    rev: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class ReceiptPicture(Base):
    """A picture or file of a transfer's receipt: an album is one receipt."""

    __tablename__ = "receipt_picture"
    __table_args__ = (UniqueConstraint("payment_id", "media_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)


class Refund(Base):
    """Money on its way back: to the wallet at once, or from the wallet to the person by an operator."""

    __tablename__ = "refund"
    __table_args__ = (
        Index("ix_refund_member", "member_id", "id"),
        Index("ix_refund_waiting", "state", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # order: to the wallet; payout: from it; stray: in suspense
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))  # empty: money from nobody we know
    farm_id: Mapped[int | None] = mapped_column(BigInteger)  # of a payout: the farm whose earnings go out, not a wallet
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(12))  # of core/orders/payout_states.py, which alone sets it anew
    why: Mapped[str] = mapped_column(String(40))
    destination = Sealed()  # where the person wants it
    destination_sealed: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(String(64))
    rev: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    promised_on: Mapped[date | None]  # by when the person was told to have it

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class PayoutDestination(Base):
    """An account that somebody had money sent to: offered again by its tail alone."""

    __tablename__ = "payout_destination"
    __table_args__ = (UniqueConstraint("member_id", "details_mark"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(12))  # upi, account, other
    tail: Mapped[str] = mapped_column(String(8))  # its last characters, all that a button shows
    details = Sealed(marked=True)
    details_sealed: Mapped[str | None] = mapped_column(Text)
    details_mark: Mapped[str | None] = mapped_column(String(64))
    used_at: Mapped[datetime]
