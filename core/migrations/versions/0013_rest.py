"""A sale of the rest of a harvest knows whose rest it is."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # by hand: on SQLite Alembic adds a reference only by making the whole table anew
    points = "CONSTRAINT fk_campaign_rest_of REFERENCES campaign (id)"
    op.execute(f"ALTER TABLE campaign ADD COLUMN rest_of {number} {points}")
    op.create_index("ix_campaign_rest_of", "campaign", ["rest_of"])


def downgrade() -> None:
    op.drop_index("ix_campaign_rest_of", "campaign")
    op.drop_column("campaign", "rest_of")
