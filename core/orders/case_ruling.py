"""The co-op's word on a case: a ruling, a second one after an appeal, a review's point taken back, a chargeback."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.events import EventKind, record
from core.i18n import Name
from core.members.decisions import (
    Verdict,
    confirmed_once,
    decide,
    last_decision,
    note_first,
    others,
    refuse_own,
    same_once,
    took_part,
)
from core.members.models import Member
from core.money import Money
from core.orders import case_money, contested
from core.orders.balance import square_up
from core.orders.case_flow import locked_case, step
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import TO_RULE, Bearer, CaseState, Problem
from core.orders.errors import AmountNotPositive, AnotherRules, CaseDecided, ChargebackAlready
from core.orders.flow import locked
from core.orders.fulfil import parcel_of
from core.orders.models import Order
from core.orders.parties import seller_id
from core.orders.states import OrderState
from core.payments import books
from core.payments.ledger import AccountKind, account, move
from core.payments.models import Payment
from core.permissions import Actor, require
from core.reputation.queries import review_of_order
from core.reputation.service import take_back_point

PERCENTS = (100, 50, 0)


def check_rules(session: Session, actor: Actor, case: AfterSaleCase) -> None:
    """Refuse whoever may not rule on this case now.

    NotAllowed, YourOwn (buyer or seller of it), CaseDecided(by, at), AnotherRules(names) (the appeal of one's own
    ruling, where somebody else may rule).
    """
    require("after_sale_case.decide", actor)
    for owner_id in _sides(session, case):
        refuse_own(session, actor, owner_id)
    last = last_decision(session, case)
    if case.state not in TO_RULE:
        if last is None:
            raise Changed(case_id=case.id)
        name = session.execute(select(Member.name).where(Member.id == last.member_id)).scalar_one()
        raise CaseDecided(by=Name(name), at=last.at)
    if confirmed_once(session, case) is None:
        _refuse_again(session, actor, case)


def _sides(session: Session, case: AfterSaleCase) -> set[int | None]:
    """Whoever has the case, and whoever it is against."""
    return {case.member_id, seller_id(session, session.get_one(Campaign, case.campaign_id))}


def ruling(session: Session, case: AfterSaleCase, percent: int) -> Money:
    """What a share of all that was paid comes to."""
    if percent not in PERCENTS:
        raise NotFound
    return case_money.refundable(session, session.get_one(Order, case.order_id)).percent(percent)


def rule(
    session: Session, actor: Actor, case: AfterSaleCase, percent: int, bearer: Bearer, *, now: datetime
) -> bool:  # fmt: skip
    """The first word counts; above the shop's limit it takes a second person who says the same. The money moves when
    nobody appealed in time; after an appeal at once. Whether it is decided, or waits for the second.
    """
    order = locked_case(session, case)
    check_rules(session, actor, case)
    amount, bearer = ruling(session, case, percent), Bearer(bearer)
    if not _decided(session, actor, case, amount, bearer, now):
        note_first(session, actor, case, amount, now=now, bearer=bearer.value, order_id=order.id)
        return False
    case.ruled_minor, case.bearer = amount.minor, bearer.value
    if case.state == CaseState.APPEALED:
        case_money.refund(session, case, order, now=now, actor_id=actor.member_id)
        step(session, case, "rule_again", now=now, actor_id=actor.member_id)
    else:
        step(session, case, "rule", now=now, actor_id=actor.member_id)
    return True


def _decided(
    session: Session, actor: Actor, case: AfterSaleCase, amount: Money, bearer: Bearer, now: datetime
) -> bool:  # fmt: skip
    """Note the verdict; whether it is the last word."""
    is_other = confirmed_once(session, case) != same_once(session, case, amount, bearer.value)
    if is_other:
        _refuse_again(session, actor, case)  # of those who ruled before, one may agree with somebody new
    said = decide(session, actor, case, Verdict.APPROVE, reason=bearer.value, amount=amount, what=bearer.value, now=now)
    return said.verdict == Verdict.APPROVE.value


def _refuse_again(session: Session, actor: Actor, case: AfterSaleCase) -> None:
    """Refuse whoever ruled before the appeal, while there is somebody who did not; else it would wait for ever."""
    before = took_part(session, case)
    if actor.member_id not in before:
        return
    if names := others(session, _sides(session, case) | before):
        raise AnotherRules(names=Name(names))


def carry_out(session: Session, case_id: int, now: datetime) -> None:
    """Due: nobody appealed, so the ruling is carried out."""
    case = session.get_one(AfterSaleCase, case_id)
    order = locked_case(session, case)
    if case.state == CaseState.DECIDED:
        case_money.refund(session, case, order, now=now, actor_id=None)
        step(session, case, "carry_out", now=now)


def take_back(session: Session, actor: Actor, case: AfterSaleCase, *, now: datetime) -> int:
    """A ruling found the review of this order unfair: its point goes, once; how many points the farm has back."""
    require("after_sale_case.decide", actor)
    for owner_id in _sides(session, case):
        refuse_own(session, actor, owner_id)
    said = review_of_order(session, case.order_id)
    if said is None or case.state not in (CaseState.DECIDED, CaseState.CLOSED):
        raise Changed(case_id=case.id)
    points = take_back_point(session, said, now=now)
    record(session, EventKind.POINT_TAKEN_BACK, case, now=now, actor_id=actor.member_id, points=points)
    return points


def would_wait(session: Session, actor: Actor, payment: Payment, amount: Money) -> Money:
    """What entering this would set aside out of the buyer's wallet, shown before. Raises NotAllowed."""
    require("case.chargeback", actor)
    return contested.would_wait(session, session.get_one(Order, payment.order_id), payment, amount)


def enter_chargeback(
    session: Session, actor: Actor, payment: Payment, amount: Money, *, now: datetime
) -> AfterSaleCase:  # fmt: skip
    """A provider took money back for a paid charge: the co-op stands in for it and the order's money waits.

    Refuses NotAllowed, YourOwn, Changed (not a charge), AmountNotPositive(most), ChargebackAlready.
    """
    require("case.chargeback", actor)
    if payment.state != "confirmed" or payment.order_id is None or payment.provider in contested.NO_CHARGE:
        raise Changed
    order = locked(session, payment.order_id)
    sale = session.get_one(Campaign, order.campaign_id)
    for owner_id in (order.buyer_id, payment.member_id, seller_id(session, sale)):
        refuse_own(session, actor, owner_id)
    if amount.minor <= 0 or amount > payment.amount:
        raise AmountNotPositive(most=payment.amount)
    if session.execute(select(AfterSaleCase.id).where(AfterSaleCase.payment_id == payment.id)).first():
        raise ChargebackAlready
    case = AfterSaleCase(
        order_id=order.id, campaign_id=sale.id, farm_id=sale.farm_id, member_id=order.buyer_id,
        problem=Problem.CHARGEBACK.value, state=CaseState.CHARGED_BACK.value, currency=amount.currency, rev=1,
        asked_minor=amount.minor, payment_id=payment.id, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(case)
    session.flush()
    _stand_in(session, case, payment, "out", now)
    contested.set_aside_what_went_back(session, case, order, now=now)
    facts = {"to": case.state, "rev": case.rev, "amount": case.asked_minor, "order_id": order.id}
    record(session, EventKind.CASE_MOVED, case, now=now, actor_id=actor.member_id, **facts)
    return case


def end_chargeback(session: Session, actor: Actor, case: AfterSaleCase, *, won: bool, now: datetime) -> None:
    """How it ended: won, the provider gives it back; lost, what the order or the farm holds pays the co-op."""
    require("case.chargeback", actor)
    for owner_id in _sides(session, case):
        refuse_own(session, actor, owner_id)
    order = locked_case(session, case)
    if case.state != CaseState.CHARGED_BACK:
        raise Changed(case_id=case.id)
    if won:
        _stand_in(session, case, contested.charge_of(session, case), "in", now)
        contested.give_again(session, case, now=now)
    else:
        case_money.take_for_chargeback(session, case, order, now=now)
        if _is_here(session, order):  # not paid any more: its buyer is asked before it leaves
            square_up(session, order, now=now, actor_id=actor.member_id)
    session.flush()
    step(session, case, "win" if won else "lose", now=now, actor_id=actor.member_id)


def _is_here(session: Session, order: Order) -> bool:
    """Whether the goods are at the farm, and no courier was told to come for them."""
    return order.state == OrderState.READY or (order.state == OrderState.PACKED and parcel_of(session, order) is None)


def _stand_in(session: Session, case: AfterSaleCase, payment: Payment, way: str, now: datetime) -> None:
    """Between the co-op and what the provider holds for it."""
    coop = account(session, AccountKind.PLATFORM_FEE, case.currency, now=now)
    held = books.clearing(session, payment.provider, case.currency, now=now)
    source, to = (coop, held) if way == "out" else (held, coop)
    key = f"chargeback/{case.id}/{way}"
    move(session, source, to, case.asked, key=key, why="chargeback", now=now, order_id=case.order_id,
         payment_id=payment.id)  # fmt: skip
