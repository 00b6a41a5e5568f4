"""Recurring jobs: `@every("30s")` on a function of (session, now); each is one row that falls due again and again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.messaging import due

Work = Callable[[Session, datetime], None]
SKEW = timedelta(minutes=5)  # clocks of several machines differ a little
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Job:
    """A recurring job: its row's name and how often it runs."""

    name: str
    period: timedelta
    work: Work


JOBS: dict[str, Job] = {}


def every(period: str) -> Callable[[Work], Work]:
    """Register a job that runs every "30s", "10m", "1h" or "1d", once however many schedulers tick."""

    def register(work: Work) -> Work:
        name = f"{due.RECURRING}{work.__name__}"
        if name in JOBS:
            raise ValueError(f"two jobs are named {name}")
        JOBS[name] = Job(name, span(period), work)
        due.task(name)(lambda session, _subject, now: work(session, now))
        return work

    return register


def span(text: str) -> timedelta:
    """ "30s" as a time span. Raises ValueError for what is none."""
    found = re.fullmatch(r"([1-9]\d*)([smhd])", text)
    if found is None:
        raise ValueError(f"not a time span: {text!r}; say 30s, 10m, 1h or 1d")
    return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})


def plan_all(session: Session, now: datetime) -> None:
    """Make the rows of jobs that have none yet; those that tell people by the hour or day begin after a while.

    Rows from before the clock went back are brought forward, else a job would rest as long as the clock went back.
    """
    for name, job in sorted(JOBS.items()):
        due.plan_once(session, name, now if job.period < timedelta(hours=1) else now + job.period)
        due.bring_forward(session, name, now + job.period + SKEW, now)


def following(name: str, now: datetime) -> datetime | None:
    """When a recurring row is due again; None for what happens once. Missed turns are not made up for."""
    job = JOBS.get(name)
    return None if job is None else now + job.period
