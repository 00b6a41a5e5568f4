"""What happens to money, in shop words: each verb a few transfers, booked once whatever the repetitions.

Every charge lands in a suspense account of its own and leaves it for an order or a wallet; since that account cannot
fall below zero, no charge is ever used for more than what came. Verbs book nothing when repeated with the same facts,
raise LedgerConflict when repeated with others, and InsufficientFunds when the money is not there. `what` names the
occasion where one order can have several.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.money import Money
from core.payments.ledger import Account, AccountKind, account, holds, move
from core.payments.ledger_sql import account_table


@dataclass(frozen=True)
class Charge:
    """Money as a provider names it; `payment_id` is our row about it, once there is one."""

    provider: str
    charge_id: str
    payment_id: int | None = None

    @property
    def key(self) -> str:
        return f"charge/{self.provider}/{self.charge_id}"


@dataclass(frozen=True)
class Deal:
    """Whose money an order's money is: ids of the order, its buyer and its farm."""

    order_id: int
    buyer_id: int
    farm_id: int


@dataclass(frozen=True)
class Shares:
    """How an order's money is shared out, each part above or equal to zero."""

    farmer: Money
    platform_fee: Money
    shipping: Money


def escrow(session: Session, order_id: int, currency: str, *, now: datetime) -> Account:
    """What an order holds for its buyer until the goods are received."""
    return account(session, AccountKind.ORDER_ESCROW, currency, owner=("order", order_id), now=now)


def wallet(session: Session, member_id: int, currency: str, *, now: datetime) -> Account:
    """A member's credit."""
    return account(session, AccountKind.CUSTOMER_CREDIT, currency, owner=("member", member_id), now=now)


def payable(session: Session, farm_id: int, currency: str, *, now: datetime) -> Account:
    """What a farm has earned and not yet been paid."""
    return account(session, AccountKind.FARMER_PAYABLE, currency, owner=("farm", farm_id), now=now)


def suspense(session: Session, charge: Charge, currency: str, *, now: datetime) -> Account:
    """What of a charge has not found its place yet."""
    owner = (f"{charge.provider}/{charge.charge_id}", 0)
    return account(session, AccountKind.SUSPENSE, currency, owner=owner, now=now)


def courier_cash(session: Session, collector_id: int, currency: str, *, now: datetime) -> Account:
    """The cash in the hands of a courier or farmer (a member)."""
    return account(session, AccountKind.COURIER_CASH, currency, owner=("member", collector_id), now=now)


def clearing(session: Session, provider: str, currency: str, *, now: datetime) -> Account:
    """What a provider (the cooperative's own till and bank too) holds for us."""
    return account(session, AccountKind.PROVIDER_CLEARING, currency, owner=(provider, 0), now=now)


def order_paid(session: Session, order_id: int, currency: str) -> Money:
    """What the order's escrow holds: paid, and neither given back nor released (1 query)."""
    return holds(session, AccountKind.ORDER_ESCROW, currency, owner=("order", order_id))


def wallet_holds(session: Session, member_id: int, currency: str) -> Money:
    """A member's credit (1 query)."""
    return holds(session, AccountKind.CUSTOMER_CREDIT, currency, owner=("member", member_id))


def suspense_holds(session: Session, charge: Charge, currency: str) -> Money:
    """What of a charge still waits in suspense (1 query)."""
    return holds(session, AccountKind.SUSPENSE, currency, owner=(f"{charge.provider}/{charge.charge_id}", 0))


def held_in(session: Session, kind: AccountKind, currency: str) -> Money:
    """What all accounts of one kind hold together, in its normal side (1 query)."""
    table = account_table.c
    sums = select(func.coalesce(func.sum(table.credits - table.debits), 0))
    credited = int(session.execute(sums.where(table.kind == kind.value, table.currency == currency)).scalar_one())
    return Money(-credited if kind.debit_normal else credited, currency)


def money_to_suspense(session: Session, charge: Charge, amount: Money, *, now: datetime) -> None:
    """A provider took money from somebody; for what is not yet said. The first to hear of a charge books it."""
    debit = clearing(session, charge.provider, amount.currency, now=now)
    credit = suspense(session, charge, amount.currency, now=now)
    # no payment id among the facts: who hears of a charge first may not know it
    move(session, debit, credit, amount, key=charge.key, why="money came", now=now)


def suspense_to_order(session: Session, charge: Charge, deal: Deal, amount: Money, *, now: datetime) -> None:
    """This much of the charge pays for the order."""
    debit = suspense(session, charge, amount.currency, now=now)
    credit = escrow(session, deal.order_id, amount.currency, now=now)
    move(
        session, debit, credit, amount, key=f"{charge.key}/order", why="paid", now=now, order_id=deal.order_id,
        payment_id=charge.payment_id, actor_id=deal.buyer_id,
    )  # fmt: skip


def suspense_to_wallet(session: Session, charge: Charge, member_id: int, amount: Money, *, now: datetime) -> None:
    """This much of the charge is the member's credit: more than was owed, late, or meant as a top-up."""
    debit = suspense(session, charge, amount.currency, now=now)
    credit = wallet(session, member_id, amount.currency, now=now)
    move(
        session, debit, credit, amount, key=f"{charge.key}/wallet", why="credit", now=now,
        payment_id=charge.payment_id, actor_id=member_id,
    )  # fmt: skip


def suspense_sent_back(
    session: Session, charge: Charge, amount: Money, *, now: datetime, actor_id: int | None = None
) -> None:
    """Money of nobody's or of another currency was sent back whence it came."""
    debit = suspense(session, charge, amount.currency, now=now)
    credit = account(session, AccountKind.PAYOUT_CLEARING, amount.currency, now=now)
    move(
        session, debit, credit, amount, key=f"{charge.key}/back", why="sent back", now=now,
        payment_id=charge.payment_id, actor_id=actor_id,
    )  # fmt: skip


def money_received(
    session: Session, charge: Charge, amount: Money, deal: Deal, *, owed: Money, now: datetime
) -> None:  # fmt: skip
    """Money came for an order that owes `owed`: that much to its escrow, what is more to the buyer's wallet.

    Heard again, nothing is booked, however little is owed by then.
    """
    money_to_suspense(session, charge, amount, now=now)
    waiting = suspense_holds(session, charge, amount.currency)
    taken = min(owed, waiting)
    if taken:
        suspense_to_order(session, charge, deal, taken, now=now)
    if waiting - taken:
        suspense_to_wallet(session, charge, deal.buyer_id, waiting - taken, now=now)


def wallet_topped_up(session: Session, charge: Charge, member_id: int, amount: Money, *, now: datetime) -> None:
    """A member charged the wallet."""
    money_to_suspense(session, charge, amount, now=now)
    suspense_to_wallet(session, charge, member_id, amount, now=now)


def wallet_paid(session: Session, deal: Deal, amount: Money, *, what: str, now: datetime) -> None:
    """The buyer's credit pays for the order; `what` is deposit or balance. Refuses InsufficientFunds(left)."""
    debit = wallet(session, deal.buyer_id, amount.currency, now=now)
    credit = escrow(session, deal.order_id, amount.currency, now=now)
    key = f"order/{deal.order_id}/wallet/{what}"
    move(session, debit, credit, amount, key=key, why=what, now=now, order_id=deal.order_id, actor_id=deal.buyer_id)


def refund_to_wallet(
    session: Session, deal: Deal, amount: Money, *, what: str, now: datetime, actor_id: int | None = None
) -> None:
    """From the order back to its buyer's credit. Refuses InsufficientFunds(left) for more than was paid."""
    debit = escrow(session, deal.order_id, amount.currency, now=now)
    credit = wallet(session, deal.buyer_id, amount.currency, now=now)
    key = f"order/{deal.order_id}/refund/{what}"
    move(session, debit, credit, amount, key=key, why=what, now=now, order_id=deal.order_id, actor_id=actor_id)


def release_to_farmer(session: Session, deal: Deal, shares: Shares, *, now: datetime) -> None:
    """The goods were received: the order's money goes to the farm, the platform and whoever carried it."""
    currency = shares.farmer.currency
    source = escrow(session, deal.order_id, currency, now=now)
    to = {
        "farmer": (shares.farmer, payable(session, deal.farm_id, currency, now=now)),
        "platform fee": (shares.platform_fee, account(session, AccountKind.PLATFORM_FEE, currency, now=now)),
        "shipping": (shares.shipping, account(session, AccountKind.SHIPPING, currency, now=now)),
    }
    for why, (share, credit) in to.items():
        if share:
            key = f"order/{deal.order_id}/release/{why}"
            move(session, source, credit, share, key=key, why=why, now=now, order_id=deal.order_id)


def forfeited(session: Session, deal: Deal, amount: Money, *, now: datetime) -> None:
    """The balance never came: what was paid is the farm's."""
    debit = escrow(session, deal.order_id, amount.currency, now=now)
    credit = payable(session, deal.farm_id, amount.currency, now=now)
    key = f"order/{deal.order_id}/forfeit"
    move(session, debit, credit, amount, key=key, why="forfeited", now=now, order_id=deal.order_id)


def cash_collected(
    session: Session, deal: Deal, amount: Money, *, collector_id: int, what: str, now: datetime
) -> None:  # fmt: skip
    """A courier or farmer took cash for the order and owes it to the cooperative."""
    debit = courier_cash(session, collector_id, amount.currency, now=now)
    credit = escrow(session, deal.order_id, amount.currency, now=now)
    key = f"order/{deal.order_id}/cash/{what}"
    move(session, debit, credit, amount, key=key, why="cash", now=now, order_id=deal.order_id, actor_id=collector_id)


def cash_handed_in(session: Session, collector_id: int, amount: Money, *, reference: str, now: datetime) -> None:
    """A collector brought cash to the till; `reference` names the receipt."""
    debit = clearing(session, "cash", amount.currency, now=now)
    credit = courier_cash(session, collector_id, amount.currency, now=now)
    key = f"cash/{collector_id}/{reference}"
    move(session, debit, credit, amount, key=key, why="cash handed in", now=now, actor_id=collector_id)


def paid_out_from_wallet(session: Session, refund_id: int, member_id: int, amount: Money, *, now: datetime) -> None:
    """An operator sent a member's credit to him, unasked. Refuses InsufficientFunds(left)."""
    debit = wallet(session, member_id, amount.currency, now=now)
    credit = account(session, AccountKind.PAYOUT_CLEARING, amount.currency, now=now)
    move(session, debit, credit, amount, key=f"refund/{refund_id}/paid", why="paid out", now=now, actor_id=member_id)


def withdrawal_asked(session: Session, refund_id: int, source: Account, amount: Money, *, now: datetime) -> None:
    """A wallet's or a farm's money is set aside until it was sent. Refuses InsufficientFunds(left)."""
    pending = _pending(session, refund_id, amount.currency, now)
    move(session, source, pending, amount, key=f"refund/{refund_id}/asked", why="withdrawal asked", now=now)


def withdrawal_sent(session: Session, refund_id: int, amount: Money, *, now: datetime) -> None:
    """The money set aside was sent. Refuses InsufficientFunds when it had gone back."""
    pending = _pending(session, refund_id, amount.currency, now)
    credit = account(session, AccountKind.PAYOUT_CLEARING, amount.currency, now=now)
    move(session, pending, credit, amount, key=f"refund/{refund_id}/sent", why="withdrawal sent", now=now)


def withdrawal_taken_back(session: Session, refund_id: int, source: Account, amount: Money, *, now: datetime) -> None:
    """Whoever asked thought better of it. Refuses InsufficientFunds when it was sent or had gone back."""
    pending = _pending(session, refund_id, amount.currency, now)
    move(session, pending, source, amount, key=f"refund/{refund_id}/taken back", why="withdrawal taken back", now=now)


def withdrawal_failed(session: Session, refund_id: int, source: Account, amount: Money, *, now: datetime) -> None:
    """The money set aside goes back where it was. Refuses InsufficientFunds when it was sent."""
    pending = _pending(session, refund_id, amount.currency, now)
    move(session, pending, source, amount, key=f"refund/{refund_id}/failed", why="withdrawal failed", now=now)


def _pending(session: Session, refund_id: int, currency: str, now: datetime) -> Account:
    return account(session, AccountKind.WITHDRAWAL_PENDING, currency, owner=("refund", refund_id), now=now)
