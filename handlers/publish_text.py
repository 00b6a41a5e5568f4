"""What a farmer types, photographs or says while preparing a sale: one answer, or the whole sale in one line."""

from __future__ import annotations

from core.catalog.drafts import start_draft
from core.catalog.form import set_date, set_deposit, set_price, set_quantity
from core.catalog.models import Campaign
from core.i18n import N_, Name, _, shown
from core.messaging.screen import Screen
from core.saleline import SaleLine
from handlers import sale_screens
from handlers.publish_photo import keep_photo
from handlers.reading import TwoReadings, read_day, read_price, read_quantity, read_share
from handlers.routes import expects
from handlers.sale_draft import kept_draft, present, suggested
from handlers.sale_line import fill, found_in, read_line
from handlers.states import Sell
from handlers.turn import Reply, Turn
from handlers.words import amount, unit_name

TAKES = "text photo"


@expects(Sell.crop, takes=TAKES, digits_press=True,
         example=N_("Press a crop, or write it all: 200 kg mangoes, 120/kg, ready 15 May"))  # fmt: skip
async def crop_or_line(turn: Turn) -> Reply:
    """A crop by its name, or the whole sale in one line."""
    line = read_line(turn) if turn.kind == "text" else None
    if line is None or line.crop is None:
        return Screen(_("🌾 Which crop? Press one above, or write it all: {example}", example=_(sale_screens.LINE)),
                      edit=False)  # fmt: skip
    draft = start_draft(turn.session, turn.actor, line.crop.key, now=turn.now)
    return await _filled(turn, draft, line)


@expects(Sell.quantity, takes=TAKES, example=N_("Write how much, for example: 250 kg"))
@expects(Sell.date, takes=TAKES, example=N_("Write the day, for example: 15 May"))
@expects(Sell.price, takes=TAKES, example=N_("Write the price of one, for example: 120"))
@expects(Sell.deposit, takes=TAKES, example=N_("Write the share, for example: 20 %"))
@expects(Sell.card, takes=TAKES, digits_press=True,
         example=N_("Press a button above, send a photo, or write: 250 kg, 120/kg, ready 15 May"))  # fmt: skip
async def answered(turn: Turn) -> Reply:
    """An answer to the question on the screen."""
    draft = kept_draft(turn)
    if draft is None:
        await turn.leave()
        return Screen(_("0 open drafts here: it was published or deleted. Press ➕ Sell to begin."), edit=False)
    if turn.kind == "photo":
        return await keep_photo(turn, draft)
    line = read_line(turn)
    if len(found_in(line)) >= 2:
        if line.crop is not None and line.crop.key != draft.crop:  # another sale; the draft stays as it is
            draft = start_draft(turn.session, turn.actor, line.crop.key, now=turn.now)
        return await _filled(turn, draft, line)
    return await _one(turn, draft, line)


async def _one(turn: Turn, draft: Campaign, line: SaleLine) -> Reply:
    what = _asked(turn)
    if what is None:
        if found_in(line) and (line.unit or found_in(line) != ["quantity"]):  # a bare number may be anything
            return await _filled(turn, draft, line)
        example = "250 kg, 120/kg"
        return Screen(_("✏️ Press a button above, or write what changes: {example}", example=example), edit=False)
    try:
        _set(turn, draft, what)
    except TwoReadings as doubt:
        return _two_ways(turn, draft, what, doubt)
    return await present(turn, draft)


def _set(turn: Turn, draft: Campaign, what: str) -> None:
    session, actor, text = turn.session, turn.actor, turn.text
    unit, locale = unit_name(draft.unit), turn.speech.locale
    if what == "quantity":
        example = amount(sale_screens.example_quantity(draft), draft.unit)
        set_quantity(session, actor, draft, read_quantity(text, draft.unit, unit, locale, example), now=turn.now)
    elif what == "date":
        set_date(session, actor, draft, read_day(text, turn.today, locale), now=turn.now)
    elif what == "price":
        known = sale_screens.price_example(draft, suggested(draft))
        price = read_price(text, draft.currency, draft.unit, unit, locale, known)
        set_price(session, actor, draft, price, now=turn.now)
    else:
        set_deposit(session, actor, draft, read_share(text, locale), now=turn.now)


def _two_ways(turn: Turn, draft: Campaign, what: str, doubt: TwoReadings) -> Screen:
    text = Name(turn.text[:20])
    if what == "price":
        prices = [sale_screens.money(reading, draft.currency) for reading in (doubt.first, doubt.second)]
        return sale_screens.two_ways(
            text, [(shown(price), "fpri", draft.id, draft.rev, price.minor) for price in prices]
        )
    readings = (doubt.first, doubt.second)
    return sale_screens.two_ways(
        text, [(amount(each, draft.unit), "fqty", draft.id, draft.rev, each) for each in readings]
    )


def _asked(turn: Turn) -> str | None:
    """What the screen asks."""
    state = (turn.state or "").rpartition(":")[2]
    return None if state == "card" else state


async def _filled(turn: Turn, draft: Campaign, line: SaleLine) -> Screen:
    """The draft with what the line said, and what it did not say asked next."""
    lead = fill(turn, draft, line)
    return (await present(turn, draft, lead)).fresh()


@expects(Sell.published, takes="photo", example=N_("This sale is sent. Press a button below to go on."))
async def after(turn: Turn) -> Reply:
    """A photo that comes late still joins the sale."""
    return await keep_photo(turn, None)
