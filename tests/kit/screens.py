"""What a phone shows: the control protocol over HTTP, chats, screens and waiting for the bot."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

DEADLINE = 10.0
QUIET = 0.06  # a bot often answers with two messages: the reaction is over when the chat is quiet this long
ANSWER_GRACE = 1.5  # an empty answer to a press usually comes just before the edit it announces
TOAST_GRACE = 0.4  # a toast may be all there is, or come just before an edit
SHOWN = ["message", "edit", "delete", "toast", "payment"]
_PLAIN = str.maketrans(
    {"\u2066": "", "\u2067": "", "\u2068": "", "\u2069": "", "\u200e": "", "\u200f": "", "\xa0": " ", "\u202f": " "}
)

Json = dict[str, Any]


class ControlError(AssertionError):
    """The simulator refused an act; the message says why."""


class Control:
    """The control protocol: one short connection per request, so nothing is left open."""

    def __init__(self, api_url: str) -> None:
        parts = urlsplit(api_url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80

    def get(self, path: str) -> Json:
        """GET, as JSON."""
        answer: Json = json.loads(self._exchange("GET", path, None))
        return answer

    def post(self, path: str, body: object, timeout: float = 30.0) -> Json:
        """POST, as JSON."""
        answer: Json = json.loads(self._exchange("POST", path, body, timeout))
        return answer

    def anyway(self, path: str, body: object) -> Json:
        """POST, as JSON, whatever the status says."""
        answer: Json = json.loads(self._exchange("POST", path, body, refusals=False))
        return answer

    def raw(self, path: str) -> bytes:
        """GET, as bytes."""
        return self._exchange("GET", path, None)

    def _exchange(self, method: str, path: str, body: object, timeout: float = 30.0, *, refusals: bool = True) -> bytes:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json", "Connection": "close"})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if refusals and answer.status >= 400:
            raise ControlError(_words(content))
        return content

    def expect(self, chat: str, after_seq: int, timeout: float, kinds: list[str], by: str = "bot") -> Json:
        """Wait for what happens in a chat after an event number."""
        wanted = {"chat": chat, "after_seq": after_seq, "timeout": timeout, "kinds": kinds, "by": by}
        return self.post("/control/expect", wanted, timeout + 20)


def _words(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return content.decode("utf-8", "replace")


def plain(text: str) -> str:
    """Without isolates and hard spaces, so that stories can quote what people read."""
    return text.translate(_PLAIN)


def text_of(message: Json) -> str:
    """What a message says: text, caption, invoice."""
    invoice = message.get("invoice", {})
    parts = [message.get("text"), message.get("caption"), invoice.get("title"), invoice.get("description")]
    return plain("\n".join(part for part in parts if part))


def labels_of(message: Json) -> list[str]:
    """The inline buttons under a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [plain(button["text"]) for row in rows for button in row]


def drawn(message: Json) -> str:
    """A message on one screen, for failures and transcripts."""
    kind = next((f"({name}) " for name in ("photo", "document", "voice", "location", "invoice") if name in message), "")
    buttons = "".join(f"[{label}]" for label in labels_of(message))
    return f"{kind}{text_of(message)}" + (f"\n   {buttons}" if buttons else "")


class Window:
    """One chat as somebody looks at it."""

    def __init__(self, control: Control, key: str, deadline: float) -> None:
        self.control = control
        self.key = key
        self.deadline = deadline
        self.acted = 0  # event number before the last act
        self.noted = 0  # event number up to which the transcript was written
        self.lines: list[str] = []

    def messages(self, newest: int = 20) -> list[Json]:
        """The newest messages, oldest first."""
        return list(self._view(newest).get("messages", []))

    def _view(self, newest: int = 20) -> Json:
        try:
            return self.control.get(f"/control/chats/{quote(self.key)}?newest={newest}")
        except ControlError:
            return {}

    def bot_messages(self) -> list[Json]:
        """What the bot wrote, oldest first."""
        return [message for message in self.messages() if message["by"] == "bot"]

    def touched(self, after_seq: int) -> list[Json]:
        """Bot messages written or changed after an event number, oldest first."""
        events = self.control.expect(self.key, after_seq, 0, ["message", "edit"])["events"]
        ids = {event["message_id"] for event in events}
        return [message for message in self.messages(60) if message["message_id"] in ids]

    def keyboard(self) -> list[str]:
        """The labels of the reply keyboard."""
        rows = (self._view(1).get("reply_keyboard") or {}).get("keyboard", [])
        return [plain(button["text"]) for row in rows for button in row]

    def screens(self, count: int = 3) -> str:
        """The last screens, for a failure."""
        shown = [
            f"   {'🤖' if message['by'] == 'bot' else '🧑'} {drawn(message)}" for message in self.messages()[-count:]
        ]
        keyboard = "".join(f"[{label}]" for label in self.keyboard())
        return "\n".join(shown or ["   (nothing)"]) + (f"\n   ⌨ {keyboard}" if keyboard else "")

    def settles(self, after_seq: int, kinds: list[str]) -> None:
        """Wait for the bot's reaction to an act, then for quiet; AssertionError when none comes."""
        kinds = [*kinds, "answer"]
        found = self.control.expect(self.key, after_seq, self.deadline, kinds)
        if not found["events"]:
            raise AssertionError(
                f"the bot did not react within {self.deadline:g} s; the last screens were:\n{self.screens()}"
            )
        only = {event["kind"] for event in found["events"]}
        if only <= {"answer", "toast"}:
            grace = ANSWER_GRACE if only == {"answer"} else TOAST_GRACE
            found = self.control.expect(self.key, found["seq"], grace, kinds)
        over = time.monotonic() + self.deadline
        while found["events"] and time.monotonic() < over:
            found = self.control.expect(self.key, found["seq"], QUIET, kinds)

    def waits(self, look: Callable[[], str | None], wanted: str) -> str:
        """Look again whenever something happens, until the deadline."""
        over = time.monotonic() + self.deadline
        while True:
            seq = self.control.expect(self.key, 2**62, 0, SHOWN)["seq"]
            found = look()
            if found is not None:
                return found
            left = over - time.monotonic()
            if left <= 0:
                raise AssertionError(f"waited for {wanted}; the last screens were:\n{self.screens()}")
            self.control.expect(self.key, seq, min(left, 0.5), [*SHOWN, "answer"])

    def sees(self, words: str, *, anywhere: bool = False) -> str:
        """The text of a message that holds these words, as soon as it is there."""
        wanted = plain(words)

        def look() -> str | None:
            shown = self.bot_messages() if anywhere else self.touched(self.acted)
            return next((text_of(message) for message in reversed(shown) if wanted in text_of(message)), None)

        return self.waits(look, f"the words {words!r}")

    def sees_not(self, words: str, *, within: float = 0.3) -> None:
        """These words do not come, at least for a moment."""
        over = time.monotonic() + within
        while True:
            for message in self.touched(self.acted):
                if plain(words) in text_of(message):
                    raise AssertionError(f"did not want to see {words!r}, but:\n   {drawn(message)}")
            if time.monotonic() >= over:
                return
            time.sleep(0.05)

    def note(self, line: str) -> None:
        """A line of the transcript, after what the bot wrote meanwhile."""
        self.note_bot()
        self.lines.append(line)

    def note_bot(self) -> None:
        """Take what the bot wrote or changed into the transcript."""
        found = self.control.expect(self.key, self.noted, 0, ["message", "edit"])
        by_id = {message["message_id"]: message for message in self.messages(60)} if found["events"] else {}
        done = set()
        for event in found["events"]:
            message = by_id.get(event["message_id"])
            if message is not None and event["message_id"] not in done:
                done.add(event["message_id"])
                self.lines.append(f"🤖 {drawn(message)}" + (" (changed)" if event["kind"] == "edit" else ""))
        if found["events"]:
            self.noted = found["seq"]
