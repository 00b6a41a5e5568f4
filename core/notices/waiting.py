"""What people on a waiting list hear: a share is free for a time, it went on, the list ended."""

from __future__ import annotations

from collections.abc import Iterable

from core.catalog.models import Campaign
from core.catalog.words import amount, sale_words
from core.events import EventKind
from core.i18n import _
from core.messaging.screen import Screen, button
from core.notices.registry import Fact, notice
from core.orders.places import OFFERED, Place


def _place(fact: Fact) -> tuple[Place, Campaign]:
    found = fact.session.get_one(Place, fact.subject_id)
    return found, fact.session.get_one(Campaign, found.campaign_id)


def _member(fact: Fact) -> Iterable[int]:
    return [_place(fact)[0].member_id]


@notice(12, EventKind.WAITING_OFFERED, to=_member, quiet="H", klass="R", deadline="until")
def waiting_free(fact: Fact) -> Screen | None:
    """It is this person's turn, for a time."""
    found, sale = _place(fact)
    if found.state != OFFERED or found.offer_until is None or found.offer_until <= fact.now:
        return None
    got, total = amount(found.quantity, sale.unit), sale.price.times(found.quantity)
    deposit = total.percent(sale.deposit_percent)
    told = _("🔔 {crop}: {got} free for you until {time}.", crop=sale_words(sale), got=got, time=found.offer_until)
    money = _("{quantity} {total}: deposit {deposit} now, {rest} at harvest; crop fails → full refund",
              quantity=got, total=total, deposit=deposit, rest=total - deposit)  # fmt: skip
    row = (button(_("Take"), "btakeit", found.id, found.rev), button(_("No"), "bleave", found.id, found.rev))
    return Screen("\n".join([told, money]), (row,), edit=False)


@notice(160, EventKind.WAITING_PASSED, to=_member, quiet="S")
def waiting_passed(fact: Fact) -> Screen | None:
    """Nobody answered in time."""
    found, sale = _place(fact)
    got = amount(found.quantity, sale.unit)
    told = _("⌛ {crop}: {got} went to the next person. You wait no more.", crop=sale_words(sale), got=got)
    again = button(_("🔔 Waiting list"), "bwait", sale.id, value=f"{found.quantity.normalize():f}")
    return Screen(told, ((again,),), edit=False)


@notice(161, EventKind.WAITING_ENDED, to=_member, quiet="H")
def waiting_ended(fact: Fact) -> Screen | None:
    """The sale was decided about before it was this person's turn."""
    _found, sale = _place(fact)
    told = _("🔔 {crop}: the waiting list has ended; nothing became free for you.", crop=sale_words(sale))
    return Screen(told, ((button(_("Similar"), "bsimilar", sale.id),),), edit=False)
