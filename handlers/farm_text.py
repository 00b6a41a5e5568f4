"""What a farmer writes out of the blue: a harvest, or a new sale."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.catalog.drafts import start_draft
from core.catalog.models import Campaign
from core.catalog.queries import campaign, first_to_harvest
from core.i18n import _
from core.messaging.screen import Screen, button
from core.quantity import NotConvertible, convert
from core.saleline import SaleLine
from handlers.edits import heard
from handlers.farm_screens import GROWING
from handlers.harvest import EARLY, planned
from handlers.routes import free_text
from handlers.sale_draft import present
from handlers.sale_line import fill, read_line
from handlers.states import Sell
from handlers.turn import Reply, Turn
from handlers.words import amount, sale_words


@free_text
async def farm_line(turn: Turn) -> Reply:
    """ "tomato 180 kg" is a harvest when tomatoes grow; a line with more in it, or of another crop, a new sale."""
    if turn.who.farm_id is None:
        return None
    line = read_line(turn)
    if line.crop is None or (line.quantity is None and line.price is None and line.date is None):
        return None
    sale = _growing(turn, line)
    quantity = _in_unit_of(sale, line) if sale is not None else None
    if sale is not None and quantity is not None and line.price is None and line.date is None:
        return _harvested(turn, sale, quantity)
    draft = start_draft(turn.session, turn.actor, line.crop.key, now=turn.now)
    shown = (await present(turn, draft, fill(turn, draft, line))).fresh()
    await heard(turn, str(Sell.crop.state))
    return shown


def _growing(turn: Turn, line: SaleLine) -> Campaign | None:
    """The farm's sale of this crop that is to be harvested first."""
    crop = line.crop.key if line.crop else ""
    first = first_to_harvest(turn.session, turn.who.farm_id or 0, crop, GROWING, turn.today)
    return campaign(turn.session, first) if first is not None else None


def _in_unit_of(sale: Campaign, line: SaleLine) -> Decimal | None:
    if line.quantity is None or line.unit is None:
        return line.quantity
    try:
        return convert(line.quantity, line.unit, sale.unit)
    except NotConvertible:
        return None


def _harvested(turn: Turn, sale: Campaign, quantity: Decimal) -> Reply:
    """The plan of the harvest; long before its day it is asked which of the two was meant."""
    sell = button(_("➕ Sell"), "fcrop", value=sale.crop)
    if sale.harvest_on is not None and turn.today < sale.harvest_on - EARLY:
        text = _("🌾 {crop}, {quantity}: harvested early, or a new sale? Ready was {day}.", crop=sale_words(sale),
                 quantity=amount(quantity, sale.unit), day=sale.harvest_on)  # fmt: skip
        yes = button(_("✅ Ready"), "fhqty", sale.id, sale.rev, f"{quantity.normalize():f}")
        return Screen(text, ((yes, sell),), edit=False)
    shown = planned(turn, sale, quantity).fresh()
    return replace(shown, rows=(*shown.rows, (sell,)))
