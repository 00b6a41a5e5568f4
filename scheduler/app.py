"""Runs the ticks: what is due, every second, on whichever process leads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import DBAPIError

from core.clock import Clock
from core.db import Database
from scheduler.jobs import run_due
from scheduler.leader import LEASE, Fenced, Leader

log = structlog.get_logger()
TICK_SECONDS = 1.0


@dataclass(frozen=True)
class Ticker:
    """What a tick works with."""

    database: Database
    clock: Clock
    sender: Callable[[], None]
    leader: Leader

    async def tick(self) -> None:
        """Do what is due if this process leads; a database that is away is tried again at the next tick."""
        try:
            if not self.leader.leads():
                return
            done = run_due(self.database, self.clock.now(), guard=self.leader.guard)
        except Fenced:
            log.warning("lead_lost")
            return
        except DBAPIError as error:
            log.error("tick_failed", error=str(error.orig).splitlines()[0] if error.orig else "")
            return
        if done:
            self.sender()


async def run(
    database: Database, clock: Clock, sender: Callable[[], None], stop: asyncio.Event, lease: timedelta = LEASE
) -> None:  # fmt: skip
    """Tick until told to stop. Jobs live in memory: APScheduler's shared stores run jobs twice."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    leader = Leader(database, lease=lease)
    ticker = Ticker(database, clock, sender, leader)
    scheduler.add_job(ticker.tick, "interval", seconds=TICK_SECONDS, max_instances=1, coalesce=True)
    scheduler.start()
    try:
        await stop.wait()
    finally:
        scheduler.shutdown(wait=False)
        with suppress(DBAPIError):  # the lease runs out by itself
            leader.release()
