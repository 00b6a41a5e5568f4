"""[⏱ Timers, bounds]: every number of the shop in a paged list, changed by writing another within its bounds."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import N_, _
from core.messaging.screen import Button, Screen, button
from core.permissions import require
from core.settings import numbers
from core.settings.service import Known, get_int
from handlers.routes import expects, press
from handlers.states import Setting
from handlers.turn import Reply, Turn

PAGE = 8
NUMBER_EXAMPLE = N_("Write a whole number within the bounds above, for example: 30")


@press("onum")
async def show_numbers(turn: Turn) -> Reply:
    """A page of timers and bounds."""
    require("settings.change", turn.actor)
    await turn.goto(None)
    return _page(turn, turn.pressed_id)


def _page(turn: Turn, page: int) -> Screen:
    every = numbers.numeric()
    pages = -(-len(every) // PAGE)
    page = min(page, pages - 1)
    rows = [(_entry(turn, known, page),) for known in every[page * PAGE : (page + 1) * PAGE]]
    moves = [button(_("⬅️ Back"), "onum", page - 1) if page else button(_("⬅️ Back"), "oshop")]
    if page + 1 < pages:
        moves.append(button(_("More"), "onum", page + 1))
    told = _("⏱ {page} of {pages}. An order keeps the numbers it was made under.", page=page + 1, pages=pages)
    return Screen(told, (*rows, tuple(moves)))


def _entry(turn: Turn, known: Known, page: int) -> Button:
    value = numbers.words(turn.session, known)
    action = "onumsw" if numbers.is_switch(known) else "onumed"
    return button(_("{label}: {value}", label=numbers.label(known.name), value=value), action, page, value=known.name)


@press("onumed")
async def ask_number(turn: Turn) -> Reply:
    """One number: how it stands and its bounds."""
    require("settings.change", turn.actor)
    known = _known(turn.pressed_value)
    page = turn.pressed_id
    await turn.goto(Setting.number, name=known.name, page=page)
    least, most = (numbers.words(turn.session, known, bound) for bound in (known.least, known.most))
    told = _("⏱ {label}: {value}. Between {least} and {most}. Write the new one.", label=numbers.label(known.name),
             value=numbers.words(turn.session, known), least=least, most=most)  # fmt: skip
    return Screen(told, ((button(_("⬅️ Back"), "onum", page),),))


@expects(Setting.number, example=NUMBER_EXAMPLE)
async def typed_number(turn: Turn) -> Reply:
    """The new number; out of bounds it is refused and the old one stays."""
    name = str(turn.data.get("name", ""))
    numbers.write(turn.session, turn.actor, name, turn.text, locale=turn.speech.locale, now=turn.now)
    await turn.goto(None)
    return _page(turn, int(turn.data.get("page", 0))).fresh()


@press("onumsw")
async def switch(turn: Turn) -> Reply:
    """Yes becomes no, and no yes."""
    require("settings.change", turn.actor)
    known = _known(turn.pressed_value)
    if not numbers.is_switch(known):
        raise NotFound
    flipped = str(1 - get_int(turn.session, known.name))
    numbers.write(turn.session, turn.actor, known.name, flipped, locale=turn.speech.locale, now=turn.now)
    return _page(turn, turn.pressed_id)


def _known(name: str) -> Known:
    found = next((known for known in numbers.numeric() if known.name == name), None)
    if found is None:
        raise NotFound
    return found
