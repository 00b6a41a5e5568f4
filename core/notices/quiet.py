"""When a notice may be heard: the quiet hours of buyers and farmers in each reader's own zone, and deadlines."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.members.models import Member
from core.members.service import actor_of
from core.notices.registry import Quiet
from core.permissions import Role
from core.settings import service as settings


def calm(session: Session, listener: Member, at: datetime) -> datetime:
    """`at`, or the end of the night of this person that `at` lies in: when what is held till morning is told."""
    grows = Role.FARMER in actor_of(session, listener.id).roles
    return morning(session, Role.FARMER if grows else Role.CONSUMER, zone_of(session, listener), at)


def buyers_wake(session: Session, at: datetime) -> datetime:
    """`at`, or the end of the buyers' night by the shop's clock."""
    return morning(session, Role.CONSUMER, settings.get_text(session, "timezone"), at)


def zone_of(session: Session, listener: Member) -> str:
    """The person's own zone, else the shop's."""
    return listener.timezone or settings.get_text(session, "timezone")


def morning(session: Session, role: Role, zone: str, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours that `now` lies in for this role, in the reader's own zone."""
    kind = "farmer" if role is Role.FARMER else "buyer"
    start = settings.get_int(session, f"quiet_{kind}_from")
    end = settings.get_int(session, f"quiet_{kind}_to")
    local = now.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    wakes = midnight.replace(hour=end // 60, minute=end % 60)  # by the clock on the wall, also when summer time begins
    begins = midnight.replace(hour=start)
    over_midnight = begins > wakes
    if local < wakes and (over_midnight or local >= begins):
        return wakes.astimezone(now.tzinfo)
    if over_midnight and local >= begins:
        return (wakes + timedelta(days=1)).astimezone(now.tzinfo)
    return now


def loudness(quiet: Quiet, at: datetime, calm: datetime, deadline: datetime | None) -> tuple[datetime, bool]:
    """(not before, silent): held notices wait for the morning `calm` unless their deadline would pass meanwhile."""
    if calm == at or quiet is Quiet.NOW:
        return at, False
    if quiet is Quiet.SILENT:
        return at, True
    if deadline is not None and deadline < calm:
        return at, True
    return calm, False
