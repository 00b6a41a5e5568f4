"""The tour on the page: the same season as `farmgate tour`, slowly, with a caption of what happens."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from bot.market import Json
from simulator.window import Missed

if TYPE_CHECKING:
    from bot.demo import Demo

STEPS = 12
ACT_SECONDS, STEP_SECONDS, LAST_SECONDS = 0.55, 0.9, 4.0
PATIENCE = 15.0  # somebody watches: what has not come by then is said
_STEP = re.compile(r"^\s*(\d+)\. (.+)$", re.DOTALL)
_ACT = re.compile(r"^ {3}(\S+) (.+)$", re.DOTALL)
_PAUSE = re.compile(r"^ {3}\.\.\. (.+) \.\.\.$")
_LABEL = re.compile(r"^taps \[(.+)\]$")


class _Ended(Exception):
    """The tour was told to end."""


class Show:
    """One playing of the tour, on a thread of its own; the market's `tour` says where it is."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._play, name="tour", daemon=True)

    def start(self) -> None:
        """Begin; the first caption stands when this returns."""
        self._demo.market.tour = {"step": 0, "of": STEPS, "text": "One season, from a farmer's press to a review."}
        self._thread.start()

    def is_playing(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """End at the next thing said; waits a little for it."""
        self._end.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(3)
        self._demo.market.tour = None

    def _play(self) -> None:
        from bot.tour import Tour  # the tour starts demos of its own: imported at the top it would be a circle

        try:
            taps = Tour(self._demo, self._say, self._heed, PATIENCE).play()
        except _Ended:
            return
        except Missed as missed:
            self._stopped(str(missed).partition("; the last screens were")[0].splitlines()[0])
        except OSError:
            self._stopped("the messenger does not answer")
        else:
            self._caption(f"That was one season: {taps} taps by six people. Now press yourself.", STEPS)
            self._end.wait(LAST_SECONDS)
            if not self._end.is_set():
                self._demo.market.tour = None

    def _say(self, line: str) -> None:
        """What the tour prints becomes a caption; what bots answer is on the phones anyway."""
        self._heed()
        if found := _STEP.match(line):
            self._demo.market.tour = {"step": int(found[1]), "of": STEPS, "text": found[2]}
            self._end.wait(STEP_SECONDS)
        elif found := _PAUSE.match(line):
            self._note({"user": 0, "name": "", "act": found[1], "label": ""})
        elif (found := _ACT.match(line)) and found[1] in self._demo.people:
            self._act(found[1], found[2])

    def _act(self, name: str, line: str) -> None:
        label = _LABEL.match(line)
        who = {"user": self._demo.people[name], "name": name}
        self._note({**who, "act": line, "label": label[1] if label else ""})
        self._end.wait(ACT_SECONDS)

    def _note(self, what: Json) -> None:
        self._demo.market.tour = {**(self._demo.market.tour or {}), **what}

    def _heed(self) -> None:
        if self._end.is_set():
            raise _Ended

    def _stopped(self, why: str) -> None:
        """Why it went no further; stays until it is closed, or until the next tour or reset."""
        step = (self._demo.market.tour or {}).get("step", 0)
        self._caption(f"The tour stopped: {why}. Press Reset, then ▶ Tour again.", step)

    def _caption(self, text: str, step: int) -> None:
        if not self._end.is_set():
            self._demo.market.tour = {"step": step, "of": STEPS, "text": text, "done": True}
