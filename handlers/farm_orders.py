"""[📦 Orders] of a farm: its sales with counts, one sale's card, its orders, and what was reserved today."""

from __future__ import annotations

from core.catalog.models import Campaign
from core.catalog.publish import pause, resume
from core.catalog.queries import farm_campaign_count, farm_campaigns
from core.catalog.rest import free_stock
from core.errors import NotFound
from core.messaging.screen import Screen
from core.notices.terms import standing_words
from core.orders import payouts
from core.orders.cash import cash_owed
from core.orders.closing import at_risk
from core.orders.earnings import farm_money
from core.orders.queries import campaign_progress, farm_orders, todays_reservations
from core.orders.terms import standing
from handlers import farm_screens as screens
from handlers.home import MONEY, ORDERS
from handlers.paging import last_shown
from handlers.routes import press, tile
from handlers.sale_draft import own_sale
from handlers.sharing import share_button
from handlers.turn import Reply, Turn

SALES_SHOWN = 8
ORDERS_SHOWN = 12
HIDDEN = frozenset({"draft", "cancelled", "removed"})


@tile(ORDERS)
@press("forders")
async def sales(turn: Turn) -> Reply:
    """The farm's sales, the newest first, and today's reservations; [More] goes on from the last one shown."""
    farm_id, before = _farm_id(turn), last_shown(turn)
    found = farm_campaigns(turn.session, farm_id, hidden=HIDDEN, limit=SALES_SHOWN + 1, before=before)
    count = farm_campaign_count(turn.session, farm_id, hidden=HIDDEN)
    today = todays_reservations(turn.session, farm_id, turn.today, str(turn.speech.zone))
    shown = screens.sales(found[:SALES_SHOWN], today, count, more=len(found) > SALES_SHOWN)
    return shown if turn.is_press else shown.fresh()


@press("fsale")
async def one_sale(turn: Turn) -> Reply:
    """One sale: how far it is, and what can be done now."""
    return await sale_card(turn)


async def sale_card(turn: Turn) -> Screen:
    """The card of the sale that a button belongs to, as it stands now."""
    sale = own_sale(turn, turn.pressed_id)
    stands = screens.Stands(at_risk(turn.session, sale), free_stock(turn.session, sale), _asked(turn, sale))
    return screens.sale(sale, campaign_progress(turn.session, sale), share_button(turn, sale.id), stands)


def _asked(turn: Turn, sale: Campaign) -> str:
    """What its buyers were asked last, and how they answered."""
    found = standing(turn.session, sale) if sale.state in screens.HARVESTED else None
    return standing_words(found, sale.unit) if found is not None else ""


def pressed_sale(turn: Turn) -> Campaign:
    """The sale of the button pressed, at the revision the button showed."""
    sale = own_sale(turn, turn.pressed_id)
    turn.still(sale)
    return sale


@press("flist")
async def orders(turn: Turn) -> Reply:
    """The orders of one sale, the newest first; [More] goes on from the last one shown."""
    sale = own_sale(turn, turn.pressed_id)
    found = farm_orders(
        turn.session, sale.farm_id, campaign_id=sale.id, limit=ORDERS_SHOWN + 1, before=last_shown(turn)
    )
    return screens.orders(sale, found[:ORDERS_SHOWN], more=len(found) > ORDERS_SHOWN)


@press("fpause", fresh=sale_card)
async def take_no_more(turn: Turn) -> Reply:
    """[⏸ Pause]: no reservations for now."""
    pause(turn.session, turn.actor, pressed_sale(turn), now=turn.now)
    return await sale_card(turn)


@press("fresume", fresh=sale_card)
async def take_again(turn: Turn) -> Reply:
    """[▶ Resume]: reservations again."""
    resume(turn.session, turn.actor, pressed_sale(turn), now=turn.now)
    return await sale_card(turn)


@tile(MONEY)
@press("fmoney")
async def money(turn: Turn) -> Reply:
    """What is free, and what waits for the buyers' word."""
    await turn.leave()
    farm_id, me = _farm_id(turn), turn.who.member_id
    earned = farm_money(turn.session, farm_id, now=turn.now)
    shown = screens.money(earned, payouts.waiting(turn.session, me, farm_id), cash_owed(turn.session, me))
    return shown if turn.is_press else shown.fresh()


def _farm_id(turn: Turn) -> int:
    if turn.who.farm_id is None:
        raise NotFound
    return turn.who.farm_id
