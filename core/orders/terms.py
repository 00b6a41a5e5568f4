"""Other terms after the harvest: a higher price or other goods, which each buyer takes, or has all back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import contact
from core.catalog.models import Campaign
from core.errors import BadInput, Changed
from core.events import EventKind, record
from core.i18n import _
from core.messaging import due
from core.money import Money, zero
from core.orders.consent import settle
from core.orders.ending import End, close_if_over, end_order, locked_orders, stop_timers
from core.orders.errors import NobodyToAsk, PriceNotHigher, PriceOutside, StillAsked
from core.orders.flow import advance, locked_campaign, plain, with_campaign
from core.orders.models import Order
from core.orders.parties import orders_in, require_order, seller_id
from core.orders.policy import terms_of
from core.orders.purse import deposit_share, paid_by
from core.orders.states import OPEN, OrderState
from core.orders.term_models import Answer, Kind, Proposal
from core.payments.models import Payment
from core.permissions import Actor, require
from core.text import clean

MOST_TIMES = Decimal(2)  # more than so many times the agreed price is a slip of the pen, or another sale
WORDS_LEAST, WORDS_MOST = 3, 120


@dataclass(frozen=True)
class TermsPlan:
    """Whom a proposal asks, shown before it is made: `others` are open orders for which nothing changes."""

    proposal: Proposal
    asked: int
    others: int
    until: datetime
    paid: Money  # by those who are asked, so far
    rest: Money  # what they owe if all of them accept


@dataclass(frozen=True)
class Standing:
    """How a sale's newest proposal stands."""

    proposal: Proposal
    accepted: int
    refused: int
    unheard: int
    thinking: int


def draft_of(session: Session, campaign: Campaign) -> Proposal | None:
    """What the farmer began to propose and has not sent."""
    mine = (Proposal.campaign_id == campaign.id, Proposal.until.is_(None))
    return session.execute(select(Proposal).where(*mine)).scalar_one_or_none()


def write_price(session: Session, actor: Actor, campaign: Campaign, price: Money, *, now: datetime) -> Proposal:
    """Draft a higher price of the same goods. Refuses NotFound, Changed, PriceNotHigher, PriceOutside."""
    campaign = opened(session, actor, campaign)
    _check_price(campaign, Kind.PRICE, price)
    return _written(session, campaign, now, kind=Kind.PRICE.value, goods="", price_minor=price.minor)


def write_goods(session: Session, actor: Actor, campaign: Campaign, words: str, *, now: datetime) -> Proposal:
    """Draft other goods; their price is said next, and kept when only the words change. Refuses NotFound, Changed,
    BadInput (too short, too long, a way to reach somebody)."""
    campaign = opened(session, actor, campaign)
    goods = _goods(words)
    known = draft_of(session, campaign)
    price = known.price_minor if known is not None and known.kind == Kind.GOODS else None
    return _written(session, campaign, now, kind=Kind.GOODS.value, goods=goods, price_minor=price)


def price_goods(session: Session, actor: Actor, campaign: Campaign, price: Money, *, now: datetime) -> Proposal:
    """Say what the drafted other goods cost: the same, less or more. Refuses NotFound, Changed, PriceOutside."""
    campaign = opened(session, actor, campaign)
    draft = draft_of(session, campaign)
    if draft is None or draft.kind != Kind.GOODS:
        raise Changed
    _check_price(campaign, Kind.GOODS, price)
    return _written(session, campaign, now, kind=draft.kind, goods=draft.goods, price_minor=price.minor)


def may_be_asked(session: Session, campaign: Campaign) -> int:
    """How many buyers can be asked for something. Refuses StillAsked(until), NobodyToAsk."""
    return len(_askable(session, campaign, orders_in(session, campaign, {OrderState.BALANCE_DUE})))


def terms_plan(session: Session, campaign: Campaign, *, now: datetime) -> TermsPlan:
    """Whom the draft would ask. Refuses Changed (no draft, or no price yet), StillAsked(until), NobodyToAsk."""
    return _plan(session, campaign, orders_in(session, campaign, {OrderState.BALANCE_DUE}), now)[0]


def propose(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> TermsPlan:
    """Ask the buyers: their balances wait until they answer. Refuses NotFound and what `terms_plan` refuses."""
    campaign = opened(session, actor, campaign)
    plan, orders = _plan(session, campaign, locked_orders(session, campaign, frozenset({OrderState.BALANCE_DUE})), now)
    for order in orders:
        _ask(session, order, plan.proposal, actor.member_id, now)
    plan.proposal.until, plan.proposal.updated_at = plan.until, now
    campaign.rev, campaign.updated_at = campaign.rev + 1, now
    session.flush()
    return plan


def standing(session: Session, campaign: Campaign) -> Standing | None:
    """How the newest proposal stands (2 queries); None where there is none."""
    made = select(Proposal).where(Proposal.campaign_id == campaign.id, Proposal.until.is_not(None))
    newest = session.execute(made.order_by(Proposal.id.desc()).limit(1)).scalar_one_or_none()
    if newest is None:
        return None
    thinks = (Order.answer.is_(None)) & (Order.state == OrderState.CONSENT_WAIT.value)
    counts = [func.count().filter(Order.answer == answer.value) for answer in Answer]
    asked = (Order.campaign_id == campaign.id, Order.proposal_id == newest.id)
    found = session.execute(select(*counts, func.count().filter(thinks)).where(*asked)).one()
    accepted, refused, unheard, thinking = (int(count) for count in found)
    return Standing(newest, accepted, refused, unheard, thinking)


def accept_terms(session: Session, actor: Actor, order: Order, *, now: datetime) -> None:
    """The buyer takes it on the other terms: the balance is due, the excess goes back. Refuses NotFound, Changed."""
    require_order("order.consent", actor, order)
    campaign, proposal = _asked(session, order)
    order.answer, order.price_minor = Answer.ACCEPTED.value, proposal.price_minor or order.price_minor
    go_on(session, order, "consent", actor.member_id, now)
    facts = plain({"price": order.price, "what": proposal.kind})
    record(session, EventKind.CONSENT_GIVEN, order, now=now, actor_id=actor.member_id, **facts)
    _tell_when_all(session, campaign, now)


def refuse_terms(session: Session, actor: Actor, order: Order, *, now: datetime) -> Money:
    """The buyer does not want it so: everything goes back. Refuses NotFound, Changed."""
    require_order("order.consent", actor, order)
    campaign, _proposal = _asked(session, order)
    order.answer = Answer.REFUSED.value
    return _end(session, order, campaign, End("refuse_terms", "terms_refused", actor.member_id), now)


def terms_end(session: Session, order_id: int, now: datetime) -> None:
    """Due: no word came. The agreed price stays; goods that nobody agreed to get are not sent, everything goes back."""
    order = session.get_one(Order, order_id)
    try:
        campaign, proposal = _asked(session, order)
    except Changed:
        return
    if order.consent_until is None or order.consent_until > now:
        return
    order.answer = Answer.UNHEARD.value
    if proposal.kind == Kind.GOODS:
        _end(session, order, campaign, End("end_unheard", "terms_unheard"), now)
        return
    go_on(session, order, "cap_unheard", None, now)
    _tell_when_all(session, campaign, now)


def opened(session: Session, actor: Actor, campaign: Campaign) -> Campaign:
    """The sale, locked, of a farmer who may ask its buyers. Refuses NotFound, Changed."""
    campaign = locked_campaign(session, campaign.id)
    require("campaign.terms", actor, owner_id=seller_id(session, campaign), state=campaign.state)
    return campaign


def _written(session: Session, campaign: Campaign, now: datetime, **fields: object) -> Proposal:
    draft = draft_of(session, campaign)
    if draft is None:
        draft = Proposal(campaign_id=campaign.id, currency=campaign.currency, rev=0, created_at=now)
        session.add(draft)
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.rev, draft.updated_at = draft.rev + 1, now
    session.flush()
    return draft


def _goods(words: str) -> str:
    said = clean(words, 10 * WORDS_MOST)
    example = _("Alphonso mangoes, grade B, same weight")
    if contact.find(said):
        raise BadInput(field=_("Goods"), reason=_("numbers and addresses stay private here"), example=example)
    if not WORDS_LEAST <= len(said) <= WORDS_MOST:
        reason = _("it must have {least} to {most} characters", least=WORDS_LEAST, most=WORDS_MOST)
        raise BadInput(field=_("Goods"), reason=reason, example=example)
    return said


def _check_price(campaign: Campaign, kind: Kind, price: Money) -> None:
    agreed = campaign.price
    most, example = agreed.times(MOST_TIMES), agreed.times(Decimal("1.2"))
    if kind is Kind.PRICE and price <= agreed:
        raise PriceNotHigher(price=price, agreed=agreed, example=max(example, agreed + Money(1, agreed.currency)))
    if price.minor <= 0 or price > most:
        raise PriceOutside(most=most, example=example if kind is Kind.PRICE else agreed)


def _plan(session: Session, campaign: Campaign, owed: Sequence[Order], now: datetime) -> tuple[TermsPlan, list[Order]]:
    draft = draft_of(session, campaign)
    if draft is None or draft.price is None:
        raise Changed
    price, nothing, paid = draft.price, zero(campaign.currency), _askable(session, campaign, owed)
    is_other = draft.kind == Kind.GOODS
    orders = [order for order in owed if order.id in paid and (is_other or price > order.price)]
    if not orders:
        raise NobodyToAsk
    every = select(func.count()).where(Order.campaign_id == campaign.id, Order.state.in_(sorted(OPEN)))
    rests = (max(order.total_at(price) - paid[order.id], nothing) for order in orders)
    plan = TermsPlan(
        draft, len(orders), session.execute(every).scalar_one() - len(orders),
        max(_until(order, now) for order in orders), sum((paid[order.id] for order in orders), nothing),
        sum(rests, nothing),
    )  # fmt: skip
    return plan, orders


def _askable(session: Session, campaign: Campaign, owing: Sequence[Order]) -> dict[int, Money]:
    """What was paid for each order that may be asked. Refuses StillAsked(until), NobodyToAsk."""
    last = standing(session, campaign)
    if last is not None and last.thinking and last.proposal.until is not None:
        raise StillAsked(until=last.proposal.until)
    paid = paid_by(session, owing) if owing else {}
    receipts = _receipts(session, campaign)
    fresh = [order for order in owing if order.id not in receipts and _may_ask(order, paid[order.id])]
    if not fresh:
        raise NobodyToAsk
    return {order.id: paid[order.id] for order in fresh}


def _receipts(session: Session, campaign: Campaign) -> set[int]:
    """The orders of which a receipt waits for an operator: somebody may have paid what was agreed."""
    shown = (Order.campaign_id == campaign.id, Payment.state == "submitted", Payment.member_id == Order.buyer_id)
    return set(session.scalars(select(Order.id).join(Payment, Payment.order_id == Order.id).where(*shown)))


def _may_ask(order: Order, paid: Money) -> bool:
    """Whether only the deposit was paid and nothing was asked before."""
    is_fresh = order.proposal_id is None and not order.cash_agreed
    return is_fresh and paid <= deposit_share(order) and paid < order.goods


def _until(order: Order, now: datetime) -> datetime:
    return now + timedelta(hours=terms_of(order).consent_hours)


def _ask(session: Session, order: Order, proposal: Proposal, actor_id: int, now: datetime) -> None:
    stop_timers(session, order)
    until = _until(order, now)
    order.proposal_id, order.answer = proposal.id, None
    order.consent_until, order.balance_due_at = until, None
    timers = {"order.terms_end": until}
    if proposal.kind == Kind.GOODS:  # silence would end the order
        timers["order.terms_reminder"] = now + (until - now) / 2
    due.plan_all(session, timers, order.id)
    facts = plain({"price": proposal.price, "before": order.price, "what": proposal.kind, "until": until})
    advance(session, order, "ask_terms", now=now, actor_id=actor_id, **facts)


def _asked(session: Session, order: Order) -> tuple[Campaign, Proposal]:
    """Lock campaign and order; the proposal its buyer thinks about. Refuses Changed."""
    campaign = with_campaign(session, order)
    if not order.thinks:
        raise Changed(order_id=order.id)
    return campaign, session.get_one(Proposal, order.proposal_id)


def go_on(session: Session, order: Order, action: str, actor_id: int | None, now: datetime, **facts: object) -> None:
    """The balance of a locked order is due on the terms it has now."""
    settle(session, order, action, actor_id, now, why="total_changed", **facts)


def _end(session: Session, order: Order, campaign: Campaign, end: End, now: datetime) -> Money:
    back = end_order(session, order, campaign, end, now=now)
    _tell_when_all(session, campaign, now)
    close_if_over(session, campaign, now)
    return back


def _tell_when_all(session: Session, campaign: Campaign, now: datetime) -> None:
    """The last answer is in: the farmer hears how they went."""
    session.flush()
    thinking = (Order.state == OrderState.CONSENT_WAIT.value, Order.proposal_id.is_not(None))
    if session.execute(select(Order.id).where(Order.campaign_id == campaign.id, *thinking).limit(1)).first():
        return  # asked first: of a great sale all answers need not be counted for each
    found = standing(session, campaign)
    if found is None:
        return
    record(session, EventKind.TERMS_ANSWERED, campaign, now=now, what=found.proposal.kind, accepted=found.accepted,
           refused=found.refused, unheard=found.unheard)  # fmt: skip
