"""Keeps reminders and offers bearable: those of ten minutes become one message, at most three a day, muted ones none.

All this is decided when they are sent, since only then is it known what is still true and what else was sent.
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
from core.messaging.screen import Button, Screen, button
from core.notices.registry import NOTICES, Klass

MOST_A_DAY = 3
TOGETHER = timedelta(minutes=10)
SLACK = timedelta(minutes=5)  # a reminder is of use this long before its deadline
MOST_AT_ONCE = 4
GENTLE = frozenset({Klass.REMINDER, Klass.CAMPAIGN})

Payload = dict[str, Any]
Word = Callable[[Payload], Screen | None]


@dataclass(frozen=True)
class Later:
    """Not yet: the letter goes at this moment, together with what has come by then."""

    until: datetime


def prepare(
    session: Session, row: Due, listener: Member, zone: str, now: datetime, word: Word
) -> Screen | Later | None:
    """What is sent for this letter now: it alone, it with others, nothing, or nothing yet."""
    local = now.astimezone(ZoneInfo(zone))
    sent = outbox.gently_sent(session, row.bot_id, row.chat_id, local.replace(hour=0, minute=0, second=0))
    if len(sent) >= MOST_A_DAY or is_muted(listener, row.payload):
        return None
    if sent and sent[-1] + TOGETHER > now and not _hurries(session, row.payload, sent[-1] + TOGETHER):
        return Later(sent[-1] + TOGETHER)
    payloads = [row.payload, *row.payload.get("with", ())]
    payloads += outbox.absorb(session, row, now, MOST_AT_ONCE - len(payloads))
    found = [(item, word(item)) for item in payloads if not is_muted(listener, item)]
    shown = [(item, screen) for item, screen in found if screen is not None]
    if not shown:
        return None
    silent = all(item.get("silent") for item, _screen in shown)
    return replace(_together(shown), silent=silent)


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


def _together(shown: Sequence[tuple[Payload, Screen]]) -> Screen:
    """One message: numbered when there are several, and so are their buttons; [🔕] stands once, at the end."""
    letter = NOTICES[shown[0][0]["notice"]].klass.value
    mute = (button("🔕", "mute", value=letter),)
    screens = [replace(screen, rows=_without_mute(screen)) for _payload, screen in shown]
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


def _without_mute(screen: Screen) -> tuple[tuple[Button, ...], ...]:
    rows = (tuple(item for item in row if not (item.press or "").startswith("mute:")) for row in screen.rows)
    return tuple(row for row in rows if row)
