"""Finds what a turn means: a press, a command, a tile, an expected answer, a digit for a button, or nothing known."""

from __future__ import annotations

import re

from core.errors import Changed, Refusal
from core.i18n import _
from core.messaging import conversation
from core.messaging.screen import Press, Screen, parse_press
from handlers import edits, routes
from handlers.fallback import in_private, not_expected, not_understood, once
from handlers.routes import StateRoute
from handlers.turn import Handler, Reply, Toast, Turn, listed

_COMMAND = re.compile(r"^/([a-z_]+)(?:@(\w+))?(?:\s+(.*))?$", re.IGNORECASE | re.DOTALL)


async def answer(turn: Turn) -> Reply:
    """The reply to one turn. Raises the Refusals of the verb that was called."""
    if turn.is_press:
        return await _press(turn)
    if turn.kind != "text":
        return await _content(turn)
    return await _text(turn)


async def refusal(turn: Turn, error: Refusal) -> Reply:
    """What a refused turn is told, in a transaction of its own: the verb's writes are gone."""
    if turn.asked is not None and not turn.is_edit:
        await edits.mistaken(turn)
    special = routes.REFUSALS.get(type(error))
    if special is not None:
        try:
            return special(turn, error)
        except Refusal:  # what it wanted to show is refused too: a forged button
            return Toast(error.text(), alert=True) if turn.is_press else Screen(error.text(), edit=False)
    if turn.press is None or not turn.is_press:
        return once(turn, error.text())
    route = routes.PRESSES.get(turn.press.action)
    toast = Toast(error.text(), alert=True)
    if isinstance(error, Changed) and route is not None and route.fresh is not None:
        try:
            return [toast, *listed(await route.fresh(turn))]
        except Refusal:  # nothing of it is left to show
            return toast
    return toast


async def _press(turn: Turn) -> Reply:
    route = routes.PRESSES.get(turn.press.action) if turn.press else None
    if route is None:
        return Toast(_("This button has ended. Send /start for a fresh one."), alert=True)
    if not turn.is_private and not route.in_groups:
        return Toast(_("Please talk to me in private about that."), alert=True)
    return await route.handler(turn)


async def _content(turn: Turn) -> Reply:
    if not turn.is_private and turn.kind != "membership":
        return None  # what people show each other in a group is not for us
    if turn.is_edit:
        return None  # a live place moves every few seconds, a caption was changed: nothing new to answer
    expected = routes.STATES.get(turn.state or "")
    if expected is not None and turn.kind in expected.takes:
        return await expected.handler(turn)
    handler = routes.KINDS.get(turn.kind)
    if handler is not None:
        return await handler(turn)
    return await not_expected(turn, expected)


async def _text(turn: Turn) -> Reply:
    found = _COMMAND.match(turn.text)
    if found:
        return await _command(turn, found)
    if not turn.is_private:
        return None
    handler = _named(turn)
    if handler is not None:
        return await handler(turn)
    if turn.is_edit:
        return await edits.again(turn)
    expected = routes.STATES.get(turn.state or "")
    if expected is None or expected.digits_press or "text" not in expected.takes:
        pressed = _digit(turn)
        if pressed is not None:
            turn.press = pressed
            return [_written(shown) for shown in listed(await _press(turn))]
    answered = await _answered(turn, expected)
    if answered is not None:
        return answered
    return await _free_text(turn) or await not_understood(turn, expected)


async def _answered(turn: Turn, expected: StateRoute | None) -> Reply:
    """The reply to an expected answer; None where nothing is expected, or it was no answer to that."""
    if expected is None or "text" not in expected.takes or not turn.text or turn.state is None:
        return None
    turn.asked = turn.state
    reply = await expected.handler(turn)
    if reply is not None and not expected.once:
        await edits.heard(turn, turn.asked)
    return reply


async def _free_text(turn: Turn) -> Reply:
    for try_to_read in routes.FREE_TEXT if turn.text else ():
        reply = await try_to_read(turn)
        if reply is not None:
            return reply
    return None


async def _command(turn: Turn, found: re.Match[str]) -> Reply:
    name, addressed, rest = found.group(1).lower(), found.group(2), found.group(3)
    if addressed and addressed.casefold() != turn.bot.username.casefold():
        return None
    handler = routes.COMMANDS.get(name)
    if handler is None:
        return await not_understood(turn, None) if turn.is_private else None
    if not turn.is_private and name not in routes.GROUP_COMMANDS:
        return in_private()
    turn.text = (rest or "").strip()
    return await handler(turn)


def _written(shown: Screen | Toast) -> Screen:
    """What a typed digit shows: a toast needs a press, so it is written, and nothing is edited."""
    return shown.fresh() if isinstance(shown, Screen) else Screen(shown.text, edit=False)


def _named(turn: Turn) -> Handler | None:
    return routes.by_text(turn.text) if turn.text and turn.media is None else None


def _digit(turn: Turn) -> Press | None:
    """The press that a lone digit (in any script) stands for on the screen last shown."""
    text = turn.text.strip()
    if len(text) > 2 or not text.isdecimal():
        return None
    row = conversation.load(turn.session, turn.bot.id, turn.chat_id, turn.user_id)
    buttons = list(row.buttons or []) if row else []
    position = int(text)
    if position == 0 or position > len(buttons):
        return None
    return parse_press(buttons[position - 1])
