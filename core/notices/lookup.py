"""What notices look up: the order or campaign a fact is about, and who is to hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from core.catalog.models import Campaign
from core.catalog.words import amount
from core.i18n import Name, _, shown
from core.members import queries as members
from core.members.models import Farm
from core.members.service import actor_of
from core.money import Money
from core.notices.registry import Fact
from core.orders.card import OrderCard, order_card
from core.orders.models import Order
from core.orders.states import OrderState
from core.payments.models import Payment, Refund


def card(fact: Fact) -> OrderCard:
    """The order as it stands when the notice is sent, with what its reader may do."""
    return order_card(fact.session, fact.subject_id, actor_of(fact.session, fact.member_id))


def still(fact: Fact, *states: OrderState) -> OrderCard | None:
    """The order when it is still in one of these states, else None: the notice is no longer true."""
    found = card(fact)
    return found if found.state in states else None


def buyer(fact: Fact) -> Iterable[int]:
    """The buyer of the order."""
    return [fact.session.get_one(Order, fact.subject_id).buyer_id]


def farmer(fact: Fact) -> Iterable[int]:
    """Whose campaign, farm or order's goods it is."""
    found = select(Farm.member_id)
    if fact.subject_kind == "campaign":
        found = found.join(Campaign, Campaign.farm_id == Farm.id).where(Campaign.id == fact.subject_id)
    elif fact.subject_kind == "orders":
        found = (
            found.join(Campaign, Campaign.farm_id == Farm.id)
            .join(Order, Order.campaign_id == Campaign.id)
            .where(Order.id == fact.subject_id)
        )
    else:
        found = found.where(Farm.id == fact.subject_id)
    return list(fact.session.scalars(found))


def active_buyers(fact: Fact) -> Iterable[int]:
    """Everybody with an open order of the campaign."""
    closed = ("expired", "cancelled", "forfeited", "settled_undelivered", "completed")
    found = select(Order.buyer_id).where(Order.campaign_id == fact.subject_id, Order.state.not_in(closed)).distinct()
    return list(fact.session.scalars(found))


def staff(fact: Fact) -> Iterable[int]:
    """Operators and owners."""
    return members.staff(fact.session)


def campaign(fact: Fact) -> Campaign:
    return fact.session.get_one(Campaign, fact.subject_id)


def payment(fact: Fact) -> Payment:
    return fact.session.get_one(Payment, fact.subject_id)


def refund(fact: Fact) -> Refund:
    return fact.session.get_one(Refund, fact.subject_id)


def money(fact: Fact, name: str, currency: str) -> Money:
    """An amount that the event itself knows, in minor units."""
    return Money(int(fact.data.get(name) or 0), currency)


def moment(fact: Fact, name: str) -> datetime | None:
    """A time that the event itself knows."""
    written = fact.data.get(name)
    return datetime.fromisoformat(written) if written else None


def reason_words(reason: str | None) -> str:
    """Why staff said no, in the reader's language: the usual reasons are translated, people's own words stay."""
    if not reason:
        return "-"
    translated = _(reason)
    return translated if translated != reason else shown(Name(reason))


def sums(found: OrderCard) -> str:
    """How every message about money ends: paid, owed, back."""
    if found.back:
        return _("Paid {paid} · back in your wallet {back}", paid=found.paid, back=found.back)
    return sums_told(found)


def sums_told(found: OrderCard) -> str:
    """The same for whoever is not its buyer."""
    if found.back:
        return _("Paid {paid} · owed {owed} · back {back}", paid=found.paid, owed=found.rest, back=found.back)
    return _("Paid {paid} · owed {owed}", paid=found.paid, owed=found.rest)


def goods(found: OrderCard) -> str:
    """The order in a few words: A12 · 5 kg."""
    return _("{number} · {got}", number=Name(found.number), got=amount(found.quantity, found.unit))
