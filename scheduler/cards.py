"""Cards in groups: those that show too little are told to edit themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.events import EventKind, record
from core.notices.group_post import stale_campaigns
from scheduler.every import every


@every("30s")
def group_cards(session: Session, now: datetime) -> None:
    """Another 5 % reserved, or another day gone by."""
    for campaign in stale_campaigns(session, now):
        record(session, EventKind.CAMPAIGN_PROGRESS, campaign, now=now)
