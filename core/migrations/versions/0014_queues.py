"""One index leads to the letters that may go, and PostgreSQL clears both queues by what was done, not by their size."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PENDING = text("state = 'pending'")
_QUEUES = ("inbox", "outbox")
# by itself it waits until a fifth of a table has changed, then leaves the indexes alone where that is few of its
# pages; and a claim steps over all that is done since
_SETTINGS = {
    "autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 1000,
    "autovacuum_analyze_scale_factor": 0, "autovacuum_analyze_threshold": 1000, "vacuum_index_cleanup": "on",
}  # fmt: skip


def upgrade() -> None:
    op.drop_index("ix_outbox_due", "outbox")
    if op.get_bind().dialect.name == "postgresql":
        settings = ", ".join(f"{name} = {value}" for name, value in _SETTINGS.items())
        for queue in _QUEUES:
            op.execute(f"ALTER TABLE {queue} SET ({settings})")


def downgrade() -> None:
    op.create_index("ix_outbox_due", "outbox", ["not_before", "id"], sqlite_where=_PENDING, postgresql_where=_PENDING)
    if op.get_bind().dialect.name == "postgresql":
        for queue in _QUEUES:
            op.execute(f"ALTER TABLE {queue} RESET ({', '.join(_SETTINGS)})")
