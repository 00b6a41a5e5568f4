"""Waiting lists, shares given up late, links that hand an order over, and what is added to an order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = core.db.UtcDateTime(timezone=True)
_OPEN = sa.text("state IN ('waiting', 'offered')")


def upgrade() -> None:
    _places()
    _late_shares()
    _handings()
    op.add_column("orders", sa.Column("more", core.db.Thousandths(), nullable=True))
    op.add_column("orders", sa.Column("more_until", _TIME, nullable=True))
    op.add_column("orders", sa.Column("waited", sa.Boolean(), nullable=True))


def _places() -> None:
    op.create_table(
        "waiting_place",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("quantity", core.db.Thousandths(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("offer_until", _TIME, nullable=True),
        sa.Column("order_id", _ID, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_waiting_place_quantity")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_waiting_place_campaign_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_waiting_place_member_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_waiting_place_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_place")),
    )
    _partial("uq_waiting_place_open", ["campaign_id", "member_id"], unique=True)
    _partial("ix_waiting_place_queue", ["campaign_id", "id"])
    _partial("ix_waiting_place_member", ["member_id", "id"])


def _partial(name: str, columns: list[str], *, unique: bool = False) -> None:
    op.create_index(name, "waiting_place", columns, unique=unique, sqlite_where=_OPEN, postgresql_where=_OPEN)


def _late_shares() -> None:
    op.create_table(
        "late_share",
        sa.Column("id", _ID, nullable=False),
        sa.Column("order_id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("quantity", core.db.Thousandths(), nullable=False),
        sa.Column("taken", core.db.Thousandths(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= quantity", name=op.f("ck_late_share_taken")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_late_share_campaign_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_late_share_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_share")),
        sa.UniqueConstraint("order_id", name=op.f("uq_late_share_order_id")),
    )
    op.create_index("ix_late_share_campaign", "late_share", ["campaign_id", "state", "id"], unique=False)


def _handings() -> None:
    op.create_table(
        "handing",
        sa.Column("id", _ID, nullable=False),
        sa.Column("order_id", _ID, nullable=False),
        sa.Column("giver_id", _ID, nullable=False),
        sa.Column("taker_id", _ID, nullable=True),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["giver_id"], ["member.id"], name=op.f("fk_handing_giver_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_handing_order_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["member.id"], name=op.f("fk_handing_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handing")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_handing_token_sha256")),
    )
    op.create_index(op.f("ix_handing_order_id"), "handing", ["order_id"], unique=False)


def downgrade() -> None:
    for column in ("waited", "more_until", "more"):
        op.drop_column("orders", column)
    for table in ("handing", "late_share", "waiting_place"):
        op.drop_table(table)
