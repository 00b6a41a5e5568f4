"""What staff hears by the clock: how much waits, every hour, and whom nobody reaches, every day."""

from __future__ import annotations

from core.events import EventKind
from core.i18n import _, ngettext_of
from core.messaging.screen import Screen, button
from core.notices.lookup import staff
from core.notices.registry import Fact, notice


@notice(43, EventKind.QUEUE_WAITING, to=staff, quiet="H", klass="O")
def queue_waiting(fact: Fact) -> Screen | None:
    """Something waits on the desk."""
    count, hours = int(fact.data["count"]), int(fact.data["hours"])
    told = ngettext_of("✅ {count} waits, oldest {hours} h.", "✅ {count} wait, oldest {hours} h.", count, hours=hours)
    return Screen(told, ((button(_("✅ To decide"), "oq"),),), edit=False)


@notice(44, EventKind.CALL_LIST_DUE, to=staff, quiet="H", klass="O")
def unreachable(fact: Fact) -> Screen | None:
    """People whom no message reaches: somebody calls them."""
    count = int(fact.data["count"])
    told = ngettext_of("📵 {count} person unreachable.", "📵 {count} people unreachable.", count)
    return Screen(told, ((button(_("📞 Call list"), "ocalls"),),), edit=False)
