"""A whole sale in one line of text: what was found fills the draft, what was not is asked, nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from babel.lists import format_list

from core.catalog.form import set_date, set_deposit, set_price, set_quantity, set_text
from core.catalog.models import Campaign
from core.errors import BadInput, Refusal
from core.i18n import N_, Name, _, day, gettext_of, shown, speech
from core.money import Money
from core.quantity import NotConvertible, convert
from core.saleline import SaleLine, parse_sale_line
from handlers import sale_screens
from handlers.reading import names_another
from handlers.sale_draft import ORDER, open_question, suggested
from handlers.turn import Turn
from handlers.words import amount, per_unit

REST_SHOWN = 80  # characters of what was not understood
NOT_FOUND = {
    "quantity": N_("I did not find how much."),
    "date": N_("I did not find a day."),
    "price": N_("I did not find a price."),
}


def read_line(turn: Turn) -> SaleLine:
    """What the text says of a sale; crops by their names in English and in the writer's language."""
    return parse_sale_line(turn.text, turn.speech.locale, turn.today, translated=gettext_of)


def found_in(line: SaleLine) -> list[str]:
    """Which of the draft's fields the line names."""
    named = {
        "quantity": line.quantity, "date": line.date, "price": line.price, "deposit": line.deposit_percent,
        "crop": line.crop,
    }  # fmt: skip
    return [name for name, value in named.items() if value is not None]


def fill(turn: Turn, draft: Campaign, line: SaleLine) -> str:
    """Put into the draft what the line said; returns what is told of it. A value the form refuses is told, not kept."""
    steps: list[tuple[bool, Callable[[], str]]] = [
        (line.quantity is not None, lambda: _quantity(turn, draft, line)),
        (line.price is not None, lambda: _price(turn, draft, line)),
        (line.date is not None, lambda: _date(turn, draft, line)),
        (line.deposit_percent is not None, lambda: _deposit(turn, draft, line)),
        (_names_goods(draft, line), lambda: _title(turn, draft, line)),
    ]
    found, troubles = [], []
    for is_said, put in steps:
        if is_said:
            try:
                found.append(put())
            except Refusal as refusal:
                troubles.append(refusal.text())
    unknown = [_("Not understood: {words}", words=Name(line.rest[:REST_SHOWN]))] if line.rest else []
    return "\n".join([*_told(turn, draft, found), *troubles, *unknown])


def _told(turn: Turn, draft: Campaign, found: list[str]) -> list[str]:
    named = [words for words in found if words]
    asked = open_question(turn, draft)
    if asked is None or not named:
        return []
    listed = format_list(named, locale=speech().locale)
    return [_("I found {found}.", found=listed), *([gettext_of(NOT_FOUND[asked])] if asked in ORDER else [])]


def _quantity(turn: Turn, draft: Campaign, line: SaleLine) -> str:
    quantity = line.quantity or Decimal(0)
    if line.unit is not None:
        quantity = _converted(quantity, line.unit, draft)
    set_quantity(turn.session, turn.actor, draft, quantity, now=turn.now)
    return amount(draft.capacity, draft.unit)


def _price(turn: Turn, draft: Campaign, line: SaleLine) -> str:
    said = line.price
    if said is None:
        return ""
    if names_another(turn.text, draft.currency):
        raise BadInput(field=_("Price"), reason=_("it must be in {currency}", currency=draft.currency),
                       example=per_unit(sale_screens.price_example(draft, suggested(draft)), draft.unit))  # fmt: skip
    per = _converted(Decimal(1), said.unit, draft) if said.unit else Decimal(1)
    price = Money.of(said.amount / per, said.currency or draft.currency)
    set_price(turn.session, turn.actor, draft, price, now=turn.now)
    return per_unit(draft.price, draft.unit)


def _date(turn: Turn, draft: Campaign, line: SaleLine) -> str:
    if line.date is None:
        return ""
    set_date(turn.session, turn.actor, draft, line.date, now=turn.now)
    return day(line.date)


def _deposit(turn: Turn, draft: Campaign, line: SaleLine) -> str:
    share = line.deposit_percent or Decimal(0)
    if share != int(share):
        raise BadInput(field=_("Deposit %"), reason=_("it must be a whole number"), example=20)
    set_deposit(turn.session, turn.actor, draft, int(share), now=turn.now)
    return _("deposit {share} %", share=draft.deposit_percent)


def _names_goods(draft: Campaign, line: SaleLine) -> bool:
    """Whether the line says which goods; on a new draft unknown words do too: last season's are not meant."""
    is_new = not draft.capacity and line.crop is not None
    return bool(line.variety or line.title or (line.rest and draft.title and is_new))


def _title(turn: Turn, draft: Campaign, line: SaleLine) -> str:
    set_text(turn.session, turn.actor, draft, "title", line.variety or line.title or "", now=turn.now)
    return ""


def _converted(quantity: Decimal, unit: str, draft: Campaign) -> Decimal:
    try:
        return convert(quantity, unit, draft.unit)
    except NotConvertible:
        raise BadInput(field=_("Unit"), reason=shown(unit), example=amount(draft.pack, draft.unit)) from None
