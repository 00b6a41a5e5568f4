"""Script 2, publishing: choose a crop or the last sale again, answer one question a screen, publish, undo."""

from __future__ import annotations

from core.catalog import crops
from core.catalog.drafts import again, discard, photo_count, start_draft
from core.catalog.publish import publish, undo
from core.catalog.queries import campaign, drafts_of, last_campaign
from core.i18n import _
from core.members.queries import farm
from core.messaging.screen import Screen, button
from handlers import sale_screens
from handlers.home import SELL
from handlers.routes import press, tile
from handlers.sale_draft import fresh, own_draft, own_sale, present, pressed_draft
from handlers.states import Sell
from handlers.turn import Reply, Turn

CROPS_FIRST = 5
CROPS_PAGE = 24


@tile(SELL)
@press("fsell")
async def sell(turn: Turn) -> Reply:
    """What is unfinished is offered first; else the crops."""
    if turn.who.farm_id is None:
        return Screen(_("🌱 0 sales. Only farms sell here. Do you grow something?"),
                      ((button(_("🌱 I grow"), "grow"),),), edit=False)  # fmt: skip
    waiting = draft_offer(turn)
    if waiting is not None:
        return waiting.fresh()
    return (await _choose(turn)).fresh()


def draft_offer(turn: Turn) -> Screen | None:
    """[▶ Continue][🗑 Delete] for the newest unfinished draft; nothing when there is none."""
    drafts = drafts_of(turn.session, turn.who.farm_id) if turn.who.farm_id is not None else ()
    if not drafts:
        return None
    draft = campaign(turn.session, drafts[0].campaign_id)
    return sale_screens.resume(draft, photo_count(turn.session, draft))


async def _choose(turn: Turn) -> Screen:
    await turn.settle(Sell.crop)
    farm_id = turn.who.farm_id or 0
    own = farm(turn.session, farm_id).main_crop
    usual = sorted(crops.main_crops(CROPS_PAGE), key=lambda crop: crop.key != own)[:CROPS_FIRST]
    return sale_screens.crop_choice(usual, last_campaign(turn.session, farm_id))


@press("fcrops")
async def more_crops(turn: Turn) -> Reply:
    """All crops, a page at a time."""
    await turn.goto(Sell.crop)
    page = turn.pressed_id
    every = tuple(crops.load().values())
    shown = every[page * CROPS_PAGE : (page + 1) * CROPS_PAGE]
    following = page + 1 if len(every) > (page + 1) * CROPS_PAGE else 0
    return sale_screens.crop_choice(shown, None, page=following)


@press("fcrop")
async def begin(turn: Turn) -> Reply:
    """A draft of the crop, filled from the last sale of it."""
    draft = start_draft(turn.session, turn.actor, turn.pressed_value, now=turn.now)
    return await present(turn, draft)


@press("frep")
async def repeat(turn: Turn) -> Reply:
    """The last sale again: only the photo is new."""
    last = own_sale(turn, turn.pressed_id)
    return await present(turn, again(turn.session, turn.actor, last, now=turn.now))


@press("fcont", fresh=fresh)
@press("fcard", fresh=fresh)
async def resume(turn: Turn) -> Reply:
    """Go on where the draft was left, whatever was changed meanwhile."""
    return await present(turn, own_draft(turn, turn.pressed_id))


@press("fdel", fresh=fresh)
async def delete(turn: Turn) -> Reply:
    """The draft is thrown away; the crops are offered."""
    discard(turn.session, turn.actor, pressed_draft(turn))
    return await _choose(turn)


@press("fpub", fresh=fresh)
async def put_on_sale(turn: Turn) -> Reply:
    """Submit the draft; it can be taken back for five minutes."""
    draft = pressed_draft(turn)
    warnings = publish(turn.session, turn.actor, draft, now=turn.now)
    await turn.settle(Sell.published, draft=draft.id)
    return sale_screens.published(draft, lacks_photo="photo" in warnings)


@press("fundo", fresh=fresh)
async def take_back(turn: Turn) -> Reply:
    """Back to the draft, while nobody has reserved and the five minutes run."""
    sale = own_sale(turn, turn.pressed_id)
    undo(turn.session, turn.actor, sale, now=turn.now)
    return await present(turn, sale, _("↩️ Taken back. Nobody sees it now."))
