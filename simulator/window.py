"""One chat as a person sees it: its messages and buttons, and waiting until the bot has shown something."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Protocol, TypeVar
from urllib.parse import quote

from simulator.client import Control, ControlError, Json

DEADLINE = 30.0  # of a machine that does much else besides; nobody waits so long for what comes
QUIET = 0.06  # a bot often answers with two messages: the reaction is over when the chat is quiet this long
ANSWER_GRACE = 1.5  # an empty answer to a press usually comes just before the edit it announces
TOAST_GRACE = 0.4  # a toast may be all there is, or come just before an edit
A_MOMENT = 0.3  # in which something that was not to come would have come
SHOWN = ["message", "edit", "delete", "toast", "payment"]
REACTIONS = [*SHOWN, "answer"]
_PLAIN = str.maketrans(
    {"\u2066": "", "\u2067": "", "\u2068": "", "\u2069": "", "\u200e": "", "\u200f": "", "\xa0": " ", "\u202f": " "}
)
Found = TypeVar("Found")


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


class Missed(Exception):
    """What somebody waited for did not come; the text shows the last screens."""


class Insider(Protocol):
    """Somebody in the simulator's process, who knows better than by waiting when a bot has nothing more to say."""

    def calms(self) -> None:
        """Return when it has nothing more to say."""

    def has_shown(self, key: str, after_seq: int, kinds: Collection[str]) -> bool:
        """Whether it has done something of these kinds in a chat after an event number."""


class Window:
    """One chat as somebody looks at it; `deadline` in seconds, `key` as the control protocol names chats."""

    def __init__(self, control: Control, key: str, deadline: float = DEADLINE, insider: Insider | None = None) -> None:
        self.control = control
        self.key = key
        self.deadline = deadline
        self.insider = insider
        self.acted = 0  # event number before the last act

    def messages(self, newest: int = 20) -> list[Json]:
        """The newest messages, oldest first."""
        return list(self._view(newest).get("messages", []))

    def _view(self, newest: int = 20, more: str = "") -> Json:
        try:
            return self.control.get(f"/control/chats/{quote(self.key)}?newest={newest}{more}")
        except ControlError:
            return {}

    def bot_messages(self) -> list[Json]:
        """What the bot wrote, oldest first."""
        return [message for message in self.messages() if message["by"] == "bot"]

    def touched(self, after_seq: int) -> list[Json]:
        """Bot messages written or changed after an event number, oldest first."""
        return list(self._view(60, f"&touched_after={after_seq}").get("messages", []))

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
        """Wait for the bot's reaction to an act, then for calm; Missed when none comes."""
        kinds = [*kinds, "answer"]
        if self.insider is not None:
            self.insider.calms()
            if self.insider.has_shown(self.key, after_seq, kinds):
                return
        found = self.control.expect(self.key, after_seq, self.deadline, kinds)
        if not found["events"]:
            raise Missed(f"the bot did not react within {self.deadline:g} s; the last screens were:\n{self.screens()}")
        if self.insider is not None:
            self.insider.calms()
        else:
            self._quiets(found, kinds)

    def _quiets(self, found: Json, kinds: list[str]) -> None:
        only = {event["kind"] for event in found["events"]}
        if only <= {"answer", "toast"}:
            grace = ANSWER_GRACE if only == {"answer"} else TOAST_GRACE
            found = self.control.expect(self.key, found["seq"], grace, kinds)
        over = time.monotonic() + self.deadline
        while found["events"] and time.monotonic() < over:
            found = self.control.expect(self.key, found["seq"], QUIET, kinds)

    def waits(self, look: Callable[[], Found | None], wanted: str) -> Found:
        """Look again whenever something happens, until the deadline. Raises Missed."""
        found = look()  # most often it is there already
        if found is not None:
            return found
        over = time.monotonic() + self.deadline
        while True:
            seq = self.control.expect(self.key, 2**62, 0, SHOWN)["seq"]
            found = look()
            if found is not None:
                return found
            left = over - time.monotonic()
            if left <= 0:
                raise Missed(f"waited for {wanted}; the last screens were:\n{self.screens()}")
            self.control.expect(self.key, seq, min(left, 0.5), REACTIONS)

    def sees(self, words: str, *, anywhere: bool = False) -> str:
        """The text of a message that holds these words, as soon as it is there."""
        wanted = plain(words)

        def look() -> str | None:
            shown = self.bot_messages() if anywhere else self.touched(self.acted)
            return next((text_of(message) for message in reversed(shown) if wanted in text_of(message)), None)

        return self.waits(look, f"the words {words!r}")

    def sees_not(self, words: str, *, within: float | None = None) -> None:
        """These words do not come within so many seconds; unless told, until the bot is calm, or for a moment."""
        if within is None and self.insider is not None:
            self.insider.calms()
        over = time.monotonic() + (within or (0 if self.insider else A_MOMENT))
        while True:
            for message in self.touched(self.acted):
                if plain(words) in text_of(message):
                    raise Missed(f"did not want to see {words!r}, but:\n   {drawn(message)}")
            if time.monotonic() >= over:
                return
            time.sleep(0.05)
