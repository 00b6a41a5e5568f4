"""Script 4, the pick list: rows toggle, numbers mark, the batch takes its steps, everything is packed."""

from __future__ import annotations

import re

from core.catalog.models import Campaign
from core.errors import NotFound
from core.i18n import N_, _, ngettext_of
from core.messaging.screen import Screen
from core.orders.moving import batch_step
from core.orders.packing import batch_of, pack_all, pick_list, pick_numbers, set_picked
from core.orders.queries import order_for
from core.quantity import fold
from core.tracing.service import steps_of
from core.tracing.steps import TAPPED
from handlers import pick_screens as screens
from handlers.farm_orders import sale_card
from handlers.paging import page_in_value
from handlers.publish_edit import whole
from handlers.routes import expects, press
from handlers.sale_draft import own_sale
from handlers.states import Picking
from handlers.turn import Reply, Toast, Turn

_NUMBER = re.compile(r"[^\W\d_]{0,3}\d{1,9}")
_WORD = re.compile(r"[^\W\d_]{3,}")
NUMBERS_MOST = 50


@press("fpick", fresh=sale_card)
async def open_list(turn: Turn) -> Reply:
    """[📋 Pick list]: what is paid for and still here."""
    return await rows(turn, _sale(turn), page_in_value(turn))


async def rows(turn: Turn, sale: Campaign, page: int = 0, lead: str = "") -> Screen:
    """The list as it stands now; numbers typed from here on mark rows."""
    await turn.goto(Picking.rows, sale=sale.id, page=page)
    batch = batch_of(turn.session, sale.id)
    taken = {step.step for step in steps_of(turn.session, batch)} if batch else set()
    return screens.rows(sale, pick_list(turn.session, sale, turn.today, page=page), taken, page=page, lead=lead)


async def _fresh(turn: Turn) -> Reply:
    return await rows(turn, _sale(turn))


@press("ftick", fresh=_fresh)
async def tick(turn: Turn) -> Reply:
    """A row: picked, or no longer picked. The button says which is meant, so a double tap changes nothing."""
    sale = _sale(turn)
    wanted, _mark, order_id = (turn.pressed_value).partition("=")
    order = order_for(turn.session, turn.actor, whole(order_id), "order.pick")
    set_picked(turn.session, turn.actor, order, wanted == "1", now=turn.now)
    return await rows(turn, sale, int(turn.data.get("page", 0)))


@press("fstep", fresh=sale_card)
async def step(turn: Turn) -> Reply:
    """[🧺 Picked][🧼 Processed][📐 Sorted][🏬 Stocked]: buyers see it under Track."""
    sale = _sale(turn)
    named = turn.pressed_value
    if named not in {each.value for each in TAPPED}:
        raise NotFound
    batch_step(turn.session, turn.actor, sale, named, now=turn.now)
    return await rows(turn, sale, int(turn.data.get("page", 0)))


@press("fpack", fresh=sale_card)
async def all_packed(turn: Turn) -> Reply:
    """[✅ All packed]."""
    sale = _sale(turn)
    packed = len(pack_all(turn.session, turn.actor, sale, now=turn.now))
    shown = await rows(turn, sale)
    return [Toast(ngettext_of("📦 {count} order packed.", "📦 {count} orders packed.", packed)), shown]


@expects(Picking.rows, once=True, example=N_("Write the numbers of the orders, for example: 12 14"))
async def numbers(turn: Turn) -> Reply:
    """ "12 14" marks both."""
    if _WORD.search(turn.text):
        return None  # a sale in one line, say
    sale = own_sale(turn, int(turn.data.get("sale", 0)))
    wanted = _NUMBER.findall(fold(turn.text))[:NUMBERS_MOST]
    if not wanted:
        return Screen(_("✏️ Write the numbers of the orders, for example: {example}", example="12 14"), edit=False)
    marked = pick_numbers(turn.session, turn.actor, sale, wanted, now=turn.now)
    lead = ngettext_of("☑ {count} order marked.", "☑ {count} orders marked.", len(marked))
    return (await rows(turn, sale, int(turn.data.get("page", 0)), lead)).fresh()


def _sale(turn: Turn) -> Campaign:
    return own_sale(turn, turn.pressed_id)
