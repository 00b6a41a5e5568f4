"""The double-entry ledger: accounts, transfers between two of them, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Row, Select, exists, insert, literal, or_, select, true
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.orm import Session

from core.errors import Refusal
from core.money import CurrencyMismatch, Money
from core.payments.ledger_sql import account_table, transfer_table

NOBODY = ("", 0)
_DEBIT_NORMAL = frozenset({"provider_clearing", "provider_fee", "courier_cash"})
# the same list stands in the tables' check ledger_account_floored
FLOORED = frozenset(
    {"order_escrow", "farmer_payable", "customer_credit", "recharge_liability", "suspense", "withdrawal_pending"}
)


class InsufficientFunds(Refusal):
    """There is not enough money for this: {left} left."""


class LedgerConflict(Exception):
    """A key that was booked before came back with other facts; nothing was booked."""


class AccountKind(Enum):
    """What an account stands for; `debit_normal` kinds grow by debits (money we hold or spent), others by credits."""

    PROVIDER_CLEARING = "provider_clearing"
    ORDER_ESCROW = "order_escrow"
    FARMER_PAYABLE = "farmer_payable"
    CUSTOMER_CREDIT = "customer_credit"
    SHIPPING = "shipping"
    PLATFORM_FEE = "platform_fee"
    PROVIDER_FEE = "provider_fee"
    COURIER_CASH = "courier_cash"
    TAX = "tax"
    RECHARGE_LIABILITY = "recharge_liability"
    WITHDRAWAL_PENDING = "withdrawal_pending"
    SUSPENSE = "suspense"
    PAYOUT_CLEARING = "payout_clearing"

    @property
    def debit_normal(self) -> bool:
        return self.value in _DEBIT_NORMAL

    @property
    def floored(self) -> bool:
        """Whether the database refuses to let this account fall below zero."""
        return self.value in FLOORED


@dataclass(frozen=True)
class Account:
    """One account of the ledger; `owner` is for example ("order", 7), ("member", 3), ("farm", 2) or ("", 0)."""

    id: int
    kind: AccountKind
    currency: str
    owner: tuple[str, int]


@dataclass(frozen=True)
class Line:
    """One transfer as its account sees it: `amount` and `after` in the account's normal side (spent is negative)."""

    id: int
    at: datetime
    why: str
    amount: Money
    after: Money
    order_id: int | None
    payment_id: int | None
    actor_id: int | None


def account(
    session: Session, kind: AccountKind, currency: str, *, owner: tuple[str, int] | None = None, now: datetime
) -> Account:
    """The account of this kind, owner and currency, opened when new (1 query when it exists, else 3)."""
    owner = owner or NOBODY
    query = _opened(select(account_table.c.id), kind, currency, owner)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        _open(session, kind, currency, owner, now)
        found = session.execute(query).scalar_one()
    return Account(found, kind, currency, owner)


def move(  # noqa: PLR0913 - a transfer has that many facts, all but the first four named
    session: Session, debit: Account, credit: Account, amount: Money, *, key: str, why: str, now: datetime,
    order_id: int | None = None, payment_id: int | None = None, actor_id: int | None = None,
) -> bool:  # fmt: skip
    """Book `amount` (above zero) from `debit` to `credit`, once per `key`: True when booked, False when it was before.

    Queries: 1 when booked, 2 when the key was booked before, 3 when refused. On PostgreSQL both accounts stay locked
    until the transaction ends, so move money late in it. A refusal leaves the transaction usable.
    Raises InsufficientFunds(left) when a floored account would fall below zero, LedgerConflict when `key` was booked
    with another debit, credit, amount, order or payment, CurrencyMismatch, and ValueError for an amount of
    zero or less.
    """
    if {debit.currency, credit.currency} != {amount.currency}:
        raise CurrencyMismatch(f"{debit.currency} to {credit.currency} with {amount.currency}")
    if type(amount.minor) is not int or amount.minor <= 0 or debit.id == credit.id:
        raise ValueError(f"a transfer moves whole minor units above zero between two accounts, not {amount}")
    facts = {
        "debit_account": debit.id, "credit_account": credit.id, "amount": amount.minor, "currency": amount.currency,
        "order_id": order_id, "payment_id": payment_id,
    }  # fmt: skip
    if _book(session, {**facts, "key": key, "why": why, "actor_id": actor_id, "at": now}):
        return True
    before = _booked(session, key)
    if before is None:
        raise InsufficientFunds(left=balance(session, debit))
    if {name: getattr(before, name) for name in facts} != facts:
        raise LedgerConflict(f"{key} was booked before with other facts")
    return False


def amount_booked(session: Session, key: str) -> Money | None:
    """What the transfer with this key moved, or None when there is none (1 query)."""
    before = _booked(session, key)
    return None if before is None else Money(before.amount, before.currency)


def balance(session: Session, account: Account) -> Money:
    """What the account holds in its normal side (1 query)."""
    table = account_table.c
    debits, credits = session.execute(select(table.debits, table.credits).where(table.id == account.id)).one()
    return _normal(account.kind, credits - debits, account.currency)


def holds(session: Session, kind: AccountKind, currency: str, *, owner: tuple[str, int] | None = None) -> Money:
    """What the account of this kind and owner holds in its normal side; nothing, unopened, if new (1 query)."""
    query = _opened(select(account_table.c.credits - account_table.c.debits), kind, currency, owner or NOBODY)
    return _normal(kind, session.execute(query).scalar_one_or_none() or 0, currency)


def statement(session: Session, account: Account, limit: int = 20) -> list[Line]:
    """The newest `limit` transfers of the account, newest first, with what it held after each (1 query)."""
    held, moved = account_table.c, transfer_table.c
    query = (
        select(transfer_table, (held.credits - held.debits).label("held"))
        .join_from(transfer_table, account_table, held.id == account.id)
        .where(or_(moved.debit_account == account.id, moved.credit_account == account.id))
        .order_by(moved.id.desc())
        .limit(limit)
    )
    return _lines(account, session.execute(query).all())


def all_balances(session: Session) -> list[tuple[Account, Money]]:
    """Each account with what it holds in its normal side, in order of opening (1 query)."""
    rows = session.execute(select(account_table).order_by(account_table.c.id)).all()
    accounts = [Account(row.id, AccountKind(row.kind), row.currency, (row.owner_kind, row.owner_id)) for row in rows]
    return [
        (each, _normal(each.kind, row.credits - row.debits, row.currency))
        for each, row in zip(accounts, rows, strict=True)
    ]


def _normal(kind: AccountKind, credited: int, currency: str) -> Money:
    return Money(-credited if kind.debit_normal else credited, currency)


def _lines(account: Account, rows: Sequence[Row[Any]]) -> list[Line]:
    held = rows[0].held if rows else 0
    lines = []
    for row in rows:
        credited = row.amount if row.credit_account == account.id else -row.amount
        change, after = (_normal(account.kind, minor, account.currency) for minor in (credited, held))
        lines.append(Line(row.id, row.at, row.why, change, after, row.order_id, row.payment_id, row.actor_id))
        held -= credited
    return lines


def _opened(query: Select[int], kind: AccountKind, currency: str, owner: tuple[str, int]) -> Select[int]:
    table = account_table.c
    return query.where(
        table.kind == kind.value, table.owner_kind == owner[0], table.owner_id == owner[1], table.currency == currency
    )


def _open(session: Session, kind: AccountKind, currency: str, owner: tuple[str, int], now: datetime) -> None:
    values = {
        "kind": kind.value, "owner_kind": owner[0], "owner_id": owner[1], "currency": currency,
        "floor_zero": kind.floored, "created_at": now,
    }  # fmt: skip
    if _is_sqlite(session):  # one writer at a time: nobody opened it since we looked
        session.execute(insert(account_table).inline().values(values))
    else:
        session.execute(postgresql_insert(account_table).inline().values(values).on_conflict_do_nothing())


def _book(session: Session, values: dict[str, Any]) -> bool:
    """Insert the transfer unless its key stands already or the debited account's floor forbids it."""
    accounts, sides = account_table.c, (values["debit_account"], values["credit_account"])
    # both sides are locked in id order before the floor is read: the same order as in the table's trigger
    held = (
        select(accounts.id, accounts.floor_zero, (accounts.credits - accounts.debits).label("left"))
        .where(accounts.id.in_(sides))
        .order_by(accounts.id)
        .with_for_update(key_share=True)
        .cte("held")
    )
    enough = or_(held.c.floor_zero != true(), held.c.left >= values["amount"])
    source = select(*(literal(value, transfer_table.c[name].type) for name, value in values.items())).where(
        held.c.id == values["debit_account"], enough, ~exists().where(transfer_table.c.key == values["key"])
    )
    if _is_sqlite(session):
        booked = insert(transfer_table).from_select(list(values), source)
    else:
        racing = postgresql_insert(transfer_table).from_select(list(values), source)
        booked = racing.on_conflict_do_nothing(index_elements=["key"])
    return session.execute(booked.returning(transfer_table.c.id)).first() is not None


def _booked(session: Session, key: str) -> Row[Any] | None:
    return session.execute(select(transfer_table).where(transfer_table.c.key == key)).one_or_none()


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
