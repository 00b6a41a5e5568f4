"""The table of an order's states: complete, reachable, and equal to its diagram."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import Changed
from core.orders.states import (
    ACTIONS,
    ENDS,
    PRESSES,
    STATUS_OF,
    TABLE,
    By,
    OrderState,
    Status,
    actions_from,
    mermaid,
    target,
    transition,
)
from core.permissions import ACTIONS as REGISTRY

DIAGRAM = Path(__file__).parents[2] / "docs" / "order-states.mmd"


def reachable() -> set[OrderState]:
    seen, fresh = set(), {OrderState.HELD}
    while fresh:
        seen |= fresh
        fresh = {row.target for row in TABLE if row.sources & seen} - seen
    return seen


def test_every_state_can_be_reached() -> None:
    assert reachable() == set(OrderState)


def test_every_end_is_an_end_save_for_money_that_comes_late() -> None:
    for end in ENDS:
        ways = [transition(end, action) for action in actions_from(end)]
        assert all(way.by is By.MONEY and end is OrderState.EXPIRED for way in ways)
    assert all(actions_from(state) for state in set(OrderState) - ENDS)


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("action", ACTIONS)
def test_each_pair_is_allowed_or_refused(state: OrderState, action: str) -> None:
    rows = [row for row in TABLE if row.action == action and state in row.sources]
    assert len(rows) <= 1
    if rows:
        assert target(state, action) is rows[0].target
    else:
        with pytest.raises(Changed):
            target(state, action)


def test_an_unknown_action_is_a_bug_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        target(OrderState.HELD, "teleport")


def test_each_action_has_one_row() -> None:
    assert len(set(ACTIONS)) == len(ACTIONS)


def test_each_state_has_one_status_that_people_know() -> None:
    assert set(STATUS_OF) == set(OrderState)
    assert set(STATUS_OF.values()) == set(Status)


def test_each_button_is_in_the_permission_registry() -> None:
    assert set(PRESSES) <= set(REGISTRY)


def test_the_diagram_in_the_documents_is_this_table() -> None:
    assert DIAGRAM.read_text() == mermaid()
