"""Where a turn goes: dictionaries by callback action, command, tile and state; no chains of filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from aiogram.fsm.state import State

from core.errors import Refusal
from core.i18n import every_translation
from handlers.turn import Handler, Reply, Turn


@dataclass(frozen=True)
class PressRoute:
    """What a press does; `fresh` shows the subject as it stands now when the button was of an earlier revision."""

    handler: Handler
    fresh: Handler | None = None
    in_groups: bool = False


@dataclass(frozen=True)
class StateRoute:
    """What is expected in a state: kinds of content, and an example for whoever sends another kind."""

    handler: Handler
    takes: frozenset[str]
    example: str
    once: bool  # what was accepted is done: an edit of it changes nothing
    digits_press: bool  # on quantity, price and date screens a typed number is the value, elsewhere it presses


RefusalHandler = Callable[[Turn, Refusal], Reply]

PRESSES: dict[str, PressRoute] = {}
COMMANDS: dict[str, Handler] = {}
GROUP_COMMANDS: set[str] = set()
TILES: dict[str, Handler] = {}
WORDS: dict[str, Handler] = {}
STATES: dict[str, StateRoute] = {}
LINKS: dict[str, Handler] = {}
REFUSALS: dict[type[Refusal], RefusalHandler] = {}
KINDS: dict[str, Handler] = {}
FREE_TEXT: list[Handler] = []


def press(action: str, *, fresh: Handler | None = None, in_groups: bool = False) -> Callable[[Handler], Handler]:
    """Handle the callback `action`."""

    def register(handler: Handler) -> Handler:
        if action in PRESSES:
            raise ValueError(f"two handlers for the press {action}")
        PRESSES[action] = PressRoute(handler, fresh, in_groups)
        return handler

    return register


def command(*names: str, in_groups: bool = False) -> Callable[[Handler], Handler]:
    """Handle /name; in a group only where asked for, there the handler looks at turn.is_private."""

    def register(handler: Handler) -> Handler:
        COMMANDS.update(dict.fromkeys(names, handler))
        GROUP_COMMANDS.update(names if in_groups else ())
        return handler

    return register


def tile(*labels: str) -> Callable[[Handler], Handler]:
    """Handle a tile of the reply keyboard; its label is known in every shipped language."""

    def register(handler: Handler) -> Handler:
        TILES.update(dict.fromkeys(labels, handler))
        return handler

    return register


def word(*words: str) -> Callable[[Handler], Handler]:
    """Handle a plain word (back, cancel, help, menu) in every shipped language, wherever the person stands."""

    def register(handler: Handler) -> Handler:
        WORDS.update(dict.fromkeys(words, handler))
        return handler

    return register


def link(prefix: str) -> Callable[[Handler], Handler]:
    """Handle /start payloads that begin with `prefix` (c_ courier, s_ sale ...); the rest is in turn.text."""

    def register(handler: Handler) -> Handler:
        LINKS[prefix] = handler
        return handler

    return register


def expects(
    state: State, *, takes: str = "text", example: str, once: bool = False, digits_press: bool = False
) -> Callable[[Handler], Handler]:
    """Handle content of the kinds in `takes` (space separated) while the person stands in `state`."""

    def register(handler: Handler) -> Handler:
        STATES[str(state.state)] = StateRoute(handler, frozenset(takes.split()), example, once, digits_press)
        return handler

    return register


def kind(*names: str) -> Callable[[Handler], Handler]:
    """Handle content of a kind that no state expected (photo, place, paid, inline, group_added, ...)."""

    def register(handler: Handler) -> Handler:
        KINDS.update(dict.fromkeys(names, handler))
        return handler

    return register


def free_text(handler: Handler) -> Handler:
    """Try `handler` on text that nobody expected; it answers None where the text is nothing to it."""
    FREE_TEXT.append(handler)
    return handler


def refused(*errors: type[Refusal]) -> Callable[[RefusalHandler], RefusalHandler]:
    """Answer a refusal with a screen of its own (an offer, a way on) instead of its bare text."""

    def register(handler: RefusalHandler) -> RefusalHandler:
        REFUSALS.update(dict.fromkeys(errors, handler))
        return handler

    return register


@cache
def _by_text() -> dict[str, Handler]:
    """Tiles and words of every language, folded, to their handlers."""
    found: dict[str, Handler] = {}
    for table in (WORDS, TILES):
        for message, handler in table.items():
            for text in every_translation(message):
                found[fold(text)] = handler
    return found


def by_text(text: str) -> Handler | None:
    """The handler of a tile or word, however it was capitalised."""
    return _by_text().get(fold(text))


def fold(text: str) -> str:
    return text.strip().casefold().replace("\ufe0f", "")
