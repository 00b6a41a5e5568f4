"""People of the tour: they press, type, photograph, pay and look, over HTTP, as the page's visitors do."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
PATIENCE = 45.0  # seconds until something expected is missed


class Missed(Exception):
    """What the tour waited for did not come; the text shows the last screens."""


class Actor:
    """One person with a phone. `say` gets a line for each thing done and read."""

    def __init__(
        self, url: str, user_id: int, name: str, say: Callable[[str], None], looks: Callable[[], None]
    ) -> None:  # fmt: skip
        self._url, self._id, self.name, self._say, self._looks = url, user_id, name, say, looks
        self._seq = 0
        self._key = ""
        self._read: set[tuple[int, str]] = set()
        self.taps_made = 0

    def starts(self, payload: str | None = None) -> None:
        """Press Start, or follow a deep link."""
        self._act(f"opens the link {payload}" if payload else "presses Start", do="start", payload=payload)
        self.taps_made += 1

    def taps(self, label: str, on: str | None = None) -> None:
        """Press the newest button called so (on the newest message with the words `on`), waiting until it is there."""

        def press() -> None:
            self._looks()
            number = None if on is None else self._number_of(on)
            self._act(f"taps [{label}]", do="press", label=label, message_id=number)

        self._retry(press, f"a button [{label}]")
        self.taps_made += 1

    def taps_data(self, said: str, prefix: str) -> None:
        """Press the newest button whose callback begins so: reminders told together have several of one label."""

        def press() -> None:
            self._looks()
            for item in reversed(self._chat()):
                rows = (item.get("reply_markup") or {}).get("inline_keyboard", ())
                found = [key["callback_data"] for row in rows for key in row if "callback_data" in key]
                for data in found:
                    if data.startswith(prefix):
                        self._act(f"taps [{said}]", do="press", message_id=item["message_id"], data=data)
                        return
            raise Missed(prefix)

        self._retry(press, f"a button [{said}]")
        self.taps_made += 1

    def _number_of(self, words: str) -> int:
        shown = [number for number, text in self._messages() if words in text]
        if not shown:
            raise Missed(words)
        return shown[-1]

    def types(self, text: str) -> None:
        self._act(f"types: {text}", do="text", text=text)

    def photographs(self, what: str) -> None:
        self._act(f"sends a photo of the {what}", do="photo", photo=what)

    def pays(self) -> None:
        """Pay the newest invoice."""
        self._retry(self._pay_newest, "an invoice")
        self.taps_made += 1

    def sees(self, words: str) -> str:
        """Wait until a message with these words is there; returns it."""
        found: list[str] = []

        def look() -> None:
            shown = [text for _number, text in self._messages() if words in text]
            if not shown:
                raise Missed(words)
            found.append(shown[-1])

        self._retry(look, f"the words {words!r}")
        self.reads()
        return found[0]

    def reads(self) -> None:
        """Say what came since the last look."""
        for number, text in self._messages():
            if (number, text) not in self._read:
                self._read.add((number, text))
                self._say(f"      🤖 {text.replace(chr(10), chr(10) + '         ')}")

    def hushes(self) -> None:
        """Take all that is on the screen as read."""
        self._read.update(self._messages())

    def _pay_newest(self) -> None:
        invoices = [item for item in self._chat() if "invoice" in item and not item.get("paid")]
        if not invoices:
            raise Missed("invoice")
        self._act("pays in the chat", do="pay", message_id=invoices[-1]["message_id"], outcome="ok")

    def _act(self, line: str, **fields: Any) -> None:
        self._looks()  # a person reads what came before pressing on
        body = {"as": self._id, **{key: value for key, value in fields.items() if value is not None}}
        self.reads_quietly()
        done = self._post("/control/act", body)
        self._say(f"   {self.name} {line}")
        self._key, self._seq = str(done["chat"]), int(done["seq"])
        self._post("/control/expect", {"chat": self._key, "after_seq": self._seq, "timeout": 5})
        self.reads()

    def reads_quietly(self) -> None:
        """What others caused meanwhile is read aloud too, before the next press."""
        if self._key:
            self.reads()

    def _retry(self, attempt: Callable[[], None], wanted: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                attempt()
            except (Missed, urllib.error.HTTPError):
                if time.monotonic() > deadline:
                    screens = "\n---\n".join(text for _n, text in self._messages()[-4:])
                    raise Missed(f"{self.name} waited for {wanted}; the last screens were:\n{screens}") from None
                time.sleep(0.05)
            else:
                return

    def _messages(self) -> list[tuple[int, str]]:
        return [
            (int(item["message_id"]), str(item.get("text") or item.get("caption") or _invoice(item)))
            for item in self._chat() if item.get("by") == "bot"
        ]  # fmt: skip

    def _chat(self) -> list[Json]:
        if not self._key:
            return []
        url = f"{self._url}/control/chats/{self._key}?newest=40"
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - a loopback address of this process
            found: list[Json] = json.load(answer)["messages"]
        return found

    def _post(self, path: str, body: Json) -> Json:
        request = urllib.request.Request(  # noqa: S310 - a loopback address of this process
            self._url + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            done: Json = json.load(answer)
        return done

    def opens(self, chat_key: str) -> None:
        """Look at this chat from now on, without doing anything."""
        self._key = chat_key
        self.hushes()


def _invoice(item: Json) -> str:
    bill = item.get("invoice")
    return f"🧾 {bill['title']}" if bill else ""
