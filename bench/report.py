"""Tables of what was measured, printed and, where asked, written between marks of docs/performance.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.crowd import Measured

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
GOALS = {"menu": "≥ 35 % of the echo", "reserve": "≥ 150/s, p99 ≤ 500 ms"}
WORDS = {"echo": "bare aiogram echo", "menu": "menu press", "amount": "choose an amount", "reserve": "Reserve"}


@dataclass(frozen=True)
class Result:
    """One database: rounds by kind of press, (double taps, orders of them), broken invariants."""

    rounds: dict[str, list[Measured]]
    doubled: tuple[int, int]
    broken: list[str]


def table(results: dict[str, Result]) -> list[str]:
    """The medians over the rounds, one line a database and kind of press."""
    lines = [
        "| database | press | presses | unanswered | rate | of the echo | p50 | p99 | CPU | goal |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for database, result in results.items():
        echo = _middle([each.rate for each in result.rounds["echo"]])
        for what, rounds in result.rounds.items():
            rate = _middle([each.rate for each in rounds])
            p50, p99 = (_middle([each.percentile(share) for each in rounds]) for share in (0.5, 0.99))
            cpu = _middle([each.cpu_ms for each in rounds])
            pressed = sum(len(each.seconds) + each.unanswered for each in rounds)
            lost = sum(each.unanswered for each in rounds)
            lines.append(
                f"| {database} | {WORDS[what]} | {pressed} | {lost} | {rate:.0f}/s | {100 * rate / echo:.0f} % "
                f"| {p50:.0f} ms | {p99:.0f} ms | {cpu:.1f} ms | {GOALS.get(what, '')} |"
            )
    lines.append("")
    for database, result in results.items():
        people, orders = result.doubled
        held = "; ".join(result.broken) or "all invariants held"
        lines.append(f"{database}: {people} people tapped Reserve twice at once, {orders} orders; {held}.")
    return lines


def write(mark: str, lines: list[str]) -> None:
    """Replace what stands between <!-- mark --> and <!-- /mark -->."""
    text = PAGE.read_text()
    body = "\n".join(["", *lines, ""])
    pattern = re.compile(f"(<!-- {mark} -->).*?(<!-- /{mark} -->)", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda found: found.group(1) + body + found.group(2), text))


def _middle(values: list[float]) -> float:
    return median(values)
