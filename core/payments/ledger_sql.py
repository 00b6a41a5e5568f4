"""The ledger's hand-written SQL on both databases, and plain Core tables to query it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

from sqlalchemy import BigInteger, Boolean, Column, Dialect, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator

from core.db import UtcDateTime

# apart from Base.metadata: Alembic must neither compare these tables nor rebuild them (that drops triggers)
ledger_metadata = MetaData()


class WholeMinor(TypeDecorator[int]):
    """Minor units as an int; PostgreSQL keeps them as numeric, so that a fraction is refused and not rounded."""

    impl = BigInteger
    cache_ok = True

    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


account_table = Table(
    "ledger_account",
    ledger_metadata,
    Column("id", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("owner_kind", Text, nullable=False),  # '' when nobody's in particular
    Column("owner_id", BigInteger, nullable=False),  # 0 when nobody's in particular
    Column("currency", Text, nullable=False),
    Column("floor_zero", Boolean, nullable=False),
    Column("debits", BigInteger, nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("last_transfer", BigInteger, nullable=False),  # the transfer counted last
    Column("created_at", UtcDateTime, nullable=False),
)

transfer_table = Table(
    "ledger_transfer",
    ledger_metadata,
    Column("id", BigInteger, primary_key=True),
    Column("debit_account", BigInteger, nullable=False),
    Column("credit_account", BigInteger, nullable=False),
    Column("amount", WholeMinor, nullable=False),
    Column("currency", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("order_id", BigInteger),
    Column("payment_id", BigInteger),
    Column("actor_id", BigInteger),
    Column("at", UtcDateTime, nullable=False),
)


@cache
def statements(dialect: str) -> tuple[str, ...]:
    """What makes the ledger on `dialect` (sqlite or postgresql), in order; comments between statements left out."""
    source = (Path(__file__).parent / f"ledger_{dialect}.sql").read_text(encoding="utf-8")
    return tuple(_without_comments(part) for part in f"\n{source}".split("\n--\n"))


def drop_statements(dialect: str) -> tuple[str, ...]:
    """What removes the ledger again; its triggers, sequence and indexes go with the tables."""
    tables = ("DROP TABLE ledger_transfer", "DROP TABLE ledger_account")
    functions = [part.split()[2] for part in statements(dialect) if part.startswith("CREATE FUNCTION")]
    return (*tables, *(f"DROP FUNCTION {name}" for name in functions))


def _without_comments(part: str) -> str:
    return "\n".join(line for line in part.splitlines() if not line.startswith("-- ")).strip()
