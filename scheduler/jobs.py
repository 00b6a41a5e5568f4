"""Works off what is due: each row with its effect in one transaction, so that two schedulers do it once."""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable
from datetime import datetime
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import core.orders.due  # noqa: F401 - registers the tasks of orders
import scheduler
from core.clock import ticks
from core.db import Database
from core.messaging import due
from core.messaging.models import Due
from scheduler import every
from scheduler.leader import Fenced

log = structlog.get_logger()
MOST_A_TICK = 500
Guard = Callable[[Session], None]  # raises when another scheduler leads by now
LOOK_SECONDS = 60.0
_LOOK_AT: WeakKeyDictionary[Database, float] = WeakKeyDictionary()  # on a clock that never jumps


def load_all() -> None:
    """Import every family of jobs, so that their rows can be claimed."""
    for module in pkgutil.iter_modules(scheduler.__path__):
        importlib.import_module(f"scheduler.{module.name}")


def run_due(database: Database, now: datetime, most: int = MOST_A_TICK, guard: Guard | None = None) -> int:
    """Do up to `most` due rows; returns how many. A task that fails is tried later and holds nobody up."""
    _plan(database, now, guard)
    for done in range(most):
        if not _one(database, now, guard):
            return done
    return most


def _plan(database: Database, now: datetime, guard: Guard | None) -> None:
    """Once a minute: the recurring rows are there, and none is planned beyond its turn."""
    if ticks() < _LOOK_AT.get(database, -math.inf):
        return
    load_all()
    with database.writing() as session:
        every.plan_all(session, now)
        if guard is not None:
            guard(session)
    _LOOK_AT[database] = ticks() + LOOK_SECONDS


def _one(database: Database, now: datetime, guard: Guard | None) -> bool:
    failed: int | None = None
    try:
        with database.writing() as session:
            row = due.claim(session, now)
            if row is None:
                return False
            failed = row.id
            due.task_named(row.task)(session, row.subject, now)
            _settle(session, row, now)
            if guard is not None:
                guard(session)  # last: whoever lost the lead while working must not commit
    except (OperationalError, Fenced):
        raise  # the database is away, or another leads: the row is as it was
    except Exception as error:
        # a task whose subject has moved on refuses; anything else it raises is noted on the row for the operator
        log.warning("due_failed", due=failed, error=type(error).__name__)  # its words may name people
        if failed is not None:
            with database.writing() as session:
                due.postpone(session, failed, f"{type(error).__name__}: {error}", now)
                if guard is not None:
                    guard(session)
    return True


def _settle(session: Session, row: Due, now: datetime) -> None:
    again_at = every.following(row.task, now)
    if again_at is None:
        due.finish(session, row, now)
    else:
        due.again(session, row, again_at)
