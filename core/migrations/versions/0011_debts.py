"""What of its debt for refunds a farm has paid the co-op; more decisions about money are chained to the audit log."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from core.clock import machine_now

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OWES = sa.text("coop_minor > repaid_minor")
_JOIN = (
    "case_moved", "cash_handed_in", "order_forfeited", "order_undelivered", "payout_taken_back", "point_taken_back",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("after_sale_case", sa.Column("repaid_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(
        "ix_after_sale_case_owes", "after_sale_case", ["farm_id", "id"], sqlite_where=_OWES, postgresql_where=_OWES
    )
    _widen(op.get_bind())


def _widen(connection: sa.Connection) -> None:
    """Where there are such decisions, an entry says up to which event they were not chained."""
    such = sa.text("SELECT count(*) FROM event WHERE kind IN :kinds").bindparams(sa.bindparam("kinds", expanding=True))
    if not connection.execute(such, {"kinds": _JOIN}).scalar_one():
        return
    last = connection.execute(sa.text("SELECT max(id) FROM event")).scalar_one()
    end = connection.execute(sa.text("SELECT id, hash FROM audit_entry ORDER BY id DESC LIMIT 1")).one()
    entry = {
        "id": end.id + 1, "at": machine_now().isoformat(), "action": "audit_widened", "subject_kind": "event",
        "subject_id": last, "actor_id": None, "event_id": None, "data": json.dumps({"kinds": _JOIN}),
        "previous": end.hash,
    }  # fmt: skip
    entry["hash"] = hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
    columns = ", ".join(entry)
    connection.execute(
        sa.text(f"INSERT INTO audit_entry ({columns}) VALUES ({', '.join(f':{name}' for name in entry)})"), entry
    )


def downgrade() -> None:
    op.drop_index("ix_after_sale_case_owes", "after_sale_case")
    op.drop_column("after_sale_case", "repaid_minor")
