"""What staff alone may do about money or membership leaves an event that the audit log is chained to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from core.events import AUDITED, EventKind
from core.orders import payout_states, states
from core.permissions import ACTIONS, STAFF, Role
from tests.architecture.source import Function, Module, modules

SLICES = ("core/orders/", "core/payments/", "core/members/", "core/catalog/publish")
# verbs of staff that leave no such event; and why
NO_DECISION = {
    "core/orders/desk.py": "reads what waits",
    "core/members/calls.py": "notes a telephone call: no money moves, nobody's standing changes",
    "core/members/human.py": "answers a person in words",
    "core/orders/queries.py": "reads",
    "call_off": "remove follows in the same transaction and tells it",
    "recommend": "what stands first in the market: no money moves, nobody's standing changes",
    "rank": "the same",
    "core/members/invites.py": "makes a link; ROLE_GIVEN tells who took it",
    "decide_farm": "its kinds stand in a table of the module: approved and rejected are audited",
    "_decided": "rule, which calls it, tells what came of it",
    "check_rules": "asks whether a ruling is allowed, before it",
}
_AUDITED = {kind.name for kind in AUDITED}
_OF_STEP = {
    row.action: row.event.name for row in (*states.TABLE, *payout_states.TABLE) if row.event is not None
}  # fmt: skip


def _staff_only() -> set[str]:
    """Actions that no farmer, buyer or courier may do."""
    return {name for name, rule in ACTIONS.items() if rule.roles <= STAFF | {Role.OWNER}}


def _names(function: ast.AST) -> set[str]:
    """Functions called, kinds of events named, and what a step of a table tells."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(_OF_STEP.get(node.value, ""))
    return found


def _decided_in(function: Function) -> Iterator[str]:
    """The staff-only actions that this function requires, by itself or by `decide` (whose action is the table's)."""
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        first = call.args[0] if call.args else None
        if named == "require" and isinstance(first, ast.Constant) and first.value in _staff_only():
            yield str(first.value)
        elif named == "decide":
            yield "decide"


def untold(ours: tuple[Module, ...] | list[Module]) -> list[str]:
    """Verbs that write (they are told `now`) on a staff-only action and reach no audited event."""
    called = {each.name: _names(each) for module in ours for each in module.functions()}
    wrong = []
    for module in ours:
        for each in module.functions():
            writes = any(one.arg == "now" for one in (*each.args.kwonlyargs, *each.args.args))
            excused = module.path in NO_DECISION or each.name in NO_DECISION
            if writes and not excused and [*_decided_in(each)] and not _reaches(each.name, called) & _AUDITED:
                wrong.append(f"{module.at(each)} {each.name}")
    return wrong


def _reaches(name: str, called: dict[str, set[str]]) -> set[str]:
    seen, todo = {name}, [name]
    while todo:
        for other in called.get(todo.pop(), set()) - seen:
            seen.add(other)
            todo.append(other)
    return seen


def test_every_verb_of_staff_alone_is_audited() -> None:
    ours = [module for module in modules("core") if module.path.startswith(SLICES)]
    assert untold(ours) == []
    verbs = [each.name for module in ours for each in module.functions() if [*_decided_in(each)]]
    assert {"hand_in", "forfeit", "settle_undelivered", "end_chargeback", "decide_payout"} <= set(verbs)


def test_a_verb_that_tells_nobody_is_found() -> None:
    text = 'def pay(session, actor, *, now):\n    require("cash.hand_in", actor)\n    record(EventKind.REFUNDED)\n'
    assert untold([Module("core/orders/bad.py", text)]) == ["core/orders/bad.py:1 pay"]
    good = text.replace("REFUNDED", "CASH_HANDED_IN")
    assert untold([Module("core/orders/good.py", good)]) == []


def test_what_an_order_loses_is_audited_whoever_ended_it() -> None:
    assert {EventKind.ORDER_FORFEITED, EventKind.ORDER_UNDELIVERED, EventKind.CASE_MOVED} <= AUDITED
