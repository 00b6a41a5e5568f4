"""People of the tour: they press, type, photograph, pay and look, over HTTP, as the page's visitors do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.tour_words import Words
from simulator.client import Control, ControlError, Json
from simulator.window import Window, labels_of, text_of

PATIENCE = 45.0  # seconds until something expected is missed
ANSWER_SECONDS = 5.0
SCREENS = ["message", "edit", "payment"]
NEWEST = 40  # messages in which buttons and words are looked for


class Actor:
    """One person with a phone, who has read what is on it. `say` gets a line for each thing done and read.

    `looks` is called before each act: a person reads what came before pressing on.
    """

    def __init__(
        self, url: str, chat: str, name: str, say: Callable[[str], None], looks: Callable[[], None], words: Words
    ) -> None:  # fmt: skip
        self._words = words
        self._control = Control(url)
        self._window = Window(self._control, chat, PATIENCE)
        self._id = int(chat.partition(":")[0])
        self.name, self._say, self._looks = name, say, looks
        self._read = set(self._shown())
        self.taps_made = 0

    def waits_at_most(self, seconds: float) -> None:
        """What has not come by then is missed."""
        self._window.deadline = seconds

    def starts(self, payload: str | None = None) -> None:
        """Press Start, or follow a deep link."""
        self._act(f"opens the link {payload}" if payload else "presses Start", do="start", payload=payload)
        self.taps_made += 1

    def opens(self, tile: str, command: str) -> None:
        """Tap a tile; write the command where somebody has turned to other tiles."""
        if any(self._words.begins(tile).match(each) for each in self._window.keyboard()):
            self.taps(tile)
        else:
            self.types(command)

    def taps(self, label: str, on: str | None = None) -> None:
        """Press the newest button called so (on the newest message with the words `on`), waiting until it is there."""

        def press() -> Json | None:
            number = None if on is None else self._number_of(on)
            if on is not None and number is None:
                return None
            called, place = self._button(label, number)
            return self._tried(f"taps [{called}]", do="press", label=called, message_id=place)

        self._waits(press, f"a button [{label}]")
        self.taps_made += 1

    def taps_data(self, said: str, prefix: str) -> None:
        """Press the newest button whose callback begins so: reminders told together have several of one label."""

        def press() -> Json | None:
            self._looks()
            for message in reversed(self._window.messages(NEWEST)):
                rows = (message.get("reply_markup") or {}).get("inline_keyboard", ())
                found = [(key["callback_data"], key["text"]) for row in rows for key in row if "callback_data" in key]
                for data, called in found:
                    if data.startswith(prefix):
                        return self._tried(f"taps [{called}]", do="press", message_id=message["message_id"], data=data)
            return None

        self._waits(press, f"a button [{said}]")
        self.taps_made += 1

    def types(self, text: str) -> None:
        self._act(f"types: {text}", do="text", text=text)

    def photographs(self, what: str) -> None:
        self._act(f"sends a photo of the {what}", do="photo", photo=what)

    def pays(self) -> None:
        """Pay the newest invoice."""

        def pay() -> Json | None:
            open_ = [item for item in self._window.messages(NEWEST) if "invoice" in item and not item.get("paid")]
            if not open_:
                return None
            return self._tried("pays in the chat", do="pay", message_id=open_[-1]["message_id"], outcome="ok")

        self._waits(pay, "an invoice")
        self.taps_made += 1

    def sees(self, words: str) -> str:
        """Wait until a message with these words is there; returns it."""
        wanted = self._words.has(words)

        def look() -> str | None:
            self._looks()
            return next((text for _number, text in reversed(self._shown()) if wanted.search(text)), None)

        found = self._window.waits(look, f"the words {words!r} on the phone of {self.name}")
        self.reads()
        return found

    def reads(self) -> None:
        """Say what came since the last look, and to whom: much comes because of somebody else."""
        for number, text in self._shown():
            if (number, text) not in self._read:
                self._read.add((number, text))
                self._say(f"      🤖 → {self.name}: {text.replace(chr(10), chr(10) + '         ')}")

    def _number_of(self, words: str) -> int | None:
        self._looks()
        wanted = self._words.has(words)
        return next((number for number, text in reversed(self._shown()) if wanted.search(text)), None)

    def _button(self, label: str, number: int | None) -> tuple[str, int | None]:
        """What the newest such button is called in this person's language, and where it is; else as in English."""
        wanted = self._words.begins(label)
        for message in reversed(self._window.messages(NEWEST)):
            if number in (None, message["message_id"]):
                called = next((each for each in labels_of(message) if wanted.match(each)), None)
                if called is not None:
                    return called, int(message["message_id"])
        tile = next((each for each in self._window.keyboard() if wanted.match(each)), None)
        return (label, number) if tile is None else (tile, None)

    def _waits(self, press: Callable[[], Json | None], wanted: str) -> None:
        self._window.waits(press, f"{wanted} on the phone of {self.name}")

    def _tried(self, line: str, **fields: Any) -> Json | None:
        """One act; None where the messenger refuses it, for as long as the button is not there."""
        try:
            return self._act(line, **fields)
        except ControlError:
            return None

    def _act(self, line: str, **fields: Any) -> Json:
        self._looks()
        self.reads()  # what others caused meanwhile is read aloud before the next press
        given = {key: value for key, value in fields.items() if value is not None}
        done = self._control.post("/control/act", {"as": self._id, **given})
        self._say(f"   {self.name} {line}")
        # a toast comes before its screen, on which the next button is
        self._control.expect(self._window.key, int(done["seq"]), ANSWER_SECONDS, SCREENS)
        self.reads()
        return done

    def _shown(self) -> list[tuple[int, str]]:
        messages = self._window.messages(NEWEST)
        return [(int(item["message_id"]), _said(item)) for item in messages if item["by"] == "bot"]


def _said(message: Json) -> str:
    bill = message.get("invoice")
    return f"🧾 {bill['title']}" if bill else text_of(message)
