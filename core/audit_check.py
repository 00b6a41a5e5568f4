"""Says what is wrong with the audit log: entries edited, deleted or never written, triggers that went missing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from core import audit
from core.audit import AuditEntry
from core.events import AUDITED, Event

_GUARDS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_entry'::regclass AND tgenabled = 'O'",
}
GUARDS = {
    "sqlite": {"audit_entry_kept", "audit_entry_stays", "audit_entry_follows"},
    "postgresql": {"audit_entry_stays"},
}

_CHAINED = select(AuditEntry.id).where(AuditEntry.event_id == Event.id).exists()
_UNTOLD = (
    select(Event.id, Event.kind)
    .where(Event.kind.in_([kind.value for kind in AUDITED]), ~_CHAINED, Event.id > bindparam("began"))
    .order_by(Event.id)
)


def broken(session: Session) -> list[str]:
    """A sentence for each thing that is wrong."""
    return [*_guards(session), *audit.broken(session), *_untold(session)]


def _guards(session: Session) -> Iterator[str]:
    dialect = session.get_bind().dialect.name
    there = set(session.execute(text(_GUARDS[dialect])).scalars())
    for name in sorted(GUARDS[dialect] - there):
        yield f"the trigger {name}, which keeps the audit log from being changed, is missing or off"


def _untold(session: Session) -> Iterator[str]:
    """Decisions since the log began that it does not tell of: its end was cut off."""
    began = session.execute(select(AuditEntry.event_id).where(AuditEntry.id == 1)).scalar()
    since, waiting = audit.since(session), audit.waiting(session)
    for number, kind in session.execute(_UNTOLD, {"began": began or 0}):
        if number <= since.get(kind, 0) or number in waiting:
            continue
        yield f"the audit log does not tell of event {number} ({kind}): its entry was deleted"
