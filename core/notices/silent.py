"""Events that nobody is told of, each with its reason; every other event has a notice."""

from __future__ import annotations

from core.events import EventKind

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
    EventKind.CONSENT_GIVEN: "the farmer hears when it is paid; the buyer pressed the button",
    EventKind.TARGET_WAIVED: "the farmer pressed it, and for buyers nothing changes",
    EventKind.DATA_EXPORTED: "whoever asked for it receives the file",
    EventKind.MEMBER_ERASED: "whoever asked for it reads it on the screen; nobody else is to know of them any more",
    EventKind.WAITING_JOINED: "whoever joined reads the place in the list; the farmer sees how many wait on the sale",
    EventKind.WAITING_LEFT: "whoever left pressed the button, and the next in turn hears of an offer",
}
