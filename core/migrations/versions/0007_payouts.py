"""Money going out: whose farm's it is, by when it was promised, and where people want it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # no foreign key to farm: SQLite cannot add one to a table that stands
    op.add_column("refund", sa.Column("farm_id", sa.BigInteger(), nullable=True))
    op.add_column("refund", sa.Column("promised_on", sa.Date(), nullable=True))
    op.create_table(
        "payout_destination",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("tail", sa.String(length=8), nullable=False),
        sa.Column("details_sealed", sa.Text(), nullable=True),
        sa.Column("details_mark", sa.String(length=64), nullable=True),
        sa.Column("used_at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_payout_destination_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_destination")),
        sa.UniqueConstraint("member_id", "details_mark", name=op.f("uq_payout_destination_member_id_details_mark")),
    )


def downgrade() -> None:
    op.drop_table("payout_destination")
    op.drop_column("refund", "promised_on")
    op.drop_column("refund", "farm_id")
