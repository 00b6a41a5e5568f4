"""After the sale: a buyer has a problem, the farmer answers, silence or a dispute goes to the co-op, which rules."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.events import EventKind, record
from core.messaging.models import Media
from core.money import Money
from core.orders import case_money
from core.orders.case_flow import locked_case, step
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import Bearer, CaseState, Problem, Wish
from core.orders.errors import CaseAlready, CaseTooLate, NothingPaid
from core.orders.flow import locked, locked_campaign
from core.orders.models import Order
from core.orders.parties import require_order, seller_id
from core.orders.states import PRESSES, OrderState
from core.permissions import Actor, require
from core.settings.service import get_int
from core.text import clean_lines

WORDS_MOST = 300
WITHDRAWN_MOST = 3  # so often a buyer thinks better of it; the farmer hears of each anew, and the money waits longer
ALERT_AT = 2  # so many open complaints about one sale make an alert


def start_case(session: Session, actor: Actor, order: Order, problem: Problem, *, now: datetime) -> AfterSaleCase:
    """The buyer says what is wrong; a draft until `ask`. Refuses NotFound, Changed, CaseAlready, CaseTooLate(days)."""
    require_order("order.complain", actor, order)
    order = locked(session, order.id)
    _check_time(session, order, now)
    case = _newest(session, order)
    if case is None or (case.state == CaseState.WITHDRAWN and _withdrawn(session, order) < WITHDRAWN_MOST):
        farm_id = session.get_one(Campaign, order.campaign_id).farm_id
        case = AfterSaleCase(
            order_id=order.id, campaign_id=order.campaign_id, farm_id=farm_id, member_id=order.buyer_id, state="draft",
            currency=order.currency, created_at=now, updated_at=now, rev=1, asked_minor=0,
        )  # fmt: skip
        session.add(case)
    elif case.state != CaseState.DRAFT:
        raise CaseAlready
    case.problem = Problem(problem).value
    session.flush()
    return case


def show(session: Session, actor: Actor, case: AfterSaleCase, media: Media | None, words: str) -> None:
    """A picture of it, and words that came with it, while the case is a draft."""
    _buyers(actor, case, "draft")
    if media is not None:
        case.media_id = media.id
    case.buyer_words = clean_lines(words, WORDS_MOST) or case.buyer_words
    session.flush()


def would_get(session: Session, order: Order, wish: Wish) -> Money:
    """What a wish comes to: all that was paid, the usual part of it, or nothing for goods instead."""
    whole = case_money.refundable(session, order)
    if wish is Wish.REPLACE:
        return whole.percent(0)
    return whole if wish is Wish.ALL else whole.percent(get_int(session, "case_part_percent"))


def ask(session: Session, actor: Actor, case: AfterSaleCase, wish: Wish, *, now: datetime) -> None:
    """What the buyer wants: the farmer is told, and the order's money waits.

    Refuses NotFound, Changed, CaseTooLate(days) (a draft does not stop the time), NothingPaid.
    """
    _buyers(actor, case)
    order = locked_case(session, case)
    if case.state == CaseState.DRAFT:
        _check_time(session, order, now)
    asked = would_get(session, order, wish)
    if wish is not Wish.REPLACE and not asked:
        raise NothingPaid(number=order.number)
    case.wish, case.asked_minor = wish.value, asked.minor
    step(session, case, "ask", now=now, actor_id=actor.member_id)
    same = (AfterSaleCase.campaign_id == case.campaign_id, AfterSaleCase.state == CaseState.OPEN.value)
    count = session.execute(select(func.count()).select_from(AfterSaleCase).where(*same)).scalar_one()
    if count == ALERT_AT:
        sale = session.get_one(Campaign, case.campaign_id)
        record(session, EventKind.CASES_ALERT, sale, now=now, actor_id=actor.member_id, count=count)


def accept(session: Session, actor: Actor, case: AfterSaleCase, *, now: datetime) -> None:
    """The farmer agrees to what was asked: money goes back at once, or the goods are sent again."""
    _sellers(session, actor, case)
    order = locked_case(session, case)
    if case.wish == Wish.REPLACE:
        step(session, case, "promise", now=now, actor_id=actor.member_id)
        return
    _settle(session, case, order, "accept", case.asked, (actor.member_id, now))


def offer(session: Session, actor: Actor, case: AfterSaleCase, amount: Money, *, now: datetime) -> None:
    """The farmer offers less than was asked; the buyer answers. Refuses NotFound, Changed, NothingPaid."""
    _sellers(session, actor, case)
    order = locked_case(session, case)
    _offer(session, case, order, amount, (actor.member_id, now))


def offer_all(session: Session, actor: Actor, campaign: Campaign, percent: int, *, now: datetime) -> int:
    """One offer for every open complaint about a sale: a share of what each paid; how many were offered it."""
    require("case.answer", actor, owner_id=seller_id(session, campaign))
    locked_campaign(session, campaign.id)
    open_ones = (AfterSaleCase.campaign_id == campaign.id, AfterSaleCase.state == CaseState.OPEN.value)
    found = list(session.scalars(select(AfterSaleCase).where(*open_ones).order_by(AfterSaleCase.order_id)))
    offered = 0
    for case in found:
        order = locked_case(session, case)
        amount = case_money.refundable(session, order).percent(percent)
        if case.state == CaseState.OPEN and amount:
            _offer(session, case, order, amount, (actor.member_id, now))
            offered += 1
    return offered


def disagree(session: Session, actor: Actor, case: AfterSaleCase, *, now: datetime) -> None:
    """The farmer does not agree: the co-op decides."""
    _sellers(session, actor, case)
    locked_case(session, case)
    step(session, case, "disagree", now=now, actor_id=actor.member_id)


def tell_side(session: Session, actor: Actor, case: AfterSaleCase, words: str) -> None:
    """The farmer's story, for whoever rules. Refuses NotFound, Changed (ruled already)."""
    _sellers(session, actor, case)
    session.refresh(case, with_for_update=True)
    if case.state != CaseState.DISPUTED:
        raise Changed(case_id=case.id)
    case.seller_words = clean_lines(words, WORDS_MOST)
    session.flush()


def take_offer(session: Session, actor: Actor, case: AfterSaleCase, *, now: datetime) -> None:
    """The buyer takes what the farmer offers: the money is in the wallet."""
    _buyers(actor, case)
    order = locked_case(session, case)
    _settle(session, case, order, "take", case.offered, (actor.member_id, now))


def answer(session: Session, actor: Actor, case: AfterSaleCase, action: str, *, now: datetime) -> None:
    """The buyer's other words: decline an offer, withdraw, say that the replacement came (replaced) or not."""
    if action not in ("decline", "withdraw", "replaced", "not_replaced"):
        raise NotFound
    _buyers(actor, case)
    locked_case(session, case)
    step(session, case, action, now=now, actor_id=actor.member_id)


def appeal(session: Session, actor: Actor, case: AfterSaleCase, *, now: datetime) -> None:
    """Either side asks another person of the co-op to look again, once."""
    seller = seller_id(session, session.get_one(Campaign, case.campaign_id))
    if actor.member_id not in (case.member_id, seller):
        raise NotFound
    require("case.appeal", actor, owner_id=actor.member_id)
    locked_case(session, case)
    step(session, case, "appeal", now=now, actor_id=actor.member_id)


def run_out(session: Session, case_id: int, now: datetime) -> None:
    """Due: nobody answered in time, so the co-op decides."""
    case = session.get_one(AfterSaleCase, case_id)
    locked_case(session, case)
    if case.answer_by is not None and case.answer_by <= now and case.state in ("open", "offered", "replacing"):
        step(session, case, "run_out", now=now)


def reminder(session: Session, case_id: int, now: datetime) -> None:
    """Due: half of the time to answer has gone."""
    case = session.get_one(AfterSaleCase, case_id)
    if case.state in ("open", "offered", "replacing") and case.answer_by is not None and case.answer_by > now:
        record(session, EventKind.CASE_REMINDER, case, now=now, rev=case.rev, until=case.answer_by.isoformat())


def _settle(session: Session, case: AfterSaleCase, order: Order, action: str, amount: Money,
            by: tuple[int, datetime]) -> None:  # fmt: skip
    """Agreed: the farmer bears it."""
    actor_id, now = by
    case.ruled_minor, case.bearer = amount.minor, Bearer.FARMER.value
    before = case.state
    if (before, action) not in (("open", "accept"), ("offered", "take")):
        raise Changed(case_id=case.id)
    case_money.refund(session, case, order, now=now, actor_id=actor_id)
    step(session, case, action, now=now, actor_id=actor_id)


def _offer(session: Session, case: AfterSaleCase, order: Order, amount: Money, by: tuple[int, datetime]) -> None:
    most = case_money.refundable(session, order)
    if amount.minor <= 0 or not most:
        raise NothingPaid(number=order.number)
    case.offered_minor = min(amount, most).minor
    step(session, case, "offer", now=by[1], actor_id=by[0])


def _withdrawn(session: Session, order: Order) -> int:
    mine = (AfterSaleCase.order_id == order.id, AfterSaleCase.state == CaseState.WITHDRAWN.value)
    return session.execute(select(func.count()).select_from(AfterSaleCase).where(*mine)).scalar_one()


def _check_time(session: Session, order: Order, now: datetime) -> None:
    if OrderState(order.state) not in PRESSES["order.complain"]:
        raise Changed(order_id=order.id)
    days = get_int(session, "case_days")
    if order.state != OrderState.DISPATCHED and order.updated_at + timedelta(days=days) < now:
        raise CaseTooLate(days=days)


def _newest(session: Session, order: Order) -> AfterSaleCase | None:
    """The order's complaint that counts; a chargeback is another matter."""
    mine = (AfterSaleCase.order_id == order.id, AfterSaleCase.problem != Problem.CHARGEBACK.value)
    return session.scalars(select(AfterSaleCase).where(*mine).order_by(AfterSaleCase.id.desc()).limit(1)).first()


def _buyers(actor: Actor, case: AfterSaleCase, state: str | None = None) -> None:
    """Only the buyer, whoever else is staff."""
    if actor.member_id != case.member_id:
        raise NotFound
    require("order.complain", actor, owner_id=case.member_id)
    if state is not None and case.state != state:
        raise Changed(case_id=case.id)


def _sellers(session: Session, actor: Actor, case: AfterSaleCase) -> None:
    require("case.answer", actor, owner_id=seller_id(session, session.get_one(Campaign, case.campaign_id)))
