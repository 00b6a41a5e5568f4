"""What couriers hear: a farm gave them a parcel, the co-op has their cash."""

from __future__ import annotations

from collections.abc import Iterable

from core.delivery.models import Parcel
from core.events import EventKind
from core.i18n import _
from core.messaging.screen import Screen
from core.money import Money
from core.notices.courier_cards import parcel_card
from core.notices.registry import Fact, notice
from core.orders.cash import cash_owed


def _courier(fact: Fact) -> Iterable[int]:
    """The courier of a parcel that was just booked; later checkpoints are the courier's own words."""
    if fact.data.get("status") != "booked":
        return []
    courier_id = fact.session.get_one(Parcel, fact.subject_id).courier_id
    return [] if courier_id is None else [courier_id]


@notice(56, EventKind.PARCEL_CHECKPOINT, to=_courier, quiet="S")
def parcel_given(fact: Fact) -> Screen | None:
    """A parcel to carry, with its button; one that has moved on needs no word."""
    parcel = fact.session.get_one(Parcel, fact.subject_id)
    if parcel.ended_at is not None or parcel.status != "booked" or parcel.courier_id != fact.member_id:
        return None
    return parcel_card(fact.session, parcel, _("🚚 New parcel")).fresh()


@notice(103, EventKind.CASH_HANDED_IN, to=lambda fact: [fact.subject_id], quiet="S")
def cash_is_in(fact: Fact) -> Screen | None:
    """The co-op counted the cash that somebody carried."""
    left = cash_owed(fact.session, fact.member_id)
    amount = Money(int(fact.data["amount"]), left.currency)
    return Screen(_("💵 {sum} handed in, thank you. paid {sum} · owed {left}", sum=amount, left=left), edit=False)
