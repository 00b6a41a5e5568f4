"""What people say to each other about sales and orders, and calls to those whom no message reaches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = core.db.UtcDateTime(timezone=True)
_PASSED = sa.text("state = 'passed'")


def upgrade() -> None:
    op.create_table(
        "remark",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("order_id", _ID, nullable=True),
        sa.Column("question_id", _ID, nullable=True),
        sa.Column("writer_id", _ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("media_id", _ID, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_remark_campaign_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_remark_order_id")),
        sa.ForeignKeyConstraint(["question_id"], ["remark.id"], name=op.f("fk_remark_question_id")),
        sa.ForeignKeyConstraint(["writer_id"], ["member.id"], name=op.f("fk_remark_writer_id")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_remark_media_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    op.create_index("ix_remark_sale", "remark", ["campaign_id", "kind", "state", "id"], unique=False)
    op.create_index("ix_remark_order", "remark", ["order_id", "id"], unique=False)
    op.create_index("ix_remark_writer", "remark", ["writer_id", "kind", "created_at"], unique=False)
    op.create_index("ix_remark_passed", "remark", ["id"], unique=False, sqlite_where=_PASSED, postgresql_where=_PASSED)
    op.create_index(op.f("ix_remark_question_id"), "remark", ["question_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_call_member_id")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_call_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index("ix_call_member", "call", ["member_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_call_member", table_name="call")
    op.drop_table("call")
    for name in ("ix_remark_question_id", "ix_remark_passed", "ix_remark_writer", "ix_remark_order", "ix_remark_sale"):
        op.drop_index(name, table_name="remark")
    op.drop_table("remark")
