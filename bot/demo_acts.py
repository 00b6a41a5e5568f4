"""What the levers of the page do to the market: play a season, put everything back, let something go wrong."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot.demo_people import FIRST_BUYER, SECOND_BUYER
from bot.demo_show import Show
from bot.market import Act, Busy, Json
from bot.mishaps import crop_fails, refuse_card

if TYPE_CHECKING:
    from bot.demo import Demo


class Acts:
    """One at a time: a lever pressed while another works is told to wait."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._turn = threading.Lock()
        self._show: Show | None = None

    def by_name(self) -> dict[str, Act]:
        """The levers."""
        acts = {
            "tour": self._tour, "reset": self._reset, "crop_fails": self._crop_fails,
            "payment_fails": self._payment_fails, "end_tour": self._end_tour,
        }  # fmt: skip
        return {name: self._alone(act) for name, act in acts.items()}

    def end_tour(self) -> None:
        """A tour under way ends at its next step."""
        if self._show is not None:
            self._show.stop()

    def _alone(self, act: Act) -> Act:
        def alone() -> Json:
            if not self._turn.acquire(blocking=False):
                raise Busy("Something else is under way; try again in a moment.")
            try:
                return act()
            finally:
                self._turn.release()

        return alone

    def _tour(self) -> Json:
        if self._show is not None and self._show.is_playing():
            raise Busy("The tour is playing already; ■ Stop ends it.")
        self._show = Show(self._demo)
        self._show.start()
        return {"text": "The tour plays one season. Watch the phones."}

    def _end_tour(self) -> Json:
        """A tour under way stops where it is; the caption of one that is over goes away."""
        was_playing = self._show is not None and self._show.is_playing()
        self.end_tour()
        return {"text": "The tour has stopped. Go on from here, or press Reset."} if was_playing else {}

    def _reset(self) -> Json:
        self._demo.reset()
        return {"text": "Everything is as at the beginning."}

    def _crop_fails(self) -> Json:
        demo = self._demo
        said = crop_fails(demo.database, demo.clock.now(), demo.config.bot_id, demo.people[FIRST_BUYER])
        demo.wake()
        return {"text": said}

    def _payment_fails(self) -> Json:
        people = {name: self._demo.people[name] for name in (FIRST_BUYER, SECOND_BUYER)}
        refused = refuse_card(self._demo.url, people, self._demo.config.bot_id)
        return {"text": refused} if refused else {"text": "The bank will refuse the next payment.", "refuse_next": True}
