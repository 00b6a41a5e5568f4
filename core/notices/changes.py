"""What buyer and farmer hear when an order is given up late, changes its quantity, or goes to another buyer."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.catalog.words import amount, sale_words
from core.events import EventKind
from core.i18n import Name, _
from core.members import queries as members
from core.messaging.screen import Screen, button
from core.notices.lookup import buyer, card, farmer, goods, money, sums
from core.notices.registry import Fact, notice
from core.orders.card import OrderCard, order_card
from core.orders.late import LATE
from core.orders.states import OrderState


def _farmer_if_late(fact: Fact) -> Iterable[int]:
    return farmer(fact) if fact.data.get("reason") == LATE else []


def _giver(fact: Fact) -> Iterable[int]:
    return [int(fact.data["giver"])]


def _told(found: OrderCard, *lines: str) -> Screen:
    row = (button(_("🧾 Order"), "border", found.id),)
    return Screen("\n".join(line for line in lines if line), (row,), edit=False)


def _quantity(fact: Fact, name: str, found: OrderCard) -> str:
    return amount(Decimal(str(fact.data[name])), found.unit)


@notice(162, EventKind.ORDER_CANCELLED, to=_farmer_if_late, quiet="H")
def cancelled_late(fact: Fact) -> Screen | None:
    """A buyer stepped back after the cutoff."""
    found = card(fact)
    kept = money(fact, "kept", found.total.currency)
    told = _("✖️ {goods}: {buyer} cancelled late. The share is free again.", goods=goods(found),
             buyer=Name(found.buyer_name))  # fmt: skip
    rule = _("🤝 The deposit {sum} is yours at the harvest, unless the waiting list takes the share.", sum=kept)
    rows = ((button(_("📦 Orders"), "fsale", found.campaign_id),),)
    return Screen("\n".join([told, rule] if kept else [told]), rows, edit=False)


@notice(163, EventKind.LATE_SHARE_TAKEN, to=buyer, quiet="S")
def late_refunded(fact: Fact) -> Screen | None:
    """Somebody took the share, or there was no crop to count on: the deposit is back."""
    found = card(fact)
    back = money(fact, "back", found.total.currency)
    told = _("👛 {goods}: your late cancellation costs nothing. {sum} is back in your wallet.", goods=goods(found),
             sum=back)  # fmt: skip
    return _told(found, told, sums(found))


@notice(164, EventKind.LATE_DEPOSIT_KEPT, to=buyer, quiet="H")
def late_kept(fact: Fact) -> Screen | None:
    """The crop is in, and nobody took the share, or not all of it."""
    found = card(fact)
    kept = money(fact, "kept", found.total.currency)
    told = _("🤝 {goods}: nobody took all of your share. The farm keeps {sum}.", goods=goods(found), sum=kept)
    return _told(found, told, sums(found))


@notice(165, EventKind.ORDER_CHANGED, to=farmer, quiet="H")
def changed_for_farmer(fact: Fact) -> Screen | None:
    """More or less is to be packed for somebody."""
    found = card(fact)
    if found.state not in (OrderState.RESERVED, OrderState.ALLOCATED):
        return None
    told = _("✏️ #{number} {buyer}: {now}, not {before}.", number=Name(found.number), buyer=Name(found.buyer_name),
             now=_quantity(fact, "quantity", found), before=_quantity(fact, "before", found))  # fmt: skip
    return Screen(told, ((button(_("📦 Orders"), "fsale", found.campaign_id),),), edit=False)


@notice(166, EventKind.ORDER_CHANGED, to=buyer, quiet="S")
def changed_for_buyer(fact: Fact) -> Screen | None:
    """What was added is paid for; whoever pressed the button reads it on the screen."""
    found = card(fact)
    told = _("✏️ {number}: {now}, not {before}.", number=Name(found.number), now=_quantity(fact, "quantity", found),
             before=_quantity(fact, "before", found))  # fmt: skip
    return _told(found, told, sums(found))


@notice(167, EventKind.ORDER_MORE_ENDED, to=buyer, quiet="S")
def more_ended(fact: Fact) -> Screen | None:
    """What was to be added was not paid for in time."""
    found = card(fact)
    back = money(fact, "back", found.total.currency)
    told = _("⌛ {number}: {more} more was not paid for and is not kept. {goods} stays yours.",
             number=Name(found.number), more=_quantity(fact, "more", found),
             goods=amount(found.quantity, found.unit))  # fmt: skip
    returned = _("👛 {sum} is back in your wallet.", sum=back) if back else ""
    return _told(found, told, returned, sums(found))


@notice(168, EventKind.ORDER_HANDED_OVER, to=_giver)
def handed_for_giver(fact: Fact) -> Screen | None:
    """Somebody took it over: it is no longer this person's order."""
    found = order_card(fact.session, fact.subject_id)
    told = _("🤝 {taker} took {goods} over. It is no longer yours: {paid} stays paid in it, and whatever comes back "
             "goes to {taker}.", taker=_taker(fact), goods=goods(found), paid=found.paid)  # fmt: skip
    yours = _("paid by you {paid} · owed by you 0 · back 0", paid=found.paid)
    return Screen("\n".join([told, yours]), ((button(_("🧺 My orders"), "borders"),),), edit=False)


@notice(169, EventKind.ORDER_HANDED_OVER, to=farmer, quiet="H")
def handed_for_farmer(fact: Fact) -> Screen | None:
    """Another name stands on the list."""
    found = card(fact)
    giver = members.member(fact.session, int(fact.data["giver"])).name
    told = _("🤝 {goods} of {crop} is now {taker}'s, not {giver}'s. Nothing else changes.", goods=goods(found),
             crop=sale_words(found), taker=_taker(fact), giver=Name(giver))  # fmt: skip
    return Screen(told, ((button(_("📦 Orders"), "fsale", found.campaign_id),),), edit=False)


def _taker(fact: Fact) -> Name:
    return Name(members.member(fact.session, int(fact.data["taker"])).name)
