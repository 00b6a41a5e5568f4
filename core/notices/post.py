"""Queues notices in the commit of the events they tell of, and words them when they are sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.errors import NotFound
from core.events import Event, EventKind, take_new
from core.i18n import Speech, speaking, speech_for
from core.members import queries as members
from core.members.models import Member
from core.messaging import outbox
from core.messaging.outbox import Due, Letter
from core.messaging.screen import Screen
from core.notices import gentle, group_post
from core.notices.gentle import Later, Reader
from core.notices.quiet import calm, loudness, zone_of
from core.notices.registry import BY_EVENT, NOTICES, Fact, Notice
from core.settings import service as settings

ANSWERING = "farmgate_answering"  # the member whose press or message this transaction answers


def announce(session: Session) -> None:
    """Queue what the session's new events make known; `Database` calls this before each commit."""
    events = take_new(session)
    for event in events:
        group_post.queue(session, event)  # groups read of a sale before its followers do
        for entry in BY_EVENT.get(EventKind(event.kind), ()):
            _queue(session, event, entry)


def prepare(session: Session, row: Due, now: datetime) -> Screen | Later | None:
    """The screen of a queued notice in its reader's language; None when it is no longer true, Later when not yet."""
    if "group" in row.payload:
        return group_post.prepare(session, row.payload, now)
    listener = members.member(session, row.payload["member"])

    def word(payload: dict[str, Any]) -> Screen | None:
        event = session.get_one(Event, payload["event"])
        try:
            return NOTICES[payload["notice"]].render(_fact(session, event, now, listener.id))
        except NotFound:  # it was handed to another person meanwhile: nothing of this one's any more
            return None

    with speaking(_speech(session, listener)):
        if NOTICES[row.payload["notice"]].klass in gentle.GENTLE:
            reader = Reader(listener, zone_of(session, listener), lambda at: calm(session, listener, at), word)
            return gentle.prepare(session, row, reader, now)
        screen = word(row.payload)
    return screen and replace(screen, silent=screen.silent or bool(row.payload.get("silent")))


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
    if entry.klass in gentle.GENTLE and entry.klass.value in listener.muted_classes:
        return []
    deadline = event.data.get(entry.deadline) if entry.deadline else None
    wakes = calm(session, listener, event.at)
    held, silent = loudness(entry.quiet, event.at, wakes, datetime.fromisoformat(deadline) if deadline else None)
    payload = {"notice": entry.name, "event": event.id, "member": member_id, "silent": silent}
    priority = outbox.BULK if entry.klass in gentle.GENTLE else outbox.NOTICE
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


def _speech(session: Session, listener: Member) -> Speech:
    region = settings.get_text(session, "region")
    language = listener.language or settings.get_text(session, "default_language")
    return speech_for(language, region or None, zone_of(session, listener))


def _fact(session: Session, event: Event, now: datetime, member_id: int) -> Fact:
    return Fact(
        session, EventKind(event.kind), event.subject_kind, event.subject_id, event.actor_id, event.data, event.at,
        now, member_id,
    )  # fmt: skip
