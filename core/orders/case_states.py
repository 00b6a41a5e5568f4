"""Knows every state of an after-sale case and every way from one to another, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import Changed


class CaseState(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"  # the buyer is still telling
    OPEN = "open"  # the farmer must answer
    OFFERED = "offered"  # the buyer must answer
    DISPUTED = "disputed"  # the co-op must rule
    DECIDED = "decided"  # ruled; either side may still appeal, once
    APPEALED = "appealed"  # another person of the co-op must rule
    REPLACING = "replacing"  # the farmer sends the goods again
    CHARGED_BACK = "charged_back"  # a provider took the money back; how it ends is not known
    AGREED = "agreed"
    REPLACED = "replaced"
    CLOSED = "closed"  # the ruling is carried out
    WITHDRAWN = "withdrawn"
    CHARGEBACK_WON = "chargeback_won"
    CHARGEBACK_LOST = "chargeback_lost"


class Problem(StrEnum):
    """What a buyer can say, and what a provider does."""

    SPOILED = "spoiled"
    LESS = "less"
    WRONG = "wrong"
    LATE = "late"
    CHARGEBACK = "chargeback"


class Wish(StrEnum):
    """What the buyer wants."""

    PART = "part"
    ALL = "all"
    REPLACE = "replace"


class Bearer(StrEnum):
    """Whose loss it is."""

    FARMER = "farmer"
    SHIPPING = "shipping"
    COOP = "coop"


_S = CaseState
ENDS = frozenset(
    {_S.AGREED, _S.REPLACED, _S.CLOSED, _S.WITHDRAWN, _S.CHARGEBACK_WON, _S.CHARGEBACK_LOST}
)  # fmt: skip
ACTIVE = frozenset(_S) - ENDS - {_S.DRAFT}  # the order's money waits as long as a case stands in one of these
TO_RULE = frozenset({_S.DISPUTED, _S.APPEALED})


@dataclass(frozen=True)
class CaseStep:
    """One row: an action, the states it starts from, where it leads, and by whom."""

    action: str
    sources: frozenset[CaseState]
    target: CaseState
    by: str


def _row(action: str, sources: str, to: str, by: str) -> CaseStep:
    return CaseStep(action, frozenset(CaseState(each) for each in sources.split()), CaseState(to), by)


TABLE: tuple[CaseStep, ...] = (
    _row("ask", "draft", "open", "buyer"),
    _row("accept", "open", "agreed", "seller"),
    _row("promise", "open", "replacing", "seller"),
    _row("offer", "open", "offered", "seller"),
    _row("disagree", "open", "disputed", "seller"),
    _row("take", "offered", "agreed", "buyer"),
    _row("decline", "offered", "disputed", "buyer"),
    _row("withdraw", "open offered disputed replacing", "withdrawn", "buyer"),
    _row("replaced", "replacing", "replaced", "buyer"),
    _row("not_replaced", "replacing", "disputed", "buyer"),
    _row("run_out", "open offered replacing", "disputed", "clock"),
    _row("rule", "disputed", "decided", "staff"),
    _row("appeal", "decided", "appealed", "buyer or seller"),
    _row("rule_again", "appealed", "closed", "staff"),
    _row("carry_out", "decided", "closed", "clock"),
    _row("win", "charged_back", "chargeback_won", "staff"),
    _row("lose", "charged_back", "chargeback_lost", "staff"),
)
_BY_PAIR = {(source, row.action): row for row in TABLE for source in row.sources}


def case_step(state: CaseState | str, action: str) -> CaseStep:
    """The row that leads on from `state` by `action`. Refuses Changed when there is none; unknown actions are bugs."""
    if all(row.action != action for row in TABLE):
        raise KeyError(action)
    row = _BY_PAIR.get((CaseState(state), action))
    if row is None:
        raise Changed(state=str(state), action=action)
    return row


def mermaid() -> str:
    """The table as a state diagram; docs/case-states.mmd is this text."""
    lines = ["stateDiagram-v2", "    [*] --> draft: start (buyer)", "    [*] --> charged_back: enter (staff)"]
    lines += [
        f"    {source} --> {row.target}: {row.action} ({row.by})" for row in TABLE for source in sorted(row.sources)
    ]
    lines += [f"    {state} --> [*]" for state in CaseState if state in ENDS]
    return "\n".join(lines) + "\n"
