"""Keeps reminders and offers bearable: those of ten minutes become one message, at most three a day, muted ones none.

What is over the bound waits for the next morning if it is of use then. All this is decided when they are sent, since
only then is it known what is still true and what else was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.events import Event
from core.i18n import _
from core.members.models import Member
from core.messaging import outbox
from core.messaging.outbox import Due
from core.messaging.screen import Screen, button
from core.notices.registry import NOTICES, Klass

MOST_A_DAY = 3
TOGETHER = timedelta(minutes=10)
SLACK = timedelta(minutes=5)  # a reminder is of use this long before its deadline
MOST_AT_ONCE = 4
GENTLE = frozenset({Klass.REMINDER, Klass.CAMPAIGN})

Payload = dict[str, Any]


@dataclass(frozen=True)
class Later:
    """Not yet: the letter goes at this moment, together with what has come by then."""

    until: datetime


@dataclass(frozen=True)
class Reader:
    """Whoever is told: their zone, when their quiet hours end after a moment, and how a notice reads to them."""

    member: Member
    zone: str
    calm: Callable[[datetime], datetime]
    word: Callable[[Payload], Screen | None]


def prepare(session: Session, row: Due, reader: Reader, now: datetime) -> Screen | Later | None:
    """What is sent for this letter now: it alone, it with others, nothing, or nothing yet."""
    if is_muted(reader.member, row.payload):
        return None
    midnight = now.astimezone(ZoneInfo(reader.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    sent = outbox.gently_sent(session, row.bot_id, row.chat_id, midnight)
    if len(sent) >= MOST_A_DAY:
        tomorrow = reader.calm((midnight + timedelta(days=1)).astimezone(now.tzinfo))
        return None if _hurries(session, row.payload, tomorrow) else Later(tomorrow)
    if sent and sent[-1] + TOGETHER > now and not _hurries(session, row.payload, sent[-1] + TOGETHER):
        return Later(sent[-1] + TOGETHER)
    payloads = [row.payload, *row.payload.get("with", ())]
    payloads += outbox.absorb(session, row, now, MOST_AT_ONCE - len(payloads))
    found = [(item, reader.word(item)) for item in payloads if not is_muted(reader.member, item)]
    shown = [(item, screen) for item, screen in found if screen is not None]
    if not shown:
        return None
    silent = all(item.get("silent") for item, _screen in shown)
    return replace(_together(_once(shown)), silent=silent)


def is_muted(listener: Member, payload: Payload) -> bool:
    """Whether the person switched this class off, perhaps after it was queued."""
    return NOTICES[payload["notice"]].klass.value in listener.muted_classes


def _hurries(session: Session, payload: Payload, until: datetime) -> bool:
    """Whether waiting until then would bring it too late to act on."""
    entry = NOTICES[payload["notice"]]
    if entry.deadline is None:
        return False
    written = session.get_one(Event, payload["event"]).data.get(entry.deadline)
    return bool(written) and datetime.fromisoformat(written) < until + SLACK


def _once(shown: Sequence[tuple[Payload, Screen]]) -> Sequence[tuple[Payload, Screen]]:
    """A question that was repeated before anybody could answer is asked once: both read as things stand now."""
    return [pair for at, pair in enumerate(shown) if all(pair[1] != screen for _payload, screen in shown[:at])]


def _together(shown: Sequence[tuple[Payload, Screen]]) -> Screen:
    """One message: numbered when there are several, and so are their buttons; [🔕] stands once, at the end."""
    letter = NOTICES[shown[0][0]["notice"]].klass.value
    mute = (button(_("🔕 Stop reminders") if letter == Klass.REMINDER else _("🔕 Stop offers"), "mute", value=letter),)
    screens = [screen for _payload, screen in shown]
    if len(screens) == 1:
        return replace(screens[0], rows=(*screens[0].rows, mute))
    texts = [_("{position}. {text}", position=at, text=screen.text) for at, screen in enumerate(screens, start=1)]
    rows = [
        tuple(replace(item, label=_("{position}. {text}", position=at, text=item.label)) for item in row)
        for at, screen in enumerate(screens, start=1)
        for row in screen.rows
    ]
    photo = next((screen.photo for screen in screens if screen.photo is not None), None)
    return Screen("\n".join(texts), (*rows, mute), photo=photo, edit=False)
