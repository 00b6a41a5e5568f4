"""Works off what is due: each row with its effect in one transaction, so that two schedulers do it once."""

from __future__ import annotations

from datetime import datetime

import structlog

import core.orders.due  # noqa: F401 - registers what falls due for orders and sales
from core.db import Database
from core.errors import Refusal
from core.messaging import due

log = structlog.get_logger()
MOST_A_TICK = 500


def run_due(database: Database, now: datetime, most: int = MOST_A_TICK) -> int:
    """Do up to `most` due rows; returns how many. A task that fails is tried later and holds nobody up."""
    for done in range(most):
        if not _one(database, now):
            return done
    return most


def _one(database: Database, now: datetime) -> bool:
    failed: int | None = None
    try:
        with database.writing() as session:
            row = due.claim(session, now)
            if row is None:
                return False
            failed = row.id
            due.task_named(row.task)(session, row.subject, now)
            due.finish(session, row, now)
    except (Refusal, LookupError, ValueError) as error:
        # a task whose subject has moved on refuses; anything else it raises is noted on the row for the operator
        log.warning("due_failed", due=failed, error=f"{type(error).__name__}: {error}")
        if failed is not None:
            with database.writing() as session:
                due.postpone(session, failed, f"{type(error).__name__}: {error}", now)
    return True
