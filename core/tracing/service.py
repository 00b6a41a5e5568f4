"""Verbs of batches: open one at harvest, take its steps."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from core.events import EventKind, record
from core.prepared import upsert
from core.text import clean
from core.tracing.models import Batch, BatchStep
from core.tracing.steps import ORDER, Step, lot_number

PLACE_MOST = 128
_STEPS = cast("Table", BatchStep.__table__)
_TAKE = upsert(
    lambda insert: insert(_STEPS).on_conflict_do_nothing(index_elements=["batch_id", "step"]).returning(_STEPS.c.id)
)


@dataclass(frozen=True)
class StepTaken:
    """A step that a batch took, and when."""

    step: Step
    at: datetime
    place: str
    actor_id: int | None


def open_batch(  # noqa: PLR0913 - the facts of one harvest
    session: Session, *, campaign_id: int, quantity: Decimal, unit: str, actor_id: int | None, now: datetime,
    on: date | None = None,
) -> Batch:  # fmt: skip
    """A batch for what was harvested, with its lot number and its first step; `on` is the farm's day."""
    day = on or now.date()
    # the number holds the row's own id: unique without a counter that all farms would wait for
    batch = Batch(
        campaign_id=campaign_id, lot=f"new {secrets.token_hex(8)}", quantity=quantity, unit=unit, harvested_at=now
    )
    session.add(batch)
    session.flush()
    batch.lot = lot_number(day.year, day.month, day.day, batch.id)
    take_step(session, batch, Step.HARVESTED, actor_id=actor_id, now=now)
    return batch


def take_step(
    session: Session, batch: Batch, step: Step | str, *, actor_id: int | None, now: datetime, place: str = ""
) -> bool:
    """The batch took this step; a step is taken once, and False says that it was already."""
    taken = Step(step)
    session.flush()
    where = clean(place, PLACE_MOST)
    row = {"batch_id": batch.id, "step": taken.value, "actor_id": actor_id, "place": where, "at": now}
    if _TAKE.one(session, row) is None:
        return False
    record(session, EventKind.BATCH_STEP, batch, now=now, actor_id=actor_id, step=taken.value, lot=batch.lot,
           campaign_id=batch.campaign_id)  # fmt: skip
    return True


def steps_of(session: Session, batch: Batch) -> tuple[StepTaken, ...]:
    """The steps a batch took, in the order of `steps`."""
    rows = session.execute(select(BatchStep).where(BatchStep.batch_id == batch.id)).scalars()
    taken = (StepTaken(Step(row.step), row.at, row.place, row.actor_id) for row in rows)
    return tuple(sorted(taken, key=lambda each: ORDER.index(each.step)))


def batches_of(session: Session, campaign_id: int) -> list[Batch]:
    """A campaign's batches, the first harvest first."""
    found = select(Batch).where(Batch.campaign_id == campaign_id).order_by(Batch.id)
    return list(session.execute(found).scalars())


def harvested_at(session: Session, campaign_id: int) -> datetime | None:
    """When a campaign's first batch was harvested."""
    first = select(Batch.harvested_at).where(Batch.campaign_id == campaign_id).order_by(Batch.id).limit(1)
    return session.execute(first).scalar_one_or_none()


def batch_by_lot(session: Session, lot: str) -> Batch | None:
    """The batch whose lot number stands on a label, however it was typed."""
    found = select(Batch).where(Batch.lot == clean(lot, 24).upper())
    return session.execute(found).scalar_one_or_none()
