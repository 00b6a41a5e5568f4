"""After-sale cases, and what an order's price was reduced by afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES = {
    "ix_after_sale_case_order": ["order_id", "id"],
    "ix_after_sale_case_campaign": ["campaign_id", "state", "id"],
    "ix_after_sale_case_farm": ["farm_id", "id"],
    "ix_after_sale_case_state": ["state", "updated_at", "id"],
}


def upgrade() -> None:
    op.add_column("orders", sa.Column("reduced_minor", sa.BigInteger(), server_default="0", nullable=False))
    time = core.db.UtcDateTime(timezone=True)
    op.create_table(
        "after_sale_case",
        sa.Column("id", _ID, nullable=False),
        *(sa.Column(name, _ID, nullable=False) for name in ("order_id", "campaign_id", "farm_id")),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("problem", sa.String(length=12), nullable=False),
        sa.Column("wish", sa.String(length=8), nullable=True),
        sa.Column("media_id", _ID, nullable=True),
        sa.Column("buyer_words", sa.Text(), nullable=False),
        sa.Column("seller_words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("asked_minor", sa.BigInteger(), nullable=False),
        sa.Column("offered_minor", sa.BigInteger(), nullable=True),
        sa.Column("ruled_minor", sa.BigInteger(), nullable=True),
        sa.Column("bearer", sa.String(length=8), nullable=False),
        sa.Column("coop_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", _ID, nullable=True),
        sa.Column("answer_by", time, nullable=True),
        sa.Column("created_at", time, nullable=False),
        sa.Column("updated_at", time, nullable=False),
        *_foreign_keys(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale_case")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_after_sale_case_payment_id")),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "after_sale_case", columns, unique=False)


def _foreign_keys() -> list[sa.ForeignKeyConstraint]:
    tables = {"order_id": "orders", "campaign_id": "campaign", "farm_id": "farm", "member_id": "member",
              "media_id": "media", "payment_id": "payment"}  # fmt: skip
    return [
        sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_after_sale_case_{column}"))
        for column, table in tables.items()
    ]


def downgrade() -> None:
    op.drop_table("after_sale_case")
    op.drop_column("orders", "reduced_minor")
