"""What buyers hear from packing to the review: the parcel, receipt, the invitation to say how it was."""

from __future__ import annotations

from core.events import EventKind
from core.i18n import N_, Name, _
from core.messaging.screen import Button, Rows, Screen, button
from core.notices.lookup import buyer, card, goods, still, sums
from core.notices.registry import Fact, notice
from core.orders.card import OrderCard
from core.orders.states import OrderState

_BANDS = {"<=4": N_("≤4°"), "5-8": N_("5–8°"), ">8": N_(">8°")}


def _in_cash(found: OrderCard) -> str:
    """What to have ready when the goods come."""
    return "\n" + _("💵 {sum} to pay in cash.", sum=found.rest) if found.cash_agreed and found.rest else ""


@notice(30, EventKind.ORDER_PACKED, to=buyer, quiet="S", klass="R")
def packed(fact: Fact) -> Screen | None:
    """Packed, with its lot."""
    found = still(fact, OrderState.PACKED)
    if found is None:
        return None
    told = _("📦 {goods}: packed.", goods=goods(found))
    if found.lot:
        told = _("📦 {goods}: packed, lot {lot}.", goods=goods(found), lot=Name(found.lot))
    track = button(_("📍 Track"), "btrack", found.id)
    if "order.deliver_to" in found.actions:  # it cannot leave before its buyer says where
        return Screen(told, ((button(_("🚚 Delivery"), "border", found.id), track),), edit=False)
    return Screen(told, ((track,),), edit=False)


@notice(31, EventKind.ORDER_DISPATCHED, to=buyer)
def dispatched(fact: Fact) -> Screen | None:
    """On its way."""
    found = still(fact, OrderState.DISPATCHED)
    if found is None:
        return None
    band = fact.data.get("temperature")
    told = _("🚚 {goods}: on its way.", goods=goods(found))
    if band in _BANDS:
        told = _("🚚 {goods}: on its way, {band}.", goods=goods(found), band=_(_BANDS[band]))
    return Screen(told + _in_cash(found), ((button(_("📍 Track"), "btrack", found.id),),), edit=False)


@notice(47, EventKind.ORDER_AT_PICKUP, to=buyer, quiet="S")
def at_pickup(fact: Fact) -> Screen | None:
    """Waiting at the pick-up place."""
    found = still(fact, OrderState.AT_PICKUP)
    if found is None:
        return None
    told = _("📍 {goods}: waits for you at {place}.", goods=goods(found), place=found.pickup_place)
    return Screen(told + _in_cash(found), ((button(_("🧾 Order"), "border", found.id),),), edit=False)


@notice(32, EventKind.ORDER_ON_THE_ROAD, to=buyer)
def on_the_road(fact: Fact) -> Screen | None:
    """The courier is on the way to the door."""
    found = still(fact, OrderState.DISPATCHED)
    if found is None:
        return None
    told = _("🚚 {goods}: comes today.", goods=goods(found))
    return Screen(told + _in_cash(found), ((button(_("📍 Track"), "btrack", found.id),),), edit=False)


@notice(35, EventKind.ORDER_DELIVERED, to=buyer)
def delivered(fact: Fact) -> Screen | None:
    """Delivered: one tap says that all is good."""
    found = still(fact, OrderState.DELIVERED)
    if found is None:
        return None
    told = _("🏠 {goods}: delivered. All good?", goods=goods(found))
    return Screen(f"{told}\n{sums(found)}", (_good(found),), edit=False)


def _good(found: OrderCard) -> tuple[Button, ...]:
    """[✅ Received][⚠️ Problem]."""
    received = button(_("✅ Received"), "bgot", found.id, found.rev)
    if "order.complain" not in found.actions:
        return (received,)
    return (received, button(_("⚠️ Problem"), "kprob", found.id, found.rev))


@notice(36, EventKind.AUTO_CONFIRM_SOON, to=buyer, quiet="H", klass="R")
def closes_soon(fact: Fact) -> Screen | None:
    """Silence will count as receipt."""
    found = still(fact, OrderState.DELIVERED)
    if found is None:
        return None
    told = _("🕒 {goods}: closes tomorrow by itself. All good?", goods=goods(found))
    return Screen(f"{told}\n{sums(found)}", (_good(found),), edit=False)


@notice(48, EventKind.ORDER_COMPLETED, to=buyer, quiet="S")
def completed(fact: Fact) -> Screen | None:
    """Closed by silence (who pressed Received reads it on that screen)."""
    found = card(fact)
    told = _("✅ {goods}: closed as received. How was it?", goods=goods(found))
    return Screen(f"{told}\n{sums(found)}", _faces(found.id), edit=False)


@notice(37, EventKind.REVIEW_INVITED, to=buyer, quiet="H", klass="R")
def review_invited(fact: Fact) -> Screen | None:
    """Some hours after the delivery."""
    found = still(fact, OrderState.DELIVERED, OrderState.COMPLETED)
    if found is None or "order.review" not in found.actions:
        return None
    return Screen(_("🙂 {goods}: how was it?", goods=goods(found)), _faces(found.id), edit=False)


def _faces(order_id: int) -> Rows:
    labels = {"1": _("👍 Good"), "0": _("😐 Medium"), "-1": _("👎 Bad")}
    return (tuple(button(label, "bscore", order_id, value=score) for score, label in labels.items()),)
