"""The sale in hand: whose it is, what is still missing, and the screen that asks for it."""

from __future__ import annotations

from dataclasses import replace

from core.catalog import crops
from core.catalog.drafts import missing, photo_count
from core.catalog.models import Campaign
from core.catalog.queries import campaign, last_campaign_of_crop
from core.catalog.rest import room
from core.errors import Changed, NotFound
from core.messaging.screen import Screen
from core.money import Money
from handlers import sale_screens
from handlers.states import Sell
from handlers.turn import Turn

ORDER = ("quantity", "date", "price")  # in which the questions come
STATES = {"quantity": Sell.quantity, "date": Sell.date, "price": Sell.price, "deposit": Sell.deposit}


def own_sale(turn: Turn, sale_id: int) -> Campaign:
    """The person's own sale; another's is not found."""
    found = campaign(turn.session, sale_id)
    if found.farm_id != turn.who.farm_id:
        raise NotFound(foreign="campaign.edit")
    return found


def own_draft(turn: Turn, sale_id: int) -> Campaign:
    """The person's own draft. Refuses Changed once it was published."""
    found = own_sale(turn, sale_id)
    if found.state != "draft":
        raise Changed
    return found


def pressed_draft(turn: Turn) -> Campaign:
    """The draft of the button pressed, at the revision the button showed."""
    draft = own_draft(turn, turn.pressed_id)
    turn.still(draft)
    return draft


def kept_draft(turn: Turn) -> Campaign | None:
    """The draft the conversation is about, if it still is one."""
    try:
        return own_draft(turn, int(turn.data.get("draft", 0)))
    except (NotFound, Changed):
        return None


def open_question(turn: Turn, draft: Campaign) -> str | None:
    """The first thing to ask; a date that passed while the draft lay is asked again."""
    lacking = set(missing(draft))
    if draft.rest_of is None and draft.harvest_on is not None and draft.harvest_on < turn.today:
        lacking.add("date")
    return next((what for what in ORDER if what in lacking), None)


async def present(turn: Turn, draft: Campaign, lead: str = "", *, card: str | None = None) -> Screen:
    """Ask the next question of the draft, or show its card; stand where the answer is expected."""
    what = open_question(turn, draft)
    if what is not None:
        screen = await question(turn, draft, what)
    else:
        await turn.goto(Sell.card, draft=draft.id)
        screen = card_of(turn, draft)
    text = f"{lead}\n{screen.text}" if lead else screen.text
    return replace(screen, text=text, card=card)


async def question(turn: Turn, draft: Campaign, what: str) -> Screen:
    """One question of the draft."""
    await turn.goto(STATES[what], draft=draft.id)
    if what == "quantity":
        most = room(turn.session, draft) if draft.rest_of is not None else None
        return sale_screens.ask_quantity(draft, most)
    if what == "date":
        return sale_screens.ask_date(draft, turn.today)
    return sale_screens.ask_price(draft, suggested(draft))


def card_of(turn: Turn, draft: Campaign) -> Screen:
    """The draft's card."""
    last = last_campaign_of_crop(turn.session, draft.farm_id, draft.crop, but=draft.id)
    same = last is not None and last.unit == draft.unit and last.price == draft.price
    return sale_screens.card(draft, photo_count(turn.session, draft), price_is_last=same)


def suggested(draft: Campaign) -> tuple[Money, ...]:
    """Three usual prices, where the crop is sold in its usual unit."""
    crop = crops.load()[draft.crop]
    if draft.unit != crop.unit:
        return ()
    return tuple(Money(minor, draft.currency) for minor in crops.suggested_prices(crop, draft.currency))


async def fresh(turn: Turn) -> Screen:
    """How the sale of a stale button stands now."""
    sale = own_sale(turn, turn.pressed_id)
    if sale.state == "draft":
        return await present(turn, sale)
    return sale_screens.state_line(sale)
