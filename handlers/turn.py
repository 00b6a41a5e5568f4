"""One turn of a conversation: what the person did, where they stand, and what a handler may answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State

from core.config import BotFacts
from core.errors import Changed
from core.i18n import Speech, today
from core.members.person import Person
from core.messaging.screen import Press, Screen
from core.permissions import Actor


@dataclass(frozen=True, slots=True)
class Toast:
    """A short answer to a press, shown over the chat; an alert must be closed by the person."""

    text: str
    alert: bool = False


ANONYMOUS = 1087968824  # the messenger's stand-in for administrators who act in the group's name
MISTAKEN = "mistaken"  # key of the message last refused as an answer, while its question stands

Reply = Screen | Toast | Sequence[Screen | Toast] | None
Handler = Callable[["Turn"], Awaitable[Reply]]


def listed(reply: Reply) -> Sequence[Screen | Toast]:
    """A reply as a sequence."""
    if reply is None:
        return ()
    return (reply,) if isinstance(reply, Screen | Toast) else reply


@dataclass(frozen=True, slots=True)
class Incoming:
    """A picture, voice note or file as the messenger describes it."""

    kind: str  # photo, voice, document, sticker, video, audio, video_note, animation, ...
    file_id: str = ""
    unique_id: str = ""
    mime: str = ""
    size: int = 0
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared contact; `user_id` is whose it is, when the messenger says."""

    phone: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A shared place, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Payer:
    """A successful payment as the messenger reports it; `minor` in minor units of `currency`."""

    currency: str
    minor: int
    payload: str
    charge_id: str


__all__ = ["BotFacts", "Contact", "Handler", "Incoming", "Payer", "Place", "Reply", "Toast", "Turn"]


class _Subject(Protocol):
    @property
    def rev(self) -> int: ...


@dataclass
class Turn:
    """Everything one handler needs; it calls one core verb and returns a Reply."""

    session: Any  # the SQLAlchemy session in hand; handlers only pass it on to core
    now: datetime
    bot: BotFacts
    chat_id: int
    is_private: bool
    user_id: int
    who: Person
    speech: Speech
    fsm: FSMContext
    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    press: Press | None = None
    text: str = ""
    media: Incoming | None = None
    contact: Contact | None = None
    place: Place | None = None
    paid: Payer | None = None
    message_id: int | None = None
    chat_title: str = ""
    first_name: str = ""
    is_edit: bool = False  # the person edited an earlier message
    asked: str | None = None  # the state whose question this text answers
    is_press: bool = False  # a button was pressed, even one whose data we cannot read
    membership: str | None = None  # the bot's own new status in this chat
    can_post: bool = True
    missed: bool = False  # nothing was understood: the buttons last shown stay those that digits press

    @property
    def actor(self) -> Actor:
        return self.who.actor

    @property
    def pressed_id(self) -> int:
        """The id that the pressed button carries; 0 when none was pressed."""
        return self.press.id if self.press else 0

    @property
    def pressed_value(self) -> str:
        """The value that the pressed button carries; empty when it has none, or none was pressed."""
        return self.press.value if self.press else ""

    @property
    def today(self) -> date:
        """The person's calendar day."""
        return today(self.now)

    @property
    def kind(self) -> str:
        """What came: press, text, photo, voice, contact, place, paid, or another medium's name."""
        if self.is_press:
            return "press"
        for name in ("contact", "place", "paid", "membership"):
            if getattr(self, name) is not None:
                return name
        return self.media.kind if self.media else "text"

    async def goto(self, state: State | None, **data: Any) -> None:
        """Stand in `state` with `data` added to what is kept."""
        self.state = state.state if state else None
        self._add(data)
        await self.fsm.set_state(state)
        await self.fsm.set_data(self.data)

    async def keep(self, **data: Any) -> None:
        """Keep more data, staying where the person stands."""
        self._add(data)
        await self.fsm.set_data(self.data)

    async def settle(self, state: State, **data: Any) -> None:
        """Stand in `state` with what was asked before confirmed: an edit of an answer changes nothing any more."""
        await self.goto(state, **data, heard={})

    async def leave(self) -> None:
        """End the conversation and forget its data."""
        self.state, self.data = None, {}
        await self.fsm.clear()

    def _add(self, data: dict[str, Any]) -> None:
        self.data = {**self.data, **data}
        self.data.pop(MISTAKEN, None)  # something was accepted since

    def still(self, subject: _Subject) -> None:
        """Refuse a button of an earlier revision: Changed, and the fresh card is shown."""
        if self.press is not None and self.press.rev != subject.rev:
            raise Changed
