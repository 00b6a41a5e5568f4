"""PostgreSQL itself wakes the other processes when a commit left work in the inbox or the outbox."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# by the database rather than by each writer: nobody can forget it, and no statement travels for it
_FUNCTION = """
CREATE FUNCTION farmgate_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('farmgate_' || TG_TABLE_NAME, '');
    RETURN NULL;
END
$$
"""
_TRIGGER = """
CREATE TRIGGER {table}_wakes AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION farmgate_wake()
"""
_TABLES = ("inbox", "outbox")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return  # one process: its parts wake each other
    connection.exec_driver_sql(_FUNCTION)
    for table in _TABLES:
        connection.exec_driver_sql(_TRIGGER.format(table=table))


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table in _TABLES:
        connection.exec_driver_sql(f"DROP TRIGGER {table}_wakes ON {table}")
    connection.exec_driver_sql("DROP FUNCTION farmgate_wake()")
