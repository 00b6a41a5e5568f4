"""The ledger: accounts and transfers that the database itself keeps honest."""

from __future__ import annotations

from alembic import op

from core.payments.ledger_sql import drop_statements, statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for statement in drop_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
