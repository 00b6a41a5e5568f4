"""[❌ Lost] and [⏳ Later] of a harvest, and the photo of how it grows."""

from __future__ import annotations

from core.catalog.models import Campaign
from core.catalog.publish import growing_photo
from core.catalog.rest import rests
from core.errors import NotFound
from core.i18n import N_, _
from core.messaging.screen import Screen, button
from core.orders.cancel import crop_lost, loss_plan
from core.orders.moving import move_date
from core.orders.queries import campaign_progress
from handlers import harvest_screens as screens
from handlers.farm_orders import pressed_sale, sale_card
from handlers.night import buyers_told
from handlers.publish_edit import day_of
from handlers.publish_photo import incoming, line_key
from handlers.reading import read_day
from handlers.routes import expects, press
from handlers.sale_draft import own_sale
from handlers.sale_screens import days_of, months
from handlers.states import Harvest
from handlers.turn import Reply, Toast, Turn


@press("flost", fresh=sale_card)
async def lost(turn: Turn) -> Reply:
    """[❌ Lost]: why."""
    return screens.why_lost(pressed_sale(turn))


@press("fwhy", fresh=sale_card)
async def why(turn: Turn) -> Reply:
    """The reason; what goes back is shown before anybody is told."""
    sale = pressed_sale(turn)
    return screens.loss(sale, loss_plan(turn.session, sale), _reason(_value(turn)))


@press("flose", fresh=sale_card)
async def tell_loss(turn: Turn) -> Reply:
    """[📣 Tell them]: all deposits go back; when the numbers changed meanwhile they are shown again instead."""
    sale = pressed_sale(turn)
    reason, _mark, mark = _value(turn).partition("=")
    planned = loss_plan(turn.session, sale)
    if screens.loss_mark(planned) != mark:
        again = screens.loss(sale, planned, _reason(reason))
        return [Toast(_("Orders came or went meanwhile. Here is how it stands now."), alert=True), again]
    done = crop_lost(turn.session, turn.actor, sale, _reason(reason), now=turn.now)
    await turn.leave()
    return buyers_told(turn, screens.lost(sale, done, rests(turn.session, sale, "paused")))


@press("flater", fresh=sale_card)
async def later(turn: Turn) -> Reply:
    """[⏳ Later]: another day."""
    sale = pressed_sale(turn)
    await turn.goto(Harvest.later, sale=sale.id)
    return screens.later(sale, turn.today)


@press("flaterd", fresh=sale_card)
async def which_month(turn: Turn) -> Reply:
    """[📅 Date]: the months ahead."""
    sale = pressed_sale(turn)
    return months(sale.id, sale.rev, turn.today, action="flaterm")


@press("flaterm", fresh=sale_card)
async def which_day(turn: Turn) -> Reply:
    """The days of a month."""
    sale = pressed_sale(turn)
    return days_of(sale.id, sale.rev, day_of(f"{_value(turn)}-01"), turn.today, action="fmove")


@press("fmove", fresh=sale_card)
async def move(turn: Turn) -> Reply:
    """A day was chosen: who will be told."""
    sale = pressed_sale(turn)
    return screens.moving(sale, day_of(_value(turn)), _buyers(turn, sale))


@press("fmoved", fresh=sale_card)
async def tell_date(turn: Turn) -> Reply:
    """[📣 Tell them]: the new date stands."""
    sale = pressed_sale(turn)
    move_date(turn.session, turn.actor, sale, day_of(_value(turn)), now=turn.now)
    await turn.leave()
    return buyers_told(turn, screens.moved(sale, _buyers(turn, sale)))


@expects(Harvest.later, example=N_("Write the day on which it is ready, for example: 15 May"))
async def typed_day(turn: Turn) -> Reply:
    """The new day, typed."""
    sale = own_sale(turn, int(turn.data.get("sale", 0)))
    day = read_day(turn.text, turn.today, turn.speech.locale)
    return screens.moving(sale, day, _buyers(turn, sale)).fresh()


@press("fgrow", fresh=sale_card)
async def ask_photo(turn: Turn) -> Reply:
    """[📷 Photo] of the growing crop, for its buyers."""
    sale = own_sale(turn, turn.pressed_id)
    await turn.goto(Harvest.photo, sale=sale.id)
    return Screen(_("📷 Send 1 photo of how it grows; its buyers will see it."),
                  ((button(_("⬅️ Back"), "fsale", sale.id, sale.rev),),))  # fmt: skip


@press("fskip")
async def no_photo(turn: Turn) -> Reply:
    """[Skip]: not this time."""
    sale = own_sale(turn, turn.pressed_id)
    told = _("⏭ No photo this time. I ask again in 10 days; 📷 Photo is always under your sale.")
    return Screen(told, ((button(_("📷 Photo"), "fgrow", sale.id),),))


@expects(Harvest.photo, takes="photo", example=N_("Send a photo of the crop 📷, or press ⬅️ Back above."))
async def got_photo(turn: Turn) -> Reply:
    """The photo goes to the buyers."""
    sale = own_sale(turn, int(turn.data.get("sale", 0)))
    album = turn.media.album if turn.media else None
    if album is None or album != turn.data.get("album"):  # buyers are shown 1 photo, not all of an album
        growing_photo(turn.session, turn.actor, sale, incoming(turn), now=turn.now)
        await turn.keep(album=album)
    shown = _("📷 Photo kept ✓ Your buyers will see how it grows.")
    return Screen(shown, ((button(_("⬅️ Back"), "fsale", sale.id, sale.rev),),), card=line_key(turn, sale.id))


def _buyers(turn: Turn, sale: Campaign) -> int:
    return campaign_progress(turn.session, sale).buyers


def _value(turn: Turn) -> str:
    return turn.pressed_value


def _reason(value: str) -> str:
    if value not in screens.REASONS:
        raise NotFound
    return value
