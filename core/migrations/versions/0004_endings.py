"""What the ends of an order need to know: more time, consent, the final weight, a failed delivery, an extended sale."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
_FAILED = sa.text("state = 'delivery_failed'")


def upgrade() -> None:
    op.add_column("orders", sa.Column("more_time_at", core.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("accepted_at", core.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("weight", core.db.Thousandths(), nullable=True))
    op.add_column("orders", sa.Column("consent_until", core.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("trouble", sa.String(length=12), nullable=True))
    op.add_column("campaign", sa.Column("by_weight", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("campaign", sa.Column("extended", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_orders_failed", "orders", ["updated_at", "id"], sqlite_where=_FAILED, postgresql_where=_FAILED)


def downgrade() -> None:
    op.drop_index("ix_orders_failed", table_name="orders")
    for name in ("extended", "by_weight"):
        op.drop_column("campaign", name)
    for name in ("trouble", "consent_until", "weight", "accepted_at", "more_time_at"):
        op.drop_column("orders", name)
