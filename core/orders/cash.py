"""Cash in the hands of couriers and farmers: what each owes the co-op, and handing it in at the till."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.errors import Changed
from core.events import EventKind, record
from core.members.decisions import refuse_own
from core.members.models import Member
from core.money import Money
from core.payments import books
from core.payments.ledger import AccountKind, holds
from core.payments.ledger_sql import account_table
from core.permissions import Actor, require
from core.settings.service import get_text, shop_currency

PAGE = 8


@dataclass(frozen=True)
class Carried:
    """Cash that somebody carries; `at` is the transfer counted last: what names this sum among later ones."""

    member_id: int
    name: str
    sum: Money
    at: int


def cash_owed(session: Session, member_id: int) -> Money:
    """What this member carries for the co-op (1 query). Refuses ShopNotOpen while no currency is chosen."""
    currency = shop_currency(session)
    return holds(session, AccountKind.COURIER_CASH, currency, owner=("member", member_id))


def carriers(session: Session, actor: Actor, *, page: int = 0) -> list[Carried]:
    """A page of who carries cash, and one more where there are more (1 query). Raises NotAllowed."""
    require("cash.see", actor)
    found = _carried(session).order_by(account_table.c.owner_id).limit(PAGE + 1).offset(page * PAGE)
    return _read(session, found)


def carrier(session: Session, actor: Actor, member_id: int) -> Carried:
    """What one person carries. Raises NotAllowed, Changed (nothing any more)."""
    require("cash.see", actor)
    found = _read(session, _carried(session).where(Member.id == member_id))
    if not found:
        raise Changed
    return found[0]


def hand_in(session: Session, actor: Actor, seen: Carried, *, now: datetime) -> Money:
    """[✅ Handed in]: all that was seen lies in the till now; pressed twice, it is booked once.

    Raises NotAllowed, YourOwn (another counts one's own cash), Changed (more came or it was handed in meanwhile).
    """
    refuse_own(session, actor, seen.member_id)
    require("cash.hand_in", actor, owner_id=seen.member_id)
    member = session.execute(select(Member).where(Member.id == seen.member_id).with_for_update(key_share=True))
    whose = member.scalar_one()
    if carrier(session, actor, seen.member_id) != seen:
        raise Changed
    books.cash_handed_in(session, seen.member_id, seen.sum, reference=str(seen.at), now=now)
    record(session, EventKind.CASH_HANDED_IN, whose, now=now, actor_id=actor.member_id, amount=seen.sum.minor)
    return seen.sum


def _carried(session: Session) -> Select[int, str, int, int]:
    own = account_table.c
    mine = (own.kind == AccountKind.COURIER_CASH.value, own.owner_kind == "member")
    return (
        select(Member.id, Member.name, own.debits - own.credits, func.coalesce(own.last_transfer, 0))
        .join(account_table, own.owner_id == Member.id)
        .where(*mine, own.currency == get_text(session, "currency"), own.debits > own.credits)
    )


def _read(session: Session, found: Select[int, str, int, int]) -> list[Carried]:
    currency = get_text(session, "currency")
    return [Carried(who, name, Money(int(minor), currency), at) for who, name, minor, at in session.execute(found)]
