"""Knows every state of money going out and every way from one to another: code, diagram and tests share one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import Changed
from core.events import EventKind
from core.orders.states import By
from core.payments.models import Refund


class PayoutState(StrEnum):
    """Where money on its way out stands: the first two are sums in the ledger, the others are of a row."""

    ACCRUING = "accruing"  # paid by buyers or just released: not to be taken yet
    AVAILABLE = "available"
    REQUESTED = "asked"
    SENT = "done"
    FAILED = "refused"
    TAKEN_BACK = "taken_back"
    BOOKED = "booked"  # money from nobody we knew, whose order was found


@dataclass(frozen=True)
class Way:
    """One row: an action, where it starts and leads, what is told (nothing: silent), and by whom."""

    action: str
    source: PayoutState
    target: PayoutState
    by: By
    event: EventKind | None = None


_S, _E = PayoutState, EventKind

TABLE: tuple[Way, ...] = (
    Way("come_free", _S.ACCRUING, _S.AVAILABLE, By.CLOCK),  # after the payout delay
    Way("ask", _S.AVAILABLE, _S.REQUESTED, By.SELLER, _E.PAYOUT_ASKED),  # or whoever has a wallet
    Way("send", _S.REQUESTED, _S.SENT, By.STAFF, _E.PAYOUT_DONE),
    Way("fail", _S.REQUESTED, _S.FAILED, By.STAFF, _E.PAYOUT_DONE),
    Way("take_back", _S.REQUESTED, _S.TAKEN_BACK, By.SELLER, _E.PAYOUT_TAKEN_BACK),
    Way("book", _S.REQUESTED, _S.BOOKED, By.STAFF, _E.MONEY_BOOKED),
)
_BY_ACTION = {way.action: way for way in TABLE}


def target(state: PayoutState | str, action: str) -> PayoutState:
    """Where `action` leads from `state`. Refuses Changed when it leads nowhere; unknown actions are bugs."""
    way = _BY_ACTION[action]
    if way.source != PayoutState(state):
        raise Changed(state=str(state), action=action)
    return way.target


def go(refund: Refund, action: str) -> None:
    """The only place that moves a row on; it counts as a new revision. Refuses Changed."""
    refund.state = target(refund.state, action).value
    refund.rev += 1


def mermaid() -> str:
    """The table as a state diagram; docs/payout-states.mmd is this text."""
    lines = ["stateDiagram-v2", "    [*] --> accruing: money of an order"]
    lines += [f"    {way.source} --> {way.target}: {way.action} ({way.by})" for way in TABLE]
    ends = set(_S) - {way.source for way in TABLE}
    lines += [f"    {state} --> [*]" for state in _S if state in ends]
    return "\n".join(lines) + "\n"
