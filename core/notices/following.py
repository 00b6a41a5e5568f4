"""What people hear of a farm they follow or bought from: it sells again, and how their crop grows."""

from __future__ import annotations

from collections.abc import Iterable

from core.catalog.words import amount, per_unit, sale_words
from core.events import EventKind
from core.i18n import Name, _
from core.members import following
from core.members import queries as members
from core.messaging.screen import Screen, button
from core.notices.lookup import active_buyers, campaign
from core.notices.registry import Fact, notice


def _followers(fact: Fact) -> Iterable[int]:
    return following.followers(fact.session, campaign(fact).farm_id)


@notice(7, EventKind.CAMPAIGN_OPENED, to=_followers, quiet="H", klass="M")
def sells_again(fact: Fact) -> Screen | None:
    """A farm that this person follows opens a sale."""
    sale = campaign(fact)
    if sale.state != "open" or sale.left <= 0:
        return None
    farm = members.farm(fact.session, sale.farm_id)
    told = _("🌾 {farm} sells {sale} again: {quantity}, {price}.", farm=Name(farm.store_name), sale=sale_words(sale),
             quantity=amount(sale.left, sale.unit), price=per_unit(sale.price, sale.unit))  # fmt: skip
    return Screen(told, ((button(_("🛒 Reserve"), "bsale", sale.id),),), edit=False)


@notice(19, EventKind.GROWING_PHOTO, to=active_buyers, quiet="H", klass="R")
def grows(fact: Fact) -> Screen | None:
    """The farmer shows how it grows."""
    sale = campaign(fact)
    if sale.state not in ("open", "paused", "closed", "confirmed", "harvesting"):
        return None
    told = _("🌱 Your {crop} today.", crop=sale_words(sale))
    rows = ((button(_("❓ Ask"), "bask", sale.id),),)
    return Screen(told, rows, photo=fact.data.get("media_id"), edit=False)
