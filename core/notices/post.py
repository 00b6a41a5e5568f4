"""Queues notices in the commit of the events they tell of, and words them when they are sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.events import Event, EventKind, take_new
from core.i18n import Speech, speaking, speech_for
from core.members import queries as members
from core.members.models import Member
from core.members.service import actor_of
from core.messaging import outbox
from core.messaging.outbox import Letter
from core.messaging.screen import Screen
from core.notices.registry import BY_EVENT, NOTICES, Fact, Klass, Notice, Quiet
from core.permissions import Role
from core.settings import service as settings

ANSWERING = "farmgate_answering"  # the member whose press or message this transaction answers


def announce(session: Session) -> None:
    """Queue what the session's new events make known; `Database` calls this before each commit."""
    events = take_new(session)
    for event in events:
        for entry in BY_EVENT.get(EventKind(event.kind), ()):
            _queue(session, event, entry)


def prepare(session: Session, payload: dict[str, Any], now: datetime) -> Screen | None:
    """The screen of a queued notice in its reader's language, or None when it is no longer true."""
    entry = NOTICES[payload["notice"]]
    event = session.get_one(Event, payload["event"])
    with speaking(_speech(session, members.member(session, payload["member"]))):
        return entry.render(_fact(session, event, now, payload["member"]))


def morning(session: Session, role: Role, zone: str, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours that `now` lies in for this role, in the reader's own zone."""
    kind = "farmer" if role is Role.FARMER else "buyer"
    start = settings.get_int(session, f"quiet_{kind}_from")
    end = settings.get_int(session, f"quiet_{kind}_to")
    local = now.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    wakes = midnight + timedelta(minutes=end)
    if local < wakes:
        return wakes.astimezone(now.tzinfo)
    if local >= midnight + timedelta(hours=start):
        return (wakes + timedelta(days=1)).astimezone(now.tzinfo)
    return now


def _queue(session: Session, event: Event, entry: Notice) -> None:
    fact = _fact(session, event, event.at, 0)
    answering = session.info.get(ANSWERING)
    letters: list[Letter] = []
    for member_id in dict.fromkeys(entry.to(fact)):
        if member_id == answering and not entry.tell_actor:
            continue  # the screen that answers this person's press says it already
        letters.extend(_letters(session, event, entry, member_id))
    outbox.put(session, letters, event.at)


def _letters(session: Session, event: Event, entry: Notice, member_id: int) -> list[Letter]:
    listener = members.member(session, member_id)
    if entry.klass.value in listener.muted_classes and entry.klass in (Klass.REMINDER, Klass.CAMPAIGN):
        return []
    calm = _calm(session, listener, event.at)
    held, silent = _loudness(entry, event, calm)
    payload = {"notice": entry.name, "event": event.id, "member": member_id, "silent": silent}
    priority = outbox.BULK if entry.klass in (Klass.REMINDER, Klass.CAMPAIGN) else outbox.NOTICE
    return [
        Letter(
            f"n:{event.id}:{entry.name}:{member_id}:{identity.bot_id}",
            identity.bot_id,
            identity.chat_id,
            "notice",
            payload,
            held,
            priority,
        )
        for identity in members.reach(session, member_id)
    ]


def _calm(session: Session, listener: Member, at: datetime) -> datetime:
    zone = listener.timezone or settings.get_text(session, "timezone")
    grows = Role.FARMER in actor_of(session, listener.id).roles
    return morning(session, Role.FARMER if grows else Role.CONSUMER, zone, at)


def _speech(session: Session, listener: Member) -> Speech:
    region, zone = settings.get_text(session, "region"), settings.get_text(session, "timezone")
    language = listener.language or settings.get_text(session, "default_language")
    return speech_for(language, region or None, listener.timezone or zone)


def _loudness(entry: Notice, event: Event, calm: datetime) -> tuple[datetime, bool]:
    """(not before, silent): held notices wait for the morning unless their deadline would pass meanwhile."""
    if calm == event.at or entry.quiet is Quiet.NOW:
        return event.at, False
    if entry.quiet is Quiet.SILENT:
        return event.at, True
    deadline = event.data.get(entry.deadline) if entry.deadline else None
    if deadline and datetime.fromisoformat(deadline) < calm:
        return event.at, True
    return calm, False


def _fact(session: Session, event: Event, now: datetime, member_id: int) -> Fact:
    return Fact(
        session, EventKind(event.kind), event.subject_kind, event.subject_id, event.actor_id, event.data, event.at,
        now, member_id,
    )  # fmt: skip
