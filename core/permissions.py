"""One registry of actions: who may do what, to whose thing, in which state. All verbs and buttons ask here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from core.errors import Changed, NotAllowed, NotFound, YourOwn


class Role(StrEnum):
    """What a member is to the co-op."""

    CONSUMER = "consumer"
    FARMER = "farmer"
    COURIER = "courier"
    OFFICER = "officer"
    OPERATOR = "operator"
    OWNER = "owner"


class Ownership(StrEnum):
    """Whose the subject must be."""

    ANY = "any"
    OWN = "own"  # the actor's own: the buyer's order, the farmer's campaign, the courier's parcel
    OTHERS = "others"  # not the actor's own: nobody decides on his own money or membership


STAFF = frozenset({Role.OPERATOR, Role.OWNER})
EVERYONE = frozenset(Role)


@dataclass(frozen=True)
class Actor:
    """Who acts: a member with the roles read from the database in this transaction."""

    member_id: int
    roles: frozenset[Role]

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)


@dataclass(frozen=True)
class Rule:
    """An action, the roles that may do it, whose subject it must be, and the subject's states (empty: all)."""

    action: str
    roles: frozenset[Role]
    ownership: Ownership = Ownership.ANY
    states: frozenset[str] = frozenset()


def _rule(
    action: str, roles: Collection[Role], own: bool = False, states: str = "", others: bool = False
) -> tuple[str, Rule]:
    ownership = Ownership.OWN if own else Ownership.OTHERS if others else Ownership.ANY
    return action, Rule(action, frozenset(roles), ownership, frozenset(states.split()))


_BUYERS = EVERYONE  # whoever grows or carries may also buy
_FARMER = {Role.FARMER}
_COURIER = {Role.COURIER, Role.FARMER}
_BEFORE_HARVEST = "open paused closed confirmed"

ACTIONS: dict[str, Rule] = dict([
    # members and farms
    _rule("farm.submit", EVERYONE, own=True),
    _rule("farm.decide", STAFF, states="pending", others=True),
    _rule("role.grant", {Role.OWNER}),
    _rule("settings.change", {Role.OWNER}),
    _rule("queue.see", STAFF),
    _rule("call.note", STAFF),
    _rule("group.add", EVERYONE),
    _rule("privacy.export", EVERYONE, own=True),
    _rule("privacy.erase", EVERYONE, own=True),
    # campaigns
    _rule("campaign.draft", _FARMER),
    _rule("campaign.edit", _FARMER, own=True, states="draft in_review"),
    _rule("campaign.publish", _FARMER, own=True, states="draft"),
    _rule("campaign.undo", _FARMER, own=True, states="in_review open"),
    _rule("campaign.decide", STAFF, states="in_review"),
    _rule("campaign.pause", _FARMER | STAFF, own=True, states="open paused"),
    _rule("campaign.curate", STAFF),
    _rule("campaign.remove", STAFF),
    _rule("campaign.grow", _FARMER, own=True, states=_BEFORE_HARVEST),
    _rule("campaign.harvest", _FARMER, own=True, states=f"{_BEFORE_HARVEST} harvesting"),
    _rule("campaign.lose", _FARMER, own=True, states=f"{_BEFORE_HARVEST} harvesting allocated"),
    _rule("campaign.cancel", _FARMER, own=True, states=f"{_BEFORE_HARVEST} harvesting allocated"),
    _rule("campaign.go_on", _FARMER, own=True, states="open paused closed"),
    _rule("campaign.ask", EVERYONE, others=True, states=f"{_BEFORE_HARVEST} harvesting allocated"),
    _rule("campaign.answer", _FARMER | STAFF, own=True),
    _rule("campaign.sell_rest", _FARMER, own=True, states="allocated done"),
    _rule("campaign.terms", _FARMER, own=True, states="allocated"),
    _rule("campaign.step", _FARMER, own=True, states="allocated done"),
    # orders; the states of each order action come from core/orders/states.py
    _rule("order.reserve", _BUYERS),
    _rule("order.pay", _BUYERS, own=True),
    _rule("order.deliver_to", _BUYERS, own=True),
    _rule("order.note", _BUYERS, own=True),
    _rule("order.message", EVERYONE, own=True),
    _rule("order.cancel", _BUYERS, own=True),
    _rule("order.change", _BUYERS, own=True),
    _rule("order.give", _BUYERS, own=True),
    _rule("order.take_over", _BUYERS, others=True),
    _rule("waiting.join", _BUYERS),
    _rule("waiting.answer", _BUYERS, own=True),
    _rule("order.see", _BUYERS, own=True),
    _rule("order.track", _BUYERS, own=True),
    _rule("order.receive", _BUYERS, own=True),
    _rule("order.more_time", _BUYERS, own=True),
    _rule("order.decline", _BUYERS, own=True),
    _rule("order.consent", _BUYERS, own=True),
    _rule("order.weigh", _FARMER, own=True),
    _rule("order.trouble", _COURIER, own=True),
    _rule("order.retry", _COURIER, own=True),
    _rule("order.forfeit", STAFF, states="overdue", others=True),
    _rule("order.settle", STAFF, states="at_pickup delivery_failed dispatched", others=True),
    _rule("order.review", _BUYERS, own=True),
    _rule("order.reply", _FARMER, own=True),
    _rule("order.complain", _BUYERS, own=True),
    _rule("case.see", EVERYONE, own=True),
    _rule("case.answer", _FARMER, own=True),
    _rule("case.appeal", EVERYONE, own=True),
    _rule("after_sale_case.decide", STAFF, states="disputed appealed", others=True),
    _rule("case.chargeback", STAFF),
    _rule("order.pick", _FARMER, own=True),
    _rule("order.pack", _FARMER, own=True),
    _rule("order.hand_over", _FARMER, own=True),
    _rule("order.collect_cash", _COURIER, own=True),
    _rule("parcel.report", _COURIER, own=True),
    # money
    _rule("payment.decide", STAFF, states="submitted", others=True),
    _rule("wallet.payout", EVERYONE, own=True),
    _rule("farm.payout", _FARMER, own=True),
    _rule("payout.take_back", EVERYONE, own=True, states="asked"),
    _rule("cash.see", STAFF),
    _rule("cash.hand_in", STAFF, others=True),
    _rule("refund.decide", STAFF, states="asked", others=True),
])  # fmt: skip


def may(action: str, actor: Actor, *, owner_id: int | None = None, state: str | None = None) -> bool:
    """Whether the registry allows it; an unknown action is a bug and raises KeyError."""
    rule = ACTIONS[action]
    if not actor.roles & rule.roles:
        return False
    if _foreign(rule, actor, owner_id) or _is_own(rule, actor, owner_id):
        return False
    return state is None or not rule.states or state in rule.states


def require(action: str, actor: Actor, *, owner_id: int | None = None, state: str | None = None) -> None:
    """Refuse what the registry does not allow.

    Raises NotFound (another's thing), NotAllowed, YourOwn (one's own, which another decides), Changed (a past state).
    """
    rule = ACTIONS[action]
    if _foreign(rule, actor, owner_id):
        raise NotFound(
            foreign=action
        )  # the same reply as for a thing that does not exist; the audit log tells them apart
    if not actor.roles & rule.roles:
        raise NotAllowed
    if _is_own(rule, actor, owner_id):
        raise YourOwn
    if state is not None and rule.states and state not in rule.states:
        raise Changed


def _is_own(rule: Rule, actor: Actor, owner_id: int | None) -> bool:
    return rule.ownership is Ownership.OTHERS and owner_id == actor.member_id


def _foreign(rule: Rule, actor: Actor, owner_id: int | None) -> bool:
    if rule.ownership is not Ownership.OWN:
        return False
    if actor.is_staff and rule.roles & STAFF:
        return False
    return owner_id != actor.member_id
