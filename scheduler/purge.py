"""What is forgotten: raw updates and sent messages after 14 days, drafts after 30, work long done."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from core.catalog.old_drafts import forget_drafts
from core.clock import machine_now
from core.messaging import due, inbox, outbox
from scheduler.every import every

log = structlog.get_logger()
ROAD_DAYS = timedelta(days=14)
DRAFT_DAYS = timedelta(days=30)
WORK_DAYS = timedelta(days=400)  # longer than any sale lasts


@every("1d")
def forget(session: Session, now: datetime) -> None:
    """The outbox knows the machine's time of each send, the rest the market's."""
    gone = {
        "updates": inbox.purge(session, now - ROAD_DAYS),
        "letters": outbox.purge(session, min(now, machine_now()) - ROAD_DAYS),
        "drafts": forget_drafts(session, now - DRAFT_DAYS),
        "work": due.forget_done(session, now - WORK_DAYS),
    }
    log.info("purged", **gone)
