"""What farmers are told at the end of the day: new reservations at 18:00, tomorrow's pick list at 17:00, their time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.messaging import due
from core.orders import evening
from scheduler.every import every

due.task("farm.daily_summary")(evening.tell_reservations)
due.task("farm.pick_lists")(evening.tell_pick_lists)


@every("10m")
def plan_evenings(session: Session, now: datetime) -> None:
    """A row a farm and evening, two days ahead; the date is its occurrence, so that it is told once."""
    for moment in evening.evenings(session, now):
        due.plan(session, moment.task, moment.farm_id, moment.at, occurrence=moment.day.isoformat())
