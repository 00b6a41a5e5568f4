"""Plays seasons side by side under weather and says what became of every update, letter, charge and season."""

from __future__ import annotations

import math
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.soak.ground import Ground
from tests.soak.looking import Repeat, Road, look
from tests.soak.seasons import Plan, play_season
from tests.soak.weather import Weather


@dataclass
class Report:
    """What was played, what was hit, and what is wrong (nothing, when all held)."""

    seconds: float = 0.0
    seasons: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    road: Road = field(default_factory=Road)
    repeats: list[Repeat] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        repeats = Counter(f"{each.letter} after {each.after}" for each in self.repeats)
        return [
            f"{self.seasons} seasons in {self.seconds:.0f} s: {_counted(self.fates)}",
            f"killed: {_counted(self.struck)}",
            *self.road.lines(),
            f"messages repeated (between a send and its mark): {len(self.repeats)}",
            *(f"  {count} x {what}" for what, count in repeats.most_common()),
            *(f"WRONG: {sentence}" for sentence in self.wrong),
        ]


def play(
    ground: Ground, weather: Weather, plans: Sequence[Plan], *, at_once: int = 4, minutes: float = math.inf,
    tell: Callable[[str], None] = str,
) -> Report:  # fmt: skip
    """Seasons, several at once, none begun after so long; then the weather clears and everything is looked at.

    `tell` hears how it goes.
    """
    report, began, adding = Report(), time.monotonic(), threading.Lock()

    def season(at: int) -> None:
        if time.monotonic() - began > minutes * 60:
            return  # what has begun is played to its end
        try:
            met = play_season(ground, at, plans[at])
        except Exception as error:
            where = [frame.name for frame in traceback.extract_tb(error.__traceback__) if "soak" in frame.filename]
            report.wrong.append(f"season {at}: {' > '.join(where[1:])}: {type(error).__name__}: {error}")
            tell(report.wrong[-1])
        else:
            with adding:
                report.seasons += 1
                report.fates += met
            tell(f"{time.monotonic() - began:6.0f} s: season {at} ended: {_counted(met)}")

    with ThreadPoolExecutor(at_once) as people:
        weather.strikes_until([people.submit(season, at) for at in range(len(plans))])
    report.struck = weather.killed
    ground.database.engine.dispose()  # its connections may be from before a restart
    ground.settles()
    report.seconds = time.monotonic() - began
    report.road, report.repeats, wrong = look(ground, weather)
    report.wrong += wrong
    return report


def _counted(things: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(things.items())) or "none"
