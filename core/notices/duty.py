"""What staff hears by the clock: how much waits, every hour, and whom nobody reaches, every day."""

from __future__ import annotations

from core.events import EventKind
from core.i18n import Name, _, ngettext_of
from core.members import queries as members
from core.messaging.screen import Screen, button
from core.notices.lookup import staff
from core.notices.registry import Fact, notice
from core.permissions import Role


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


@notice(73, EventKind.AUDIT_HEAD, to=lambda fact: members.staff(fact.session, {Role.OWNER}), quiet="S", klass="O")
def audit_head(fact: Fact) -> Screen | None:
    """The end of the audit log, kept where the database cannot reach it: in the owner's chat."""
    count, head = int(fact.data["count"]), Name(fact.data["hash"])
    told = ngettext_of("🔏 {count} decision in the log, seal {head}", "🔏 {count} decisions in the log, seal {head}",
                       count, head=head)  # fmt: skip
    return Screen(told, edit=False, silent=True)
