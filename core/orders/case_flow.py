"""The only writer of a case's state: each step is in the table, has one winner and leaves one event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.errors import Changed
from core.events import EventKind, record
from core.messaging import due
from core.orders import late, purse
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import ENDS, CaseState, case_step
from core.orders.flow import locked
from core.orders.models import Order
from core.orders.states import OrderState
from core.settings.service import get_int

_RELEASED = frozenset({OrderState.COMPLETED, OrderState.FORFEITED})
_WAITS = frozenset({CaseState.OPEN, CaseState.OFFERED, CaseState.REPLACING})  # silence here goes to the co-op


def step(session: Session, case: AfterSaleCase, action: str, *, now: datetime, actor_id: int | None = None) -> None:
    """Move the case along one row of its table, plan what silence does, and let the order go on when it ends.

    Refuses Changed when the table has no such row, or when somebody else moved the case first.
    """
    row, came_from = case_step(case.state, action), case.state
    session.flush()
    values: dict[str, Any] = {"state": row.target.value, "rev": case.rev + 1, "updated_at": now}
    values["answer_by"] = _deadline(session, row.target, now)
    moved = update(AfterSaleCase).where(AfterSaleCase.id == case.id, AfterSaleCase.rev == case.rev).values(values)
    result = session.execute(moved, execution_options={"synchronize_session": False})
    if cast("CursorResult[Any]", result).rowcount != 1:
        raise Changed(case_id=case.id, action=action)
    for name, value in values.items():
        set_committed_value(case, name, value)
    _plan(session, case, now)
    kind = EventKind.CASE_OPENED if action == "ask" else EventKind.CASE_MOVED
    facts = {"from": came_from, "to": case.state, "rev": case.rev, "order_id": case.order_id}
    if case.ruled_minor is not None:
        facts |= {"amount": case.ruled_minor, "bearer": case.bearer}
    record(session, kind, case, now=now, actor_id=actor_id, **facts)
    if row.target in ENDS:
        go_on(session, case, now=now)


def go_on(session: Session, case: AfterSaleCase, *, now: datetime) -> None:
    """The order goes on when its last case ended: it confirms itself a while later, or is released at once."""
    if purse.has_open_case(session, case.order_id):
        return
    order = session.get_one(Order, case.order_id)
    if order.state == OrderState.SETTLED_UNDELIVERED:
        purse.keep(session, order, now=now)
    elif order.state in _RELEASED:
        purse.release(session, order, now=now)
    elif order.state == OrderState.CANCELLED:
        late.keep_rest(session, order, now=now)
    elif order.state == OrderState.DELIVERED:
        wait = timedelta(hours=get_int(session, "receipt_hours")) / 2
        due.plan(session, "order.auto_confirm", order.id, now + wait, occurrence=f"case:{case.id}")


def locked_case(session: Session, case: AfterSaleCase) -> Order:
    """The case's order, locked, and the case as it stands now."""
    order = locked(session, case.order_id)
    session.flush()
    session.refresh(case, with_for_update=True)
    return order


def _deadline(session: Session, state: CaseState, now: datetime) -> datetime | None:
    if state in _WAITS:
        return now + timedelta(hours=get_int(session, "case_answer_hours"))
    if state is CaseState.DECIDED:
        return now + timedelta(hours=get_int(session, "case_appeal_hours"))
    return None


def _plan(session: Session, case: AfterSaleCase, now: datetime) -> None:
    """Silence is due; half-way there comes a reminder."""
    if case.answer_by is None:
        return
    occurrence = str(case.rev)
    if case.state == CaseState.DECIDED:
        due.plan(session, "case.carry_out", case.id, case.answer_by, occurrence=occurrence)
        return
    due.plan(session, "case.run_out", case.id, case.answer_by, occurrence=occurrence)
    due.plan(session, "case.reminder", case.id, now + (case.answer_by - now) / 2, occurrence=occurrence)
