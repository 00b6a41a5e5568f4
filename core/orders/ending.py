"""How an order ends without the goods: all its money to the buyer's wallet, its share back to the quota, timers off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.messaging import due
from core.money import Money
from core.orders.contested import going_back
from core.orders.flow import advance
from core.orders.models import Order
from core.orders.purse import give_back, paid
from core.orders.reserve import release_quota
from core.orders.states import OPEN

HOLD_TASKS = ("order.hold_ends", "order.deposit_reminder", "order.more_ends")
BALANCE_TASKS = (
    "order.balance_reminder", "order.balance_late", "order.forfeit", "order.consent_ends", "order.terms_end",
    "order.terms_reminder",
)  # fmt: skip
_THESE = (Order.campaign_id == bindparam("campaign"), Order.state.in_(bindparam("states", expanding=True)))
_LOCKED = (  # made once, as is the one below: whatever is decided about a sale asks them
    select(Order).where(*_THESE).order_by(Order.id).with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)  # fmt: skip
_ONE = select(Order.id).where(*_THESE).limit(1)


@dataclass(frozen=True)
class End:
    """How an order ends: the action of the table, the reason told, and who did it (empty: the clock)."""

    action: str
    reason: str
    actor_id: int | None = None


def end_order(
    session: Session, order: Order, campaign: Campaign, end: End, *, now: datetime, kept: Money | None = None,
    **facts: object,
) -> Money:  # fmt: skip
    """End a locked order of a locked campaign; returns what went to the buyer's wallet: all but what is `kept`, and
    but what a provider took back of it. `facts` join the event.
    """
    back = paid(session, order)
    if kept is not None:
        back, facts = back - kept, {"kept": kept, **facts}
    told = going_back(session, order, back).now if back else back
    advance(session, order, end.action, now=now, actor_id=end.actor_id, reason=end.reason, back=told, **facts)
    release_quota(session, campaign, order)
    stop_timers(session, order)
    return give_back(session, order, back, why=end.reason, now=now, actor_id=end.actor_id)


def stop_timers(session: Session, order: Order) -> None:
    """Forget what was planned about paying."""
    due.drop_all(session, (*HOLD_TASKS, *BALANCE_TASKS), order.id)


def locked_orders(session: Session, campaign: Campaign, states: frozenset[str]) -> list[Order]:
    """The campaign's orders in these states, in the order in which they were made, locked."""
    return list(session.scalars(_LOCKED, {"campaign": campaign.id, "states": sorted(states)}))


def close_if_over(session: Session, campaign: Campaign, now: datetime) -> None:
    """The last open order of a harvested sale has ended: the sale (locked before its orders) is done."""
    still_open = {"campaign": campaign.id, "states": sorted(OPEN)}
    if campaign.state == "allocated" and session.execute(_ONE, still_open).first() is None:
        move_campaign(campaign, "done", now)


def move_campaign(campaign: Campaign, state: str, now: datetime) -> None:
    """Where a decision about many orders leaves their campaign."""
    campaign.state = state
    campaign.rev += 1
    campaign.updated_at = now
