"""Events that nobody is told of, each with its reason; every other event has a notice."""

from __future__ import annotations

from core.events import EventKind

_LATER = "its conversation comes later; nothing makes it happen yet"
SILENT: dict[EventKind, str] = {
    EventKind.MEMBER_JOINED: "the newcomer is being answered already",
    EventKind.LISTING_UNDONE: "only the farmer knew of it, and pressed the button",
    EventKind.CASH_COLLECTED: "the buyer paid by hand, and ORDER_DELIVERED follows with the sums",
    EventKind.BATCH_STEP: "buyers see it under Track; a message for each step would be noise",
    EventKind.REFUNDED: "the notice of what ended the order says what went back",
    EventKind.MEMBER_UNREACHABLE: "nobody can be told there; staff hears the number once a day (CALL_LIST_DUE)",
    EventKind.HUMAN_SETTLED: "whoever wrote outside the bot said so; the member was answered there",
    EventKind.PERSON_CALLED: "whoever called notes it; colleagues read it on the call list",
    EventKind.SETTING_CHANGED: "whoever changed it reads it on the screen",
    EventKind.CONSENT_ASKED: _LATER,
    EventKind.ORDER_FORFEITED: _LATER,
    EventKind.DELIVERY_FAILED: _LATER,
    EventKind.ORDER_UNDELIVERED: _LATER,
}
