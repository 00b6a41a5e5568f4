"""Personal data sealed, and an audit log that the database itself keeps from being changed."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from core import sealing
from core.clock import machine_now

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TEXTS = (("member", "phone"), ("orders", "address"), ("refund", "destination"))
_GUARDS = {
    "sqlite": (
        """CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON audit_entry BEGIN
            SELECT RAISE(ABORT, 'the audit log is append-only');
        END""",
        """CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry BEGIN
            SELECT RAISE(ABORT, 'the audit log is append-only');
        END""",
        """CREATE TRIGGER audit_entry_follows BEFORE INSERT ON audit_entry
        WHEN NEW.id <> 1 + coalesce((SELECT max(id) FROM audit_entry), 0) BEGIN
            SELECT RAISE(ABORT, 'the audit log is append-only');
        END""",
    ),
    "postgresql": (
        """CREATE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the audit log is append-only';
        END
        $$""",
        """CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refused()""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject_kind", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_event_id", "audit_entry", ["event_id"])
    connection = op.get_bind()
    for statement in _GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    _begin(connection)
    # the work of sealing is done before any table is locked; only what was written meanwhile is sealed under the lock
    ready = {table: _sealed(connection, table, name, "") for table, name in _TEXTS}
    for table, name in _TEXTS:
        op.add_column(table, sa.Column(f"{name}_sealed", sa.Text(), nullable=True))
        if name == "phone":
            op.add_column(table, sa.Column("phone_mark", sa.String(64), nullable=True))
        _write(connection, table, name, ready[table])
        _write(connection, table, name, _sealed(connection, table, name, f" AND {name}_sealed IS NULL"))
        op.drop_column(table, name)
    op.create_index("ix_member_phone_mark", "member", ["phone_mark"])


def _begin(connection: sa.Connection) -> None:
    """The first entry says up to which event nothing was chained."""
    last = connection.execute(sa.text("SELECT coalesce(max(id), 0) FROM event")).scalar_one()
    entry = {
        "id": 1, "at": machine_now().isoformat(), "action": "audit_begins", "subject_kind": "event", "subject_id": last,
        "actor_id": None, "event_id": last, "data": "{}", "previous": "0" * 64,
    }  # fmt: skip
    entry["hash"] = hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
    put = sa.text(
        "INSERT INTO audit_entry (id, at, action, subject_kind, subject_id, actor_id, event_id, data, previous, hash) "
        "VALUES (:id, :at, :action, :subject_kind, :subject_id, :actor_id, :event_id, :data, :previous, :hash)"
    )
    connection.execute(put, entry)


def downgrade() -> None:
    raise NotImplementedError("sealed data are not written in the clear again: restore the backup made before")


def _sealed(connection: sa.Connection, table: str, name: str, more: str) -> list[dict[str, object]]:
    rows = connection.execute(sa.text(f"SELECT id, {name} FROM {table} WHERE {name} <> ''{more}")).all()
    return [
        {
            "id": number,
            "was": text,
            "sealed": sealing.sealed(text, f"{table}.{name}:{number}"),
            "mark": sealing.mark(text),
        }
        for number, text in rows
    ]


def _write(connection: sa.Connection, table: str, name: str, rows: list[dict[str, object]]) -> None:
    marked = ", phone_mark = :mark" if name == "phone" else ""
    put = sa.text(f"UPDATE {table} SET {name}_sealed = :sealed{marked} WHERE id = :id AND {name} = :was")
    if rows:
        connection.execute(put, rows)
