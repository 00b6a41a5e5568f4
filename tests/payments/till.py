"""A small shop for ledger tests: a provider's clearing account, wallets and orders, all in one currency."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import event
from sqlalchemy.orm import Session

from core.db import Database
from core.money import Money
from core.payments.ledger import Account, AccountKind, account, balance, move

NOW = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)


def inr(minor: int) -> Money:
    return Money(minor, "INR")


def clearing(session: Session, currency: str = "INR") -> Account:
    return account(session, AccountKind.PROVIDER_CLEARING, currency, owner=("sandbox", 0), now=NOW)


def wallet(session: Session, member_id: int = 1, currency: str = "INR") -> Account:
    return account(session, AccountKind.CUSTOMER_CREDIT, currency, owner=("member", member_id), now=NOW)


def escrow(session: Session, order_id: int = 1) -> Account:
    return account(session, AccountKind.ORDER_ESCROW, "INR", owner=("order", order_id), now=NOW)


@dataclass
class Till:
    """Books and reads in transactions of its own."""

    database: Database

    def moves(self, debit: Account, credit: Account, minor: int, key: str) -> bool:
        return self.database.run(lambda session: move(session, debit, credit, inr(minor), key=key, why="test", now=NOW))

    def opens(self) -> tuple[Account, Account, Account]:
        """Clearing, the wallet of member 1, the escrow of order 1."""
        with self.database.writing() as session:
            return clearing(session), wallet(session), escrow(session)

    def holds(self, account: Account) -> int:
        with self.database.reading() as session:
            return balance(session, account).minor

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements sent to the database while the block runs."""
        sent: list[str] = []

        def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            sent.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", hear)
        try:
            yield sent
        finally:
            event.remove(self.database.engine, "before_cursor_execute", hear)
