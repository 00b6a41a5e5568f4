"""The only writer of an order's state: each step is in the table, has one winner and leaves one event."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar, cast

from sqlalchemy import Select, Table, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.events import record
from core.money import Money
from core.orders.models import Order
from core.orders.states import OrderState, transition
from core.prepared import Prepared

Row = TypeVar("Row", Order, Campaign)
_ORDER = cast("Table", Order.__table__)


def _move() -> Prepared:
    return Prepared(update(_ORDER).where(_ORDER.c.id == bindparam("order"), _ORDER.c.rev == bindparam("was")))


def _lock(table: type[Row]) -> Select[Row]:
    # FOR NO KEY UPDATE: a new order's foreign key does not wait for it
    found = select(table).where(table.id == bindparam("key")).with_for_update(key_share=True)
    return found.execution_options(populate_existing=True)


# made once, run by each step of an order; a statement sets the columns of its first use: a reason, or none
_MOVE, _MOVE_FOR_A_REASON = _move(), _move()
_LOCKS: dict[type[Any], Select[Any]] = {Order: _lock(Order), Campaign: _lock(Campaign)}


def advance(
    session: Session, order: Order, action: str, *, now: datetime, actor_id: int | None = None,
    reason: str | None = None, **data: object,
) -> None:  # fmt: skip
    """Move the order along one row of the table and append its event, unless the row is silent.

    The event's data: from, to, reason, and what the caller adds (Money, Decimal and dates become plain values).
    Refuses Changed when the table has no such row, or when somebody else moved the order first.
    """
    row = transition(order.state, action)
    came_from = order.state
    values: dict[str, Any] = {"state": row.target.value, "rev": order.rev + 1, "updated_at": now}
    if reason is not None:
        values["reason"] = reason
    move = _MOVE if reason is None else _MOVE_FOR_A_REASON
    if move.count(session, {"order": order.id, "was": order.rev, **values}) != 1:
        raise Changed(order_id=order.id, action=action)
    for name, value in values.items():
        set_committed_value(order, name, value)
    if row.event is not None:
        facts = {"from": came_from, "to": row.target.value, "reason": reason, **data}
        record(session, row.event, order, now=now, actor_id=actor_id, **plain(facts))


def touch(order: Order, now: datetime) -> None:
    """The order changed without moving on: buttons shown so far are of an earlier revision."""
    order.rev += 1
    order.updated_at = now


def plain(facts: dict[str, object]) -> dict[str, Any]:
    """Values as an event keeps them: Money as its minor units (the currency is the order's), the rest as text."""
    return {name: _plain(value) for name, value in facts.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return value.minor
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def locked(session: Session, order_id: int) -> Order:
    """The order as it stands now, kept for this transaction: money and clock never race on stale rows."""
    return _locked(session, Order, order_id)


def locked_campaign(session: Session, campaign_id: int) -> Campaign:
    """The campaign as it stands now; taken before its orders wherever both change, so that nobody waits in a circle."""
    return _locked(session, Campaign, campaign_id)


def _locked(session: Session, table: type[Row], key: int) -> Row:
    row = session.execute(_LOCKS[table], {"key": key}).scalar_one_or_none()
    if row is None:
        raise NotFound
    return cast("Row", row)


def locked_for_money(session: Session, order_id: int) -> Order:
    """The order, locked for money that came; an expired one, which may take its quota again, after its campaign.

    Whether it expired is only sure once it is locked: the lock is given back then, and both are taken in their order.
    """
    try:
        with session.begin_nested():
            order = locked(session, order_id)
            if order.state == OrderState.EXPIRED:
                raise _OutOfOrder
    except _OutOfOrder:
        order = session.get_one(Order, order_id)
        with_campaign(session, order)
    return order


class _OutOfOrder(Exception):
    """The order was locked before its campaign, which is needed too."""


def with_campaign(session: Session, order: Order) -> Campaign:
    """Lock the order's campaign, then the order itself (refreshed in place); for steps that give quota back."""
    campaign = locked_campaign(session, order.campaign_id)
    locked(session, order.id)
    return campaign
