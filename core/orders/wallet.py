"""The wallet: what a member's credit is; and the operator's word on money that waits to be sent, of farms too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Changed
from core.events import EventKind, record
from core.members.decisions import Verdict, decide, note_first
from core.money import Money
from core.orders.debts import repay
from core.orders.errors import NothingToSend
from core.orders.flow import plain
from core.orders.payout_states import go
from core.orders.payouts import source_of
from core.orders.purse import charge_of
from core.payments import books
from core.payments.models import Payment, Refund
from core.permissions import Actor
from core.settings.service import shop_currency
from core.text import clean

SENT_BACK = "sent back"  # no order's number


def wallet_balance(session: Session, member_id: int) -> Money:
    """A member's credit. Refuses ShopNotOpen while no currency is chosen."""
    currency = shop_currency(session)
    return books.wallet_holds(session, member_id, currency)


def decide_payout(
    session: Session, actor: Actor, refund: Refund, *, paid: bool, reference: str | None, now: datetime
) -> bool:
    """An operator sent the money (`reference`: of the transfer) or did not (`reference`: why); the first word counts.

    A payout not sent goes back to the wallet or farm. A refund task (money that found no debt) that is not sent stays
    in the wallet; one that is sent leaves the wallet now. Stray money waits until it is sent back or booked (stray.py).
    False: a second person must confirm first, nothing is sent yet. Refuses NotAllowed, YourOwn, AlreadyDecided(by,
    at), OneMoreConfirms(names), NothingToSend, BadInput, Changed (stray money that is not sent).
    """
    if refund.kind == "stray" and not paid:
        raise Changed
    verdict = Verdict.APPROVE if paid else Verdict.REJECT
    decision = decide(
        session, actor, refund, verdict, reason=reference, amount=refund.amount, what=agreed_on(refund), now=now
    )
    if decision.verdict == Verdict.CONFIRM.value:
        note_first(session, actor, refund, refund.amount, now=now)
        return False
    if paid:
        check_sendable(session, refund)
    _move(session, refund, paid, now)
    go(refund, "send" if paid else "fail")
    refund.reference, refund.done_at = clean(reference, 64) or None, now
    facts = plain({"amount": refund.amount, "paid": paid, "reference": refund.reference})
    record(session, EventKind.PAYOUT_DONE, refund, now=now, actor_id=actor.member_id, **facts)
    return True


def check_sendable(session: Session, refund: Refund) -> None:
    """Refuse to send from a wallet that was spent meanwhile: NothingToSend(sum, credit)."""
    if refund.kind != "order":
        return
    credit = wallet_of(session, refund)
    if credit < refund.amount:
        raise NothingToSend(sum=refund.amount, credit=credit)


def wallet_of(session: Session, refund: Refund) -> Money:
    """What the wallet of the person holds whom this is for."""
    return books.wallet_holds(session, refund.member_id or 0, refund.currency)


def agreed_on(refund: Refund) -> str | None:
    """What two who send it must agree on beside the amount: stray money might be booked to an order instead."""
    return SENT_BACK if refund.kind == "stray" else None


def _move(session: Session, refund: Refund, paid: bool, now: datetime) -> None:
    amount = refund.amount
    if refund.kind == "stray" and paid:
        payment = session.get_one(Payment, int(refund.reference or 0))
        books.suspense_sent_back(session, charge_of(payment), amount, now=now)
    elif refund.kind == "order" and paid:
        books.paid_out_from_wallet(session, refund.id, refund.member_id or 0, amount, now=now)
    elif refund.kind == "payout" and paid:
        books.withdrawal_sent(session, refund.id, amount, now=now)
    elif refund.kind == "payout":
        books.withdrawal_failed(session, refund.id, source_of(session, refund, now), amount, now=now)
        if refund.farm_id is not None:
            repay(session, refund.farm_id, amount, now=now)
