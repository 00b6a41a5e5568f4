"""The double-entry ledger: accounts, transfers between two of them, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, exists, insert, or_, select, true
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.orm import Session

from core.errors import Refusal
from core.money import CurrencyMismatch, Money
from core.payments.ledger_sql import account_table, transfer_table
from core.prepared import Prepared

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
    which = _which(kind, currency, owner)
    found = _OPENED.one(session, which)
    if found is None:
        _OPEN.count(session, {**which, "floor_zero": kind.floored, "created_at": now})
        found = _OPENED.one(session, which)
    return Account(found.id, kind, currency, owner)


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
    if _BOOK.one(session, {**facts, "key": key, "why": why, "actor_id": actor_id, "at": now}) is not None:
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
    found = _HELD.one(session, _which(kind, currency, owner or NOBODY))
    return _normal(kind, found.held if found is not None else 0, currency)


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
    rows = _ALL.rows(session, {})
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


def _which(kind: AccountKind, currency: str, owner: tuple[str, int]) -> dict[str, Any]:
    return {"kind": kind.value, "owner_kind": owner[0], "owner_id": owner[1], "currency": currency}


def _is_it() -> list[ColumnElement[bool]]:
    return [account_table.c[name] == bindparam(name) for name in ("kind", "owner_kind", "owner_id", "currency")]


def _booking() -> tuple[list[str], Any]:
    """What is booked: the transfer, unless its key stands already or the debited account's floor forbids it."""
    accounts, moved = account_table.c, transfer_table.c
    given = {column.name: bindparam(column.name, type_=column.type) for column in moved if column.name != "id"}
    # both sides are locked in id order before the floor is read: the same order as in the table's trigger
    held = (
        select(accounts.id, accounts.floor_zero, (accounts.credits - accounts.debits).label("left"))
        .where(accounts.id.in_([given["debit_account"], given["credit_account"]]))
        .order_by(accounts.id)
        .with_for_update(key_share=True)
        .cte("held")
    )
    enough = or_(held.c.floor_zero != true(), held.c.left >= given["amount"])
    source = select(*given.values()).where(
        held.c.id == given["debit_account"], enough, ~exists().where(moved.key == given["key"])
    )
    return list(given), source


# made once: money moves by them. On SQLite there is one writer at a time: nobody opened or booked it since we looked
_OPENED = Prepared(select(account_table.c.id).where(*_is_it()))
_HELD = Prepared(select((account_table.c.credits - account_table.c.debits).label("held")).where(*_is_it()))
_OPEN = Prepared({
    "sqlite": insert(account_table).inline(),
    "postgresql": postgresql_insert(account_table).inline().on_conflict_do_nothing(),
})  # fmt: skip
_ALL = Prepared(select(account_table).order_by(account_table.c.id))
_BOOK = Prepared({
    "sqlite": insert(transfer_table).from_select(*_booking()).returning(transfer_table.c.id),
    "postgresql": postgresql_insert(transfer_table).from_select(*_booking())
    .on_conflict_do_nothing(index_elements=["key"]).returning(transfer_table.c.id),
})  # fmt: skip
_BOOKED = Prepared(select(transfer_table).where(transfer_table.c.key == bindparam("key")))


def _booked(session: Session, key: str) -> Any:
    return _BOOKED.one(session, {"key": key})
