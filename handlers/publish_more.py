"""[⋯ More]: every other field of the seller's form, each on a screen of its own, none of them required."""

from __future__ import annotations

from decimal import Decimal

from core.catalog import form
from core.catalog.drafts import photo_count, remove_photos
from core.catalog.models import Campaign
from core.catalog.terms import term, terms
from core.errors import BadInput, NotFound
from core.i18n import N_, _
from core.messaging.screen import Screen
from core.money import zero
from core.settings.service import get_int
from handlers import more_screens
from handlers.publish_edit import whole
from handlers.publish_photo import keep_photo
from handlers.publish_text import TAKES
from handlers.reading import TwoReadings, read_money, read_quantity
from handlers.routes import expects, press
from handlers.sale_draft import fresh, kept_draft, pressed_draft
from handlers.states import Sell
from handlers.turn import Reply, Turn
from handlers.words import unit_name

NUMBERS = ("minimum", "pack", "logistics_weight")


@press("fmore", fresh=fresh)
async def more(turn: Turn) -> Reply:
    """All fields; what is filled carries a tick."""
    draft = pressed_draft(turn)
    return await _done(turn, draft)


@press("ffield", fresh=fresh)
async def field(turn: Turn) -> Reply:
    """One field: its value now, what may be chosen, or an example of what to write."""
    draft = pressed_draft(turn)
    name = _field(turn)
    if name in more_screens.SWITCHES:
        return await _switch(turn, draft, name)
    await turn.goto(Sell.field, draft=draft.id, field=name)
    if name in more_screens.TERMS:
        return more_screens.choose_term(draft, name, terms(turn.session, name))
    if name == "photos":
        return more_screens.photos(draft, photo_count(turn.session, draft))
    if name == "unit":
        return more_screens.choose_unit(draft)
    return more_screens.write(draft, name)


async def _switch(turn: Turn, draft: Campaign, name: str) -> Reply:
    put = {"invoice": form.set_invoice, "delivers": form.set_delivers, "by_weight": form.set_by_weight}[name]
    put(turn.session, turn.actor, draft, not getattr(draft, name), now=turn.now)
    return await _done(turn, draft)


@press("fterm", fresh=fresh)
async def chosen_term(turn: Turn) -> Reply:
    """A category, type or brand was chosen."""
    draft = pressed_draft(turn)
    chosen = term(turn.session, whole(turn.pressed_value))
    form.set_term(turn.session, turn.actor, draft, chosen.kind, chosen, now=turn.now)
    return await _done(turn, draft)


@press("funit", fresh=fresh)
async def chosen_unit(turn: Turn) -> Reply:
    """Another unit of sale; quantity and price are asked again from the card."""
    draft = pressed_draft(turn)
    form.set_unit(turn.session, turn.actor, draft, turn.pressed_value, now=turn.now)
    return await _done(turn, draft)


@press("fempty", fresh=fresh)
async def empty(turn: Turn) -> Reply:
    """[🧹 Empty] a field."""
    draft = pressed_draft(turn)
    name = _field(turn)
    if name == "photos":
        remove_photos(turn.session, turn.actor, draft, now=turn.now)
    elif name in form.TEXTS:
        form.set_text(turn.session, turn.actor, draft, name, "", now=turn.now)
    elif name in more_screens.TERMS:
        form.set_term(turn.session, turn.actor, draft, name, None, now=turn.now)
    elif name == "attributes":
        for each in list(draft.attributes):
            form.set_attribute(turn.session, turn.actor, draft, each, "", now=turn.now)
    else:
        _empty_number(turn, draft, name)
    return await _done(turn, draft)


def _empty_number(turn: Turn, draft: Campaign, name: str) -> None:
    if name == "minimum":
        form.set_minimum(turn.session, turn.actor, draft, None, now=turn.now)
    elif name == "logistics_weight":
        form.set_logistics_weight(turn.session, turn.actor, draft, None, now=turn.now)
    elif name == "delivery_fee":
        form.set_delivery_fee(turn.session, turn.actor, draft, zero(draft.currency), now=turn.now)
    else:
        raise NotFound


@expects(Sell.field, takes=TAKES, example=N_("Write the words of this field, or press ⬅️ Back above."))
async def written(turn: Turn) -> Reply:
    """The value of the field, typed."""
    draft = kept_draft(turn)
    name = str(turn.data.get("field", ""))
    if draft is None or (name not in more_screens.LABELS):
        await turn.leave()
        return Screen(_("0 open drafts here: it was published or deleted. Press ➕ Sell to begin."), edit=False)
    if turn.kind == "photo":
        return await keep_photo(turn, draft)
    try:
        _write(turn, draft, name)
    except TwoReadings as doubt:
        return more_screens.doubt(draft, name, turn.text[:20], doubt)
    return (await _done(turn, draft)).fresh()


@press("fmval", fresh=fresh)
async def chosen_reading(turn: Turn) -> Reply:
    """Which of two readings was meant."""
    draft = pressed_draft(turn)
    name, _mark, value = (turn.pressed_value).partition("=")
    if name not in (*NUMBERS, "delivery_fee"):
        raise NotFound
    turn.text = value
    _write(turn, draft, name)
    return await _done(turn, draft)


def _write(turn: Turn, draft: Campaign, name: str) -> None:
    if name in form.TEXTS:
        form.set_text(turn.session, turn.actor, draft, name, turn.text, now=turn.now)
    elif name == "attributes":
        _attribute(turn, draft)
    elif name == "delivery_fee":
        fee = read_money(turn.text, draft.currency, turn.speech.locale, more_screens.fee_example(draft))
        form.set_delivery_fee(turn.session, turn.actor, draft, fee, now=turn.now)
    elif name in NUMBERS:
        _number(turn, draft, name)
    else:
        raise BadInput(field=_(more_screens.LABELS[name]), reason=_("press a button above"), example=_("⬅️ Back"))


def _number(turn: Turn, draft: Campaign, name: str) -> None:
    unit = "kg" if name == "logistics_weight" else draft.unit
    value: Decimal = read_quantity(
        turn.text, unit, unit_name(unit), turn.speech.locale, more_screens.number_example(draft, name)
    )
    put = {"minimum": form.set_minimum, "pack": form.set_pack, "logistics_weight": form.set_logistics_weight}[name]
    put(turn.session, turn.actor, draft, value, now=turn.now)


def _attribute(turn: Turn, draft: Campaign) -> None:
    """Grade: A, one a line."""
    for line in turn.text.splitlines():
        name, mark, value = line.partition(":") if ":" in line else line.partition("：")
        if not mark or not name.strip():
            raise BadInput(field=_("Attribute"), reason=_("write a name, a colon and a value"), example=_("Grade: A"))
        form.set_attribute(turn.session, turn.actor, draft, name, value, now=turn.now)


async def _done(turn: Turn, draft: Campaign) -> Screen:
    await turn.goto(Sell.card, draft=draft.id)
    cutoff = get_int(turn.session, "cutoff_days")
    return more_screens.fields(draft, photo_count(turn.session, draft), cutoff)


def _field(turn: Turn) -> str:
    name = turn.pressed_value
    if name not in more_screens.LABELS:
        raise NotFound
    return name
