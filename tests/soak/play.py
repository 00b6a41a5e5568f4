"""Plays seasons side by side under weather and says what became of every update, letter, charge and season."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.soak.ground import Ground, Weather
from tests.soak.seasons import Season

AT_ONCE = 4


@dataclass
class Report:
    """What was played, what was hit, and what is wrong (nothing, when all held)."""

    fates: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.struck.items())) or "none"
        fates = ", ".join(f"{name} {count}" for name, count in sorted(self.fates.items()))
        return [
            f"played: {fates}", f"killed: {kills}", f"messages repeated (between a send and its mark): {self.repeated}",
            *(f"WRONG: {sentence}" for sentence in self.wrong),
        ]  # fmt: skip


def play(ground: Ground, weather: Weather, seasons: int, seed: int) -> Report:
    """All seasons, four at once; then the weather clears and everything is looked at."""
    report = Report()
    with ThreadPoolExecutor(AT_ONCE) as people:
        acting = {people.submit(Season(ground, at, seed + at).play): at for at in range(seasons)}
        weather.strikes_until(list(acting))
        for each, at in acting.items():
            try:
                report.fates += each.result()
            except Exception as error:
                report.wrong.append(f"season {at} (seed {seed + at}): {type(error).__name__}: {error}")
    report.struck = weather.struck
    ground.database.engine.dispose()  # its connections may be from before a restart
    ground.settles()
    _look(ground, report)
    return report


def _look(ground: Ground, report: Report) -> None:
    """No update is lost, no letter missing or changed, every invariant holds, each charge is booked once."""
    lost = ground.acknowledged() - ground.stored("done")
    if lost:
        report.wrong.append(f"updates acknowledged and not worked off: {sorted(lost)[:20]}")
    missing, repeated = ground.missing_and_repeated()
    report.repeated = len(repeated)
    if missing:
        report.wrong.append(f"letters committed and not received: {missing[:20]}")
    report.wrong += ground.differing() + ground.broken() + _unbooked(ground)


def _unbooked(ground: Ground) -> list[str]:
    payments = ground.control.get("/control/state")["payments"]
    charged = [str(each["provider_payment_charge_id"]) for each in payments if each["state"] == "paid"]
    booked = ground.booked()
    return [f"charge {charge} was booked {booked[charge]} times" for charge in charged if booked[charge] != 1]
