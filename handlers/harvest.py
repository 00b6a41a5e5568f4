"""Script 3, the harvest: ready, less, lost or later; the numbers stand on the screen before anybody is told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.i18n import N_, Name, _
from core.messaging.screen import Screen
from core.orders.allocation import Sharing
from core.orders.harvest import HarvestPlan, enter_harvest, harvest_plan
from core.settings.service import get_int
from handlers import harvest_screens as screens
from handlers.buyer import carried
from handlers.farm_orders import pressed_sale, sale_card
from handlers.night import buyers_told
from handlers.reading import TwoReadings, read_quantity
from handlers.routes import expects, press
from handlers.sale_draft import own_sale
from handlers.sale_screens import two_ways
from handlers.states import Harvest
from handlers.turn import Reply, Toast, Turn
from handlers.words import amount, unit_name

EARLY = timedelta(days=3)  # the first harvest check asks three days before
EXAMPLE = N_("Write how much was harvested, for example: 150 kg")


@press("fready", fresh=sale_card)
async def ready(turn: Turn) -> Reply:
    """[✅ Ready]; long before the promised day it is asked whether that is meant."""
    sale = pressed_sale(turn)
    if _is_early(turn, sale):
        return screens.too_early(sale, turn.today, "fready")
    await turn.goto(Harvest.amount, sale=sale.id)
    return screens.ready(sale)


@press("fless", fresh=sale_card)
async def less(turn: Turn) -> Reply:
    """[📉 Less]: a share of what was offered, or a number."""
    sale = pressed_sale(turn)
    if _is_early(turn, sale):
        return screens.too_early(sale, turn.today, "fless")
    await turn.goto(Harvest.amount, sale=sale.id)
    return screens.less(sale)


def _is_early(turn: Turn, sale: Campaign) -> bool:
    said_yes = turn.press is not None and turn.press.value == "yes"
    return not said_yes and sale.harvest_on is not None and turn.today < sale.harvest_on - EARLY


@press("fhtype", fresh=sale_card)
async def other(turn: Turn) -> Reply:
    """[✏️ Other]: the quantity is typed."""
    sale = pressed_sale(turn)
    await turn.goto(Harvest.amount, sale=sale.id)
    return screens.type_amount(sale)


@press("fhqty", fresh=sale_card)
async def quantity(turn: Turn) -> Reply:
    """A quantity: enough for everybody, or shared."""
    sale = pressed_sale(turn)
    return planned(turn, sale, carried(turn.pressed_value))


@press("fshare", fresh=sale_card)
async def sharing(turn: Turn) -> Reply:
    """[⚖️ Fair share][⏱ First come]: who gets what."""
    sale = pressed_sale(turn)
    given, _mark, how = (turn.pressed_value).partition("=")
    return screens.plan(sale, harvest_plan(turn.session, sale, carried(given), _sharing(how)), _hours(turn))


@press("ftell", fresh=sale_card)
async def tell(turn: Turn) -> Reply:
    """[📣 Tell them]: what the screen showed is done; when it changed meanwhile it is shown again instead."""
    sale = pressed_sale(turn)
    parts = (turn.pressed_value).split("=")
    if len(parts) != 3:
        raise NotFound
    given, how = carried(parts[0]), _sharing(parts[1])
    shares = kept_shares(turn, sale) if how is Sharing.MANUAL else None
    now_planned = harvest_plan(turn.session, sale, given, how, shares=shares)
    if screens.mark_of(now_planned) != parts[2]:
        again = screens.plan(sale, now_planned, _hours(turn))
        return [Toast(_("Orders came or went meanwhile. Here is how it stands now."), alert=True), again]
    done = enter_harvest(turn.session, turn.actor, sale, given, sharing=how, shares=shares, now=turn.now)
    await turn.leave()
    return buyers_told(turn, screens.told(sale, done, _hours(turn)))


@expects(Harvest.amount, example=EXAMPLE)
async def typed(turn: Turn) -> Reply:
    """How much was harvested, typed."""
    sale = own_sale(turn, int(turn.data.get("sale", 0)))
    try:
        found = read_quantity(
            turn.text, sale.unit, unit_name(sale.unit), turn.speech.locale, amount(sale.capacity * 3 // 4, sale.unit)
        )
    except TwoReadings as doubt:
        choices = (doubt.first, doubt.second)
        return two_ways(Name(turn.text[:20]), [(amount(n, sale.unit), "fhqty", sale.id, sale.rev, n) for n in choices])
    return planned(turn, sale, found).fresh()


def planned(turn: Turn, sale: Campaign, given: Decimal) -> Screen:
    """The plan when there is enough for everybody; else first the question how to share."""
    plan: HarvestPlan = harvest_plan(turn.session, sale, given, Sharing.FULL)
    if plan.given < sum(line.asked for line in plan.lines):
        return screens.how_to_share(sale, plan)
    return screens.plan(sale, plan, _hours(turn))


def _sharing(value: str) -> Sharing:
    if value not in set(Sharing):
        raise NotFound
    return Sharing(value)


def kept_shares(turn: Turn, sale: Campaign) -> dict[int, Decimal]:
    """The shares that the farmer typed for this sale so far. Raises Changed for those of another."""
    if turn.data.get("sale") != sale.id:
        raise Changed
    return {int(order_id): Decimal(given) for order_id, given in turn.data.get("shares", {}).items()}


def _hours(turn: Turn) -> int:
    return get_int(turn.session, "balance_hours")
