"""People of the tour: they press, type, photograph, pay and look, over HTTP, as the page's visitors do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.client import Control, ControlError, Json
from simulator.window import REACTIONS, Window, text_of

PATIENCE = 45.0  # seconds until something expected is missed
ANSWER_SECONDS = 5.0
NEWEST = 40  # messages in which buttons and words are looked for


class Actor:
    """One person with a phone, who has read what is on it. `say` gets a line for each thing done and read.

    `looks` is called before each act: a person reads what came before pressing on.
    """

    def __init__(self, url: str, chat: str, name: str, say: Callable[[str], None], looks: Callable[[], None]) -> None:
        self._control = Control(url)
        self._window = Window(self._control, chat, PATIENCE)
        self._id = int(chat.partition(":")[0])
        self.name, self._say, self._looks = name, say, looks
        self._read = set(self._shown())
        self.taps_made = 0

    def starts(self, payload: str | None = None) -> None:
        """Press Start, or follow a deep link."""
        self._act(f"opens the link {payload}" if payload else "presses Start", do="start", payload=payload)
        self.taps_made += 1

    def taps(self, label: str, on: str | None = None) -> None:
        """Press the newest button called so (on the newest message with the words `on`), waiting until it is there."""

        def press() -> Json | None:
            number = None if on is None else self._number_of(on)
            if on is not None and number is None:
                return None
            return self._tried(f"taps [{label}]", do="press", label=label, message_id=number)

        self._waits(press, f"a button [{label}]")
        self.taps_made += 1

    def taps_data(self, said: str, prefix: str) -> None:
        """Press the newest button whose callback begins so: reminders told together have several of one label."""

        def press() -> Json | None:
            self._looks()
            for message in reversed(self._window.messages(NEWEST)):
                rows = (message.get("reply_markup") or {}).get("inline_keyboard", ())
                found = [key["callback_data"] for row in rows for key in row if "callback_data" in key]
                for data in found:
                    if data.startswith(prefix):
                        return self._tried(f"taps [{said}]", do="press", message_id=message["message_id"], data=data)
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
        found = self._window.sees(words, anywhere=True)
        self.reads()
        return found

    def reads(self) -> None:
        """Say what came since the last look."""
        for number, text in self._shown():
            if (number, text) not in self._read:
                self._read.add((number, text))
                self._say(f"      🤖 {text.replace(chr(10), chr(10) + '         ')}")

    def _number_of(self, words: str) -> int | None:
        self._looks()
        return next((number for number, text in reversed(self._shown()) if words in text), None)

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
        self._control.expect(self._window.key, int(done["seq"]), ANSWER_SECONDS, REACTIONS)
        self.reads()
        return done

    def _shown(self) -> list[tuple[int, str]]:
        messages = self._window.messages(NEWEST)
        return [(int(item["message_id"]), _said(item)) for item in messages if item["by"] == "bot"]


def _said(message: Json) -> str:
    bill = message.get("invoice")
    return f"🧾 {bill['title']}" if bill else text_of(message)
