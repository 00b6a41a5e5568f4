"""What a payment provider took back of an order while nobody knows who wins: every refund is smaller by it.

A refund goes to the buyer's wallet as ever and what is contested of it leaves the wallet at once, or as soon as the
chargeback is entered, to wait in a suspense account of the case. Won, it returns to the wallet it came from; lost, it
pays the co-op, which stood in for it: so no money leaves twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from core.events import EventKind, record
from core.money import Money, zero
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import CaseState
from core.orders.models import Order
from core.payments import books
from core.payments.books import Charge
from core.payments.ledger import Account, AccountKind, InsufficientFunds, account, balance, move
from core.payments.ledger_sql import account_table, transfer_table
from core.payments.models import Payment, Refund

CHARGEBACK = "chargeback"  # why of every transfer about one
NO_CHARGE = ("wallet", "cash")  # ways to pay that nobody can take back from outside
LATER = "case_later"  # why of a refund that did not come from the order itself: a case after the release
_OPEN = (  # made once: each refund asks it
    select(AfterSaleCase).where(
        AfterSaleCase.order_id == bindparam("order"), AfterSaleCase.state == CaseState.CHARGED_BACK.value
    ).order_by(AfterSaleCase.id)
)  # fmt: skip


@dataclass(frozen=True)
class Going:
    """What becomes of a refund: so much is the buyer's now, so much waits for the provider's last word."""

    now: Money
    waits: Money


def charge_of(session: Session, case: AfterSaleCase) -> Payment:
    """What was paid and taken back: also by whoever had the order before its buyer."""
    return session.get_one(Payment, case.payment_id)


def going_back(session: Session, order: Order, amount: Money) -> Going:
    """How a refund of this order is split (1 query while nothing is contested)."""
    rest = sum((left for _case, left in _open(session, order)), zero(order.currency))
    waits = min(amount, rest)
    return Going(amount - waits, waits)


def waiting(session: Session, case: AfterSaleCase) -> Money:
    """What was set aside for this chargeback and is neither the buyer's nor the co-op's yet."""
    return books.suspense_holds(session, _name(case), case.currency)


def returned(session: Session, case: AfterSaleCase) -> Money:
    """What of it went back to the wallet when the chargeback was won (1 query)."""
    back = f"chargeback/{case.id}/back/"
    moved = transfer_table.c
    found = select(func.coalesce(func.sum(moved.amount), 0)).where(
        moved.order_id == case.order_id, moved.key.startswith(back, autoescape=True)
    )
    return Money(int(session.execute(found).scalar_one()), case.currency)


def set_aside(session: Session, order: Order, most: Money, *, now: datetime) -> Money:
    """Of the buyer's wallet at most so much, for what is contested of this order; how much that was."""
    done = zero(order.currency)
    for case, rest in _open(session, order) if most else ():
        taken = _take(session, case, order, min(rest, most - done), now)
        if taken:
            record(session, EventKind.REFUND_WAITS, case, now=now, amount=taken.minor, order_id=order.id)
        done += taken
    return done


def set_aside_what_went_back(session: Session, case: AfterSaleCase, order: Order, *, now: datetime) -> Money:
    """A chargeback is entered: what went back for the order before, as far as it still lies in the wallet."""
    return _take(session, case, order, would_wait(session, order, charge_of(session, case), case.asked), now)


def would_wait(session: Session, order: Order, charge: Payment, taken: Money) -> Money:
    """What would be set aside out of the buyer's wallet if a provider took so much of this charge back (3 queries)."""
    there = books.wallet_holds(session, order.buyer_id, order.currency)
    return min(_concerns(session, order, charge, taken), there, _went_back(session, order)) if there else there


def taken_from(session: Session, member_id: int, currency: str) -> Money:
    """What providers took back of this buyer's orders and nobody knows yet who wins (1 query)."""
    mine = (AfterSaleCase.state == CaseState.CHARGED_BACK.value, AfterSaleCase.member_id == member_id)
    found = select(func.coalesce(func.sum(AfterSaleCase.asked_minor), 0)).where(
        *mine, AfterSaleCase.currency == currency
    )
    return Money(int(session.execute(found).scalar_one()), currency)


def give_again(session: Session, case: AfterSaleCase, *, now: datetime) -> None:
    """Won: what was set aside returns to whose it was."""
    source = books.suspense(session, _name(case), case.currency, now=now)
    for debit, member_id, minor in _came_from(session, source):
        amount, wallet = Money(minor, case.currency), Account(debit, AccountKind.CUSTOMER_CREDIT, case.currency,
                                                              ("member", member_id))  # fmt: skip
        move(session, source, wallet, amount, key=f"chargeback/{case.id}/back/{debit}", why=CHARGEBACK, now=now,
             order_id=case.order_id, payment_id=case.payment_id)  # fmt: skip
        _row(session, case, member_id, amount, now)


def pay_the_coop(session: Session, case: AfterSaleCase, order: Order, *, now: datetime) -> Money:
    """Lost: what was set aside, then what the order holds, then what the farm had of it; what the farm then owes.

    Order and farm pay for no more than had reached the order: what was the payer's credit is the co-op's to bear.
    """
    coop = account(session, AccountKind.PLATFORM_FEE, order.currency, now=now)
    aside = books.suspense(session, _name(case), order.currency, now=now)
    escrow = books.escrow(session, order.id, order.currency, now=now)
    rest = case.asked - _at_most(session, case, aside, coop, case.asked, "lost/aside", now)
    rest = min(rest, _reached(session, order, charge_of(session, case)))
    rest -= _at_most(session, case, escrow, coop, rest, "lost/order", now)
    farm = books.payable(session, case.farm_id, order.currency, now=now)
    of_farm = min(rest, _farm_had(session, order, farm))
    return of_farm - _at_most(session, case, farm, coop, of_farm, "lost/farm", now)


def lost_elsewhere(session: Session, order: Order) -> Money:
    """What providers kept of this order that did not come from what it held: nobody may have that once more."""
    mine = (AfterSaleCase.order_id == order.id, AfterSaleCase.state == CaseState.CHARGEBACK_LOST.value)
    cases = session.scalars(select(AfterSaleCase).where(*mine)).all()
    lost = sum(
        (_concerns(session, order, charge_of(session, case), case.asked) for case in cases), zero(order.currency)
    )
    if not lost:
        return lost
    moved, held = transfer_table.c, account_table.c
    of_order = (
        select(func.coalesce(func.sum(moved.amount), 0)).select_from(transfer_table)
        .join(account_table, held.id == moved.debit_account)
        .where(moved.order_id == order.id, moved.why == CHARGEBACK, held.kind == AccountKind.ORDER_ESCROW.value)
    )  # fmt: skip
    return lost - Money(int(session.execute(of_order).scalar_one()), order.currency)


def _open(session: Session, order: Order) -> list[tuple[AfterSaleCase, Money]]:
    """The chargebacks of an order that are neither won nor lost, with what is not yet set aside for each."""
    found = session.scalars(_OPEN, {"order": order.id}).all()
    taken = [(case, _concerns(session, order, charge_of(session, case), case.asked)) for case in found]
    return [(case, most - waiting(session, case)) for case, most in taken]


def _concerns(session: Session, order: Order, charge: Payment, taken: Money) -> Money:
    """How much of it the order's buyer answers for: all of an own charge, of another's what had reached the order."""
    return taken if charge.member_id == order.buyer_id else min(taken, _reached(session, order, charge))


def _reached(session: Session, order: Order, charge: Payment) -> Money:
    """What came into the order by this charge, or out of its payer's wallet, where what was too much of it went."""
    moved, to, source = transfer_table.c, account_table.alias("to"), account_table.alias("source")
    credit = (source.c.kind == AccountKind.CUSTOMER_CREDIT.value, source.c.owner_kind == "member")
    by_payer = and_(*credit, source.c.owner_id == charge.member_id)
    found = (
        select(func.coalesce(func.sum(moved.amount), 0)).select_from(transfer_table)
        .join(to, to.c.id == moved.credit_account).join(source, source.c.id == moved.debit_account)
        .where(moved.order_id == order.id, to.c.kind == AccountKind.ORDER_ESCROW.value,
               or_(moved.payment_id == charge.id, by_payer))
    )  # fmt: skip
    return Money(int(session.execute(found).scalar_one()), order.currency)


def _name(case: AfterSaleCase) -> Charge:
    return Charge(CHARGEBACK, str(case.id))


def _take(session: Session, case: AfterSaleCase, order: Order, most: Money, now: datetime) -> Money:
    wallet = books.wallet(session, order.buyer_id, order.currency, now=now)
    aside = books.suspense(session, _name(case), order.currency, now=now)
    step = f"aside/{balance(session, aside).minor}"  # grows each time: the name of this occasion
    taken = _at_most(session, case, wallet, aside, most, step, now)
    if taken:
        _row(session, case, order.buyer_id, zero(order.currency) - taken, now)
    return taken


def _row(session: Session, case: AfterSaleCase, member_id: int, amount: Money, now: datetime) -> None:
    """Below zero: what went back is taken again."""
    session.add(Refund(
        kind="order", order_id=case.order_id, member_id=member_id, amount_minor=amount.minor, currency=case.currency,
        state="done", why=LATER, rev=1, created_at=now, done_at=now,
    ))  # fmt: skip
    session.flush()


def _at_most(  # noqa: PLR0913 - a transfer has that many facts
    session: Session, case: AfterSaleCase, source: Account, to: Account, most: Money, step: str, now: datetime
) -> Money:  # fmt: skip
    """As much of it as the source holds; who takes from it at the same time may leave less."""
    part, nothing = min(most, balance(session, source)), zero(most.currency)
    while part > nothing:
        try:
            move(session, source, to, part, key=f"chargeback/{case.id}/{step}", why=CHARGEBACK, now=now,
                 order_id=case.order_id, payment_id=case.payment_id)  # fmt: skip
        except InsufficientFunds as error:
            left = error.params["left"]
            part = min(part, left) if isinstance(left, Money) else nothing
        else:
            return part
    return nothing


def _went_back(session: Session, order: Order) -> Money:
    """What the buyer's wallet got out of this order, or of its charges when it did not take all of them."""
    held, moved = account_table.c, transfer_table.c
    mine = (
        held.kind == AccountKind.CUSTOMER_CREDIT.value,
        held.owner_kind == "member",
        held.owner_id == order.buyer_id,
    )
    wallet = select(held.id).where(*mine, held.currency == order.currency).scalar_subquery()
    charges = select(Payment.id).where(Payment.order_id == order.id)
    about = or_(moved.order_id == order.id, moved.payment_id.in_(charges))
    signed = sql_case((moved.credit_account == wallet, moved.amount), else_=-moved.amount)
    taken_again = (moved.debit_account == wallet) & (moved.why == CHARGEBACK)
    found = select(func.coalesce(func.sum(signed), 0)).where(about, or_(moved.credit_account == wallet, taken_again))
    return Money(max(int(session.execute(found).scalar_one()), 0), order.currency)


def _came_from(session: Session, aside: Account) -> list[tuple[int, int, int]]:
    """The wallets that a chargeback's money was set aside from, whose they are, and how much."""
    moved, held = transfer_table.c, account_table.c
    found = (
        select(held.id, held.owner_id, func.sum(moved.amount)).select_from(transfer_table)
        .join(account_table, held.id == moved.debit_account)
        .where(moved.credit_account == aside.id).group_by(held.id, held.owner_id).order_by(held.id)
    )  # fmt: skip
    return [(debit, owner, int(minor)) for debit, owner, minor in session.execute(found)]


def _farm_had(session: Session, order: Order, farm: Account) -> Money:
    """What of this order became the farm's, less what a case or a chargeback took of it again."""
    moved = transfer_table.c
    signed = sql_case((moved.credit_account == farm.id, moved.amount), else_=-moved.amount)
    mine = or_(moved.credit_account == farm.id, moved.debit_account == farm.id)
    found = select(func.coalesce(func.sum(signed), 0)).where(moved.order_id == order.id, mine)
    return Money(max(int(session.execute(found).scalar_one()), 0), order.currency)
