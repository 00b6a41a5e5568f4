"""Each answer of a draft given by a button: quantity, date, price, deposit; and the way to the screens that ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.catalog.form import Put, price_example, set_date, set_deposit, set_price, set_quantity
from core.catalog.models import Campaign
from core.errors import NotFound
from core.messaging.screen import Screen
from core.money import Money
from core.settings.service import get_int
from handlers import sale_screens
from handlers.buyer import carried
from handlers.routes import press
from handlers.sale_draft import STATES, fresh, open_question, present, pressed_draft, question
from handlers.states import Sell
from handlers.turn import Reply, Turn


@press("fask", fresh=fresh)
async def change(turn: Turn) -> Reply:
    """[✏️ Quantity][✏️ Price][✏️ Date][✏️ Deposit] of the card."""
    draft = pressed_draft(turn)
    what = _asked(turn)
    screen = await _deposit(turn, draft) if what == "deposit" else await question(turn, draft, what)
    return sale_screens.with_back(screen, draft) if open_question(turn, draft) is None else screen


@press("ftype", fresh=fresh)
async def other(turn: Turn) -> Reply:
    """[✏️ Other]: the value is typed."""
    draft = pressed_draft(turn)
    what = _asked(turn)
    await turn.goto(STATES[what], draft=draft.id)
    if what == "quantity":
        return sale_screens.type_quantity(draft)
    return sale_screens.type_price(draft, price_example(draft))


def _chosen(action: str, put: Put[...], read: Callable[[str, Campaign], object]) -> None:
    """Let the buttons of `action` set what they carry, and show what the draft still lacks."""

    @press(action, fresh=fresh)
    async def set_it(turn: Turn) -> Reply:
        draft = pressed_draft(turn)
        put(turn.session, turn.actor, draft, read(_value(turn), draft), now=turn.now)
        return await present(turn, draft)


_chosen("fqty", set_quantity, lambda value, _draft: carried(value))
_chosen("fpri", set_price, lambda value, draft: Money(whole(value), draft.currency))  # in minor units
_chosen("fdep", set_deposit, lambda value, _draft: whole(value))
_chosen("fdat", set_date, lambda value, _draft: day_of(value))


@press("fdats", fresh=fresh)
async def months(turn: Turn) -> Reply:
    """[📅 Date]: the months ahead; a typed day does as well."""
    draft = pressed_draft(turn)
    await turn.goto(Sell.date, draft=draft.id)
    return sale_screens.months(draft.id, draft.rev, turn.today)


@press("fdatm", fresh=fresh)
async def days(turn: Turn) -> Reply:
    """The days of a month."""
    draft = pressed_draft(turn)
    return sale_screens.days_of(draft.id, draft.rev, day_of(f"{_value(turn)}-01"), turn.today)


async def _deposit(turn: Turn, draft: Campaign) -> Screen:
    await turn.goto(Sell.deposit, draft=draft.id)
    least, most = get_int(turn.session, "deposit_least"), get_int(turn.session, "deposit_most")
    return sale_screens.ask_deposit(draft, least, most)


def _value(turn: Turn) -> str:
    return turn.pressed_value


def _asked(turn: Turn) -> str:
    if _value(turn) not in STATES:
        raise NotFound
    return _value(turn)


def whole(value: str) -> int:
    """A whole number as a button of ours carries it; anything else was forged."""
    number = carried(value)
    if number != int(number):
        raise NotFound
    return int(number)


def day_of(value: str) -> date:
    """A day as a button of ours carries it; anything else was forged."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise NotFound from None
