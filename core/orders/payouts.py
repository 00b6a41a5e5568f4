"""What may go out, where people want it, how it is asked for and taken back; deciding is in wallet.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import sealing
from core.errors import NotFound
from core.events import EventKind, record
from core.members.models import Farm
from core.money import Money, zero
from core.orders.debts import repay
from core.orders.earnings import farm_money
from core.orders.errors import AmountNotPositive, CreditTooLow, NotYetFree, StillResting
from core.orders.flow import plain
from core.orders.payout_states import PayoutState, go
from core.payments import books
from core.payments.ledger import Account
from core.payments.models import PayoutDestination, Refund
from core.permissions import Actor, require
from core.settings.service import get_int, get_text, shop_currency
from core.text import clean

DETAILS_MOST, SHOWN = 300, 3
_SUNDAY = 6


@dataclass(frozen=True)
class Purse:
    """What somebody may take now and what waits: a wallet, or the earnings of a farm."""

    free: Money
    held: Money  # waits for buyers
    resting: Money  # released within the payout delay
    farm_id: int | None = None


def purse_of(session: Session, actor: Actor, farm_id: int | None, *, now: datetime) -> Purse:
    """The actor's wallet, or the earnings of his farm. Refuses NotFound (another's farm), NotAllowed, ShopNotOpen."""
    if farm_id is None:
        currency = shop_currency(session)
        return Purse(books.wallet_holds(session, actor.member_id, currency), zero(currency), zero(currency))
    farm = session.get(Farm, farm_id)
    require("farm.payout", actor, owner_id=farm.member_id if farm else None)
    earned = farm_money(session, farm_id, now=now)
    return Purse(earned.free, earned.held, earned.resting, farm_id)


def check(purse: Purse, amount: Money) -> None:
    """Refuses AmountNotPositive(most), CreditTooLow(credit, wanted), NotYetFree(free, held), StillResting."""
    if amount.minor <= 0:
        raise AmountNotPositive(most=purse.free)
    if amount > purse.free and purse.farm_id is None:
        raise CreditTooLow(credit=purse.free, wanted=amount)
    if amount > purse.free and purse.resting:
        raise StillResting(free=purse.free, held=purse.held, resting=purse.resting)
    if amount > purse.free:
        raise NotYetFree(free=purse.free, held=purse.held)


def ask_payout(
    session: Session, actor: Actor, amount: Money, destination: str, *, farm_id: int | None = None, now: datetime
) -> Refund:  # fmt: skip
    """Ask for credit, or a farm's earnings, to be sent to an account of one's own; set aside until it was sent.

    Refuses AmountNotPositive(most), CreditTooLow(credit, wanted), NotYetFree(free, held), NotFound, NotAllowed.
    """
    require("wallet.payout", actor, owner_id=actor.member_id)
    if farm_id is not None:  # what is free is no account of its own: two who ask at once wait for each other here
        session.execute(select(Farm.id).where(Farm.id == farm_id).with_for_update(key_share=True))
    check(purse_of(session, actor, farm_id, now=now), amount)
    where = remember(session, actor.member_id, destination, now=now)
    refund = Refund(
        kind="payout", member_id=actor.member_id, farm_id=farm_id, amount_minor=amount.minor, currency=amount.currency,
        state=PayoutState.REQUESTED.value, why="payout", rev=1, created_at=now,
        promised_on=promise(session, now),
    )  # fmt: skip
    session.add(refund)
    session.flush()
    refund.destination = where  # sealed for its own row, whose number is known now
    books.withdrawal_asked(session, refund.id, source_of(session, refund, now), amount, now=now)
    record(session, EventKind.PAYOUT_ASKED, refund, now=now, actor_id=actor.member_id, **plain({"amount": amount}))
    return refund


def take_back(session: Session, actor: Actor, refund: Refund, *, now: datetime) -> None:
    """[Cancel request]: what was set aside is free again. Refuses NotFound (another's), Changed (sent already)."""
    session.refresh(refund, with_for_update=True)
    require("payout.take_back", actor, owner_id=refund.member_id, state=refund.state)
    if refund.kind != "payout" or refund.member_id != actor.member_id:
        raise NotFound
    go(refund, "take_back")
    refund.done_at = now
    books.withdrawal_taken_back(session, refund.id, source_of(session, refund, now), refund.amount, now=now)
    if refund.farm_id is not None:
        repay(session, refund.farm_id, refund.amount, now=now)
    facts = plain({"amount": refund.amount})
    record(session, EventKind.PAYOUT_TAKEN_BACK, refund, now=now, actor_id=actor.member_id, **facts)


def source_of(session: Session, refund: Refund, now: datetime) -> Account:
    """The account that a payout left, and goes back to when it fails."""
    if refund.farm_id is not None:
        return books.payable(session, refund.farm_id, refund.currency, now=now)
    return books.wallet(session, refund.member_id or 0, refund.currency, now=now)


def own_payout(session: Session, actor: Actor, refund_id: int) -> Refund:
    """One of the actor's own requests. Refuses NotFound."""
    found = session.get(Refund, refund_id)
    if found is None or found.kind != "payout" or found.member_id != actor.member_id:
        raise NotFound
    return found


def waiting(session: Session, member_id: int, farm_id: int | None) -> list[Refund]:
    """The newest requests out of this purse that nobody has sent yet (1 query)."""
    mine = (Refund.member_id == member_id, Refund.kind == "payout", Refund.state == PayoutState.REQUESTED.value)
    found = select(Refund).where(*mine, Refund.farm_id.is_not_distinct_from(farm_id)).order_by(Refund.id.desc())
    return list(session.scalars(found.limit(SHOWN)))


def promise(session: Session, now: datetime) -> date:
    """By when money that is asked for now is there: so many working days on, Saturdays and Sundays not counted."""
    day = now.astimezone(ZoneInfo(get_text(session, "timezone"))).date()
    for _day in range(get_int(session, "refund_days")):
        day += timedelta(days=1)
        while day.weekday() >= _SUNDAY - 1:
            day += timedelta(days=1)
    return day


# ---- where it goes


def destinations(session: Session, member_id: int) -> list[PayoutDestination]:
    """Where this member had money sent, the last used first (1 query)."""
    mine = select(PayoutDestination).where(PayoutDestination.member_id == member_id)
    newest = mine.order_by(PayoutDestination.used_at.desc(), PayoutDestination.id.desc())
    return list(session.scalars(newest.limit(SHOWN)))


def destination(session: Session, actor: Actor, destination_id: int) -> PayoutDestination:
    """One of the actor's own. Refuses NotFound."""
    found = session.get(PayoutDestination, destination_id)
    if found is None or found.member_id != actor.member_id:
        raise NotFound
    return found


def remember(session: Session, member_id: int, written: str, *, now: datetime) -> str:
    """Keep where somebody wants money, so that next time it is one tap; as it was cleaned."""
    details = clean(written, DETAILS_MOST)
    mine = (PayoutDestination.member_id == member_id, PayoutDestination.details_mark.in_(sealing.marks(details)))
    found = session.execute(select(PayoutDestination).where(*mine)).scalar_one_or_none()
    if found is None:
        kind, tail = masked(details)
        found = PayoutDestination(member_id=member_id, kind=kind, tail=tail, used_at=now)
        session.add(found)
        session.flush()
        found.details = details  # sealed for its own row, whose number is known now
    found.used_at = now
    session.flush()
    return details


def masked(details: str) -> tuple[str, str]:
    """What a button may show of an account: its kind and its last characters."""
    handle = re.search(r"(\S+)@\S", details)
    if handle is not None:
        return "upi", handle[1][-2:]
    digits = "".join(char for char in details if char.isdigit())
    return ("account", digits[-4:]) if len(digits) > 5 else ("other", details[-2:])
