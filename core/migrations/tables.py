"""Imports every table, so that the metadata is whole for migrations and checks."""

from __future__ import annotations

from core.audit import AuditEntry
from core.catalog import models as catalog
from core.catalog import remarks
from core.db import Base
from core.delivery import models as delivery
from core.events import Event
from core.members import calls
from core.members import models as members
from core.messaging import models as messaging
from core.orders import case_models as cases
from core.orders import models as orders
from core.orders import places, term_models
from core.payments import models as payments
from core.reputation import models as reputation
from core.settings import models as settings
from core.tracing import models as tracing

metadata = Base.metadata
__all__ = [
    "AuditEntry", "Event", "calls", "cases", "catalog", "delivery", "members", "messaging", "metadata", "orders",
    "payments", "places", "remarks", "reputation", "settings", "term_models", "tracing",
]  # fmt: skip
