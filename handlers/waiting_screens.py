"""How a place on a waiting list looks to its member, and what a late cancellation costs before it is confirmed."""

from __future__ import annotations

from core.i18n import Name, _, ngettext_of
from core.messaging.screen import Button, Screen, button
from core.orders.late import LatePlan
from core.orders.places import OFFERED, WAITING
from core.orders.queries import OrderCard
from core.orders.waiting import PlaceLine
from handlers.buyer import sums
from handlers.words import amount, emoji_of, sale_words

LABEL_MOST = 18


def place_line(place: PlaceLine) -> str:
    """One place in a list."""
    said = {"crop": sale_words(place), "got": amount(place.quantity, place.unit)}
    if place.state == OFFERED:
        return _("🔔 {crop} · {got}: free for you until {time}", **said, time=place.offer_until)
    return _("🔔 {crop} · {got}: number {position} on the waiting list", **said, position=place.before + 1)


def place_button(place: PlaceLine) -> Button:
    label = _("🔔 {emoji} {got}", emoji=emoji_of(place.crop), got=amount(place.quantity, place.unit))
    return button(label[:LABEL_MOST], "bplace", place.id)


def place_screen(place: PlaceLine) -> Screen:
    """Where a member stands, and what can be done about it."""
    see = button(_("⬅️ Back"), "borders")
    if place.state == OFFERED:
        take = button(_("Take"), "btakeit", place.id, place.rev)
        return Screen(place_line(place), ((take, button(_("No"), "bleave", place.id, place.rev)), (see,)))
    if place.state != WAITING:
        gone = _("🔔 {crop} · {got}: you do not wait any more.", crop=sale_words(place),
                 got=amount(place.quantity, place.unit))  # fmt: skip
        return Screen(gone, ((button(_("Similar"), "bsimilar", place.campaign_id), see),))
    leave = button(_("🔕 Leave the list"), "bleave", place.id, place.rev)
    return Screen("\n".join([place_line(place), _("I write to you when it is free. Nothing is paid before.")]),
                  ((leave, see),))  # fmt: skip


def late_question(card: OrderCard, plan: LatePlan) -> Screen:
    """What it costs to step back so late, before anything moves."""
    kept = _("Your deposit {sum} is kept, unless somebody of the waiting list takes your share: then it comes back in "
             "full.", sum=plan.kept)  # fmt: skip
    waits = _("🔔 Nobody waits now.")
    if plan.waiting:
        waits = ngettext_of("🔔 {count} person waits.", "🔔 {count} people wait.", plan.waiting)
    lines = [
        _("❌ Cancel {number}, {got}?", number=Name(card.number), got=amount(card.quantity, card.unit)),
        _("Cancelling was free until {day}; the farmer counts on you.", day=plan.until),
        *([kept, waits] if plan.kept else [_("Nothing was paid yet.")]),
        sums(card),
    ]
    yes = button(_("❌ Yes, cancel"), "blate", card.id, card.rev)
    return Screen("\n".join(lines), ((yes, button(_("↩️ Keep it"), "border", card.id)),))
