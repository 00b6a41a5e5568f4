"""Knows every state of an order and every way from one to another: one table that buttons, diagram and tests share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import Changed
from core.events import EventKind


class OrderState(StrEnum):
    """Where an order stands."""

    HELD = "held"
    RESERVED = "reserved"
    ALLOCATED = "allocated"
    CONSENT_WAIT = "consent_wait"
    BALANCE_DUE = "balance_due"
    OVERDUE = "overdue"
    READY = "ready"
    PACKED = "packed"
    DISPATCHED = "dispatched"
    AT_PICKUP = "at_pickup"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FORFEITED = "forfeited"
    SETTLED_UNDELIVERED = "settled_undelivered"


class Status(StrEnum):
    """The four statuses people know, and closed for what ended otherwise."""

    WAITING_FOR_BUYER = "waiting_for_buyer"  # waiting for buyer to pay
    WAITING_FOR_SELLER = "waiting_for_seller"  # waiting for seller to ship
    SHIPPED = "shipped"
    SUCCESSFUL = "successful"  # transaction successful
    CLOSED = "closed"


class By(StrEnum):
    """Who makes it happen; buttons belong to people, the rest to the clock and to money that comes in."""

    BUYER = "buyer"
    SELLER = "seller"
    COURIER = "courier"
    STAFF = "staff"
    CLOCK = "clock"
    MONEY = "money"


_S = OrderState
_STATES_OF_STATUS = {
    Status.WAITING_FOR_BUYER: (_S.HELD, _S.CONSENT_WAIT, _S.BALANCE_DUE, _S.OVERDUE),
    Status.WAITING_FOR_SELLER: (_S.RESERVED, _S.ALLOCATED, _S.READY, _S.PACKED),
    Status.SHIPPED: (_S.DISPATCHED, _S.AT_PICKUP, _S.DELIVERY_FAILED, _S.DELIVERED),
    Status.SUCCESSFUL: (_S.COMPLETED,),
    Status.CLOSED: (_S.EXPIRED, _S.CANCELLED, _S.FORFEITED, _S.SETTLED_UNDELIVERED),
}
STATUS_OF = {state: status for status, states in _STATES_OF_STATUS.items() for state in states}

BEFORE_PACKED = frozenset({_S.HELD, _S.RESERVED, _S.ALLOCATED, _S.CONSENT_WAIT, _S.BALANCE_DUE, _S.OVERDUE, _S.READY})
ENDS = frozenset({_S.COMPLETED, _S.EXPIRED, _S.CANCELLED, _S.FORFEITED, _S.SETTLED_UNDELIVERED})
OPEN = frozenset(_S) - ENDS
# a campaign's `reserved` is the sum of the quantities of its orders in these states
COUNTED = OPEN | {_S.COMPLETED}


@dataclass(frozen=True)
class Transition:
    """One row: an action, the states it starts from, where it leads, what is told (nothing: silent), and by whom."""

    action: str
    sources: frozenset[OrderState]
    target: OrderState
    event: EventKind | None
    by: By


def _row(action: str, sources: str, to: str, by: str, event: EventKind | None = None) -> Transition:
    states = frozenset(OrderState(source) for source in sources.split())
    return Transition(action, states, OrderState(to), event, By(by))


_E = EventKind
_BEFORE_PACKED = " ".join(sorted(BEFORE_PACKED))

TABLE: tuple[Transition, ...] = (
    # deposit
    _row("pay_deposit", "held", "reserved", "money", _E.DEPOSIT_PAID),
    _row("need_no_deposit", "held", "reserved", "money"),  # ORDER_HELD, just told, says that nothing is to pay
    _row("pay_deposit_late", "expired", "reserved", "money", _E.DEPOSIT_PAID),
    _row("expire", "held", "expired", "clock", _E.ORDER_EXPIRED),
    # ends before the crop is weighed
    _row("cancel", "held reserved", "cancelled", "buyer", _E.ORDER_CANCELLED),
    _row("cancel_late", "reserved", "cancelled", "buyer", _E.ORDER_CANCELLED),  # after the cutoff: deposit kept
    _row("decline", "reserved allocated balance_due ready", "cancelled", "buyer", _E.ORDER_CANCELLED),  # short
    _row("miss_target", "reserved", "cancelled", "clock", _E.ORDER_CANCELLED),
    _row("lose_crop", _BEFORE_PACKED, "cancelled", "seller", _E.ORDER_CANCELLED),
    _row("withdraw", _BEFORE_PACKED, "cancelled", "seller", _E.ORDER_CANCELLED),  # the farmer cancels the sale
    _row("call_off", _BEFORE_PACKED, "cancelled", "staff", _E.ORDER_CANCELLED),
    # harvest
    _row("allocate", "reserved", "allocated", "seller", _E.ORDER_ALLOCATED),
    _row("cut_out", "reserved", "cancelled", "seller", _E.ORDER_CANCELLED),  # nothing, or less than is useful, is left
    _row("ask_consent", "allocated", "consent_wait", "seller", _E.CONSENT_ASKED),
    _row("ask_terms", "balance_due", "consent_wait", "seller", _E.TERMS_ASKED),  # a higher price, other goods
    _row("take_back", "consent_wait", "balance_due", "seller", _E.BALANCE_DUE),  # the terms asked for; the agreed stay
    _row("consent", "consent_wait", "balance_due", "buyer", _E.BALANCE_DUE),
    _row("cap_unheard", "consent_wait", "balance_due", "clock", _E.BALANCE_DUE),
    _row("refuse_terms", "consent_wait", "cancelled", "buyer", _E.ORDER_CANCELLED),
    _row("end_unheard", "consent_wait", "cancelled", "clock", _E.ORDER_CANCELLED),  # goods nobody agreed to get
    # balance
    _row("ask_balance", "allocated", "balance_due", "seller", _E.BALANCE_DUE),
    _row("owe_nothing", "allocated", "ready", "seller", _E.BALANCE_PAID),
    _row("owe_more", "ready packed", "balance_due", "buyer", _E.BALANCE_DUE),  # a delivery fee joined a paid order
    _row("pay_balance", "balance_due overdue", "ready", "money", _E.BALANCE_PAID),
    _row("agree_cash", "balance_due overdue", "ready", "buyer", _E.CASH_AGREED),
    _row("run_late", "balance_due", "overdue", "clock", _E.BALANCE_OVERDUE),
    _row("forfeit", "overdue", "forfeited", "clock", _E.ORDER_FORFEITED),
    # on the way
    _row("pack", "ready", "packed", "seller", _E.ORDER_PACKED),
    _row("dispatch", "packed", "dispatched", "courier", _E.ORDER_DISPATCHED),
    _row("put_at_pickup", "packed", "at_pickup", "seller", _E.ORDER_AT_PICKUP),
    _row("deliver", "dispatched at_pickup", "delivered", "courier", _E.ORDER_DELIVERED),
    _row("fail_delivery", "dispatched at_pickup", "delivery_failed", "courier", _E.DELIVERY_FAILED),
    _row("dispatch_again", "delivery_failed", "dispatched", "courier", _E.ORDER_DISPATCHED),
    _row("put_at_pickup_again", "delivery_failed", "at_pickup", "seller", _E.ORDER_AT_PICKUP),
    _row("settle_undelivered", "dispatched at_pickup delivery_failed", "settled_undelivered", "staff",
         _E.ORDER_UNDELIVERED),
    _row("receive", "delivered", "completed", "buyer", _E.ORDER_COMPLETED),
    _row("auto_confirm", "delivered", "completed", "clock", _E.ORDER_COMPLETED),
)  # fmt: skip

_BY_PAIR = {(source, row.action): row for row in TABLE for source in row.sources}
ACTIONS = tuple(row.action for row in TABLE)


def transition(state: OrderState | str, action: str) -> Transition:
    """The row that leads on from `state` by `action`. Refuses Changed when there is none; unknown actions are bugs."""
    if action not in ACTIONS:
        raise KeyError(action)
    row = _BY_PAIR.get((OrderState(state), action))
    if row is None:
        raise Changed(state=str(state), action=action)
    return row


def target(state: OrderState | str, action: str) -> OrderState:
    """Where `action` leads from `state`; refuses Changed when it leads nowhere."""
    return transition(state, action).target


def actions_from(state: OrderState | str) -> tuple[str, ...]:
    """The actions that lead on from `state`, in the table's order."""
    return tuple(row.action for row in TABLE if OrderState(state) in row.sources)


def sources_of(action: str) -> frozenset[OrderState]:
    """The states in which `action` is possible."""
    return frozenset(source for source, name in _BY_PAIR if name == action)


def status_of(state: OrderState | str) -> Status:
    return STATUS_OF[OrderState(state)]


_AFTER_DEPOSIT = frozenset({_S.RESERVED, _S.ALLOCATED, _S.BALANCE_DUE, _S.OVERDUE, _S.READY})
_PAID_ON = frozenset({_S.READY, _S.PACKED, _S.DISPATCHED, _S.AT_PICKUP, _S.DELIVERED, _S.COMPLETED})

# in which states each action of the permission registry makes sense: these are the buttons on an order's card
PRESSES: dict[str, frozenset[OrderState]] = {
    # reserved: the deposit of what is added
    "order.pay": sources_of("pay_deposit") | sources_of("pay_balance") | {_S.RESERVED},
    "order.change": frozenset({_S.RESERVED}),
    "order.give": frozenset({_S.RESERVED, _S.ALLOCATED}),
    "order.deliver_to": _AFTER_DEPOSIT | {_S.PACKED},  # packed: only what the buyer had not said
    "order.note": OPEN - {_S.PACKED, _S.DISPATCHED, _S.AT_PICKUP, _S.DELIVERY_FAILED, _S.DELIVERED},
    "order.message": OPEN | {_S.COMPLETED},
    "order.cancel": sources_of("cancel"),
    "order.track": (OPEN | {_S.COMPLETED}) - {_S.HELD},
    "order.receive": sources_of("receive"),
    "order.review": frozenset({_S.DELIVERED, _S.COMPLETED}),
    "order.more_time": frozenset({_S.BALANCE_DUE}),
    "order.decline": sources_of("decline") - {_S.RESERVED},
    "order.consent": sources_of("consent"),
    "order.weigh": sources_of("ask_consent"),
    "order.trouble": sources_of("fail_delivery"),
    "order.retry": sources_of("dispatch_again"),
    "order.complain": frozenset({_S.DISPATCHED, _S.DELIVERED, _S.COMPLETED}),
    "order.pick": sources_of("pack"),
    "order.pack": sources_of("pack"),
    "order.hand_over": sources_of("dispatch"),
    "parcel.report": sources_of("dispatch") | sources_of("deliver"),
    "order.collect_cash": _PAID_ON,
}


def mermaid() -> str:
    """The table as a state diagram; docs/order-states.mmd is this text."""
    lines = ["stateDiagram-v2", "    [*] --> held: reserve"]
    lines += [
        f"    {source} --> {row.target}: {row.action} ({row.by})" for row in TABLE for source in sorted(row.sources)
    ]
    lines += [f"    {state} --> [*]" for state in OrderState if state in ENDS]
    return "\n".join(lines) + "\n"
