"""Other terms after the harvest: what a farmer proposed, and what the buyer of each order said to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = core.db.UtcDateTime(timezone=True)
_DRAFT = sa.text("until IS NULL")


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("goods", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("until", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.CheckConstraint("price_minor IS NULL OR price_minor > 0", name=op.f("ck_proposal_price")),
        sa.CheckConstraint("until IS NULL OR price_minor IS NOT NULL", name=op.f("ck_proposal_whole")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_proposal_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_campaign", "proposal", ["campaign_id", "id"])
    op.create_index(
        "uq_proposal_draft", "proposal", ["campaign_id"], unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT
    )
    op.add_column("orders", sa.Column("proposal_id", sa.BigInteger(), nullable=True))
    op.add_column("orders", sa.Column("answer", sa.String(length=8), nullable=True))


def downgrade() -> None:
    for name in ("answer", "proposal_id"):
        op.drop_column("orders", name)
    op.drop_table("proposal")
