"""What a farm owes the co-op for refunds that it could not bear when they were decided: its next earnings pay it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.events import EventKind, record
from core.money import Money, zero
from core.orders.case_models import AfterSaleCase
from core.payments import books
from core.payments.ledger import AccountKind, account, move

DEBT = "farm debt"  # why of what a farm's earnings pay of it


def owed_by(session: Session, farm_id: int, currency: str) -> Money:
    """What this farm still owes the co-op (1 query)."""
    left = func.coalesce(func.sum(AfterSaleCase.coop_minor - AfterSaleCase.repaid_minor), 0)
    mine = (AfterSaleCase.farm_id == farm_id, AfterSaleCase.currency == currency)
    return Money(int(session.execute(select(left).where(*mine)).scalar_one()), currency)


def repay(session: Session, farm_id: int, came: Money, *, now: datetime) -> Money:
    """The farm just got `came`: what it owes is taken of that, the oldest first; returns how much was taken.

    The farm's account stays locked since the money came, so nobody pays the same debt at the same time.
    """
    taken = zero(came.currency)
    for case in _unpaid(session, farm_id, came.currency) if came else ():
        part = min(came - taken, case.debt)
        if not part:
            break
        farm = books.payable(session, farm_id, came.currency, now=now)
        coop = account(session, AccountKind.PLATFORM_FEE, came.currency, now=now)
        move(session, farm, coop, part, key=f"case/{case.id}/debt/{case.repaid_minor}", why=DEBT, now=now)
        case.repaid_minor += part.minor
        session.flush()
        record(session, EventKind.DEBT_REPAID, case, now=now, amount=part.minor)
        taken += part
    return taken


def _unpaid(session: Session, farm_id: int, currency: str) -> list[AfterSaleCase]:
    mine = (AfterSaleCase.farm_id == farm_id, AfterSaleCase.currency == currency)
    owes = AfterSaleCase.coop_minor > AfterSaleCase.repaid_minor
    found = select(AfterSaleCase).where(*mine, owes).order_by(AfterSaleCase.id)
    return list(session.scalars(found, execution_options={"populate_existing": True}))
