"""People with phones, for stories: they tap, type and look, over HTTP to the simulator's control protocol.

    asha = Phone(api_url, "Asha")
    asha.start()
    asha.taps("🛒 Reserve")
    asha.sees("Deposit")

Every act waits until the bot has answered it, so stories need no sleeps. What a person "sees" is what the bot wrote or
changed since that person's last act; `anywhere=True` looks at the whole open chat.
"""

from __future__ import annotations

from typing import Any

from simulator.client import Control, Json
from simulator.window import SHOWN, Window, labels_of, text_of
from tests.kit.phone import Phone
from tests.kit.transcript import Transcript

__all__ = ["Group", "Phone"]


class Group:
    """A group with people, and the bot once it is added."""

    def __init__(self, api_url: str, owner: Phone, title: str, *members: Phone, supergroup: bool = False) -> None:
        self.control = Control(api_url)
        self.owner = owner
        made = self._does("create_group", title=title, members=[phone.id for phone in members], supergroup=supergroup)
        self.id: int = made["chat_id"]
        self.window = Window(self.control, str(self.id), owner.window.deadline, owner.window.insider)
        self._story = Transcript(self.window)

    def _does(self, verb: str, **fields: Any) -> Json:
        return self.control.post("/control/act", {"as": self.owner.id, "bot": self.owner.bot_id, "do": verb, **fields})

    def _in_group(self, verb: str, *, reacts: bool, **fields: Any) -> Json:
        done = self._does(verb, chat=self.id, **fields)
        self.window.acted = done["seq"]
        self._story.note(f"🧑 {self.owner.name}: {verb}")
        if reacts:
            self.window.settles(done["seq"], SHOWN[:4])
        return done

    def adds_bot(self, payload: str | None = None, *, admin: bool = False, reacts: bool = True) -> None:
        """Add the bot, perhaps through a startgroup link."""
        link = {} if payload is None else {"payload": payload}
        self._in_group("add_bot", admin=admin, reacts=reacts, **link)

    def removes_bot(self) -> None:
        """Put the bot out."""
        self._in_group("remove_bot", reacts=False)

    def joins(self, phone: Phone) -> None:
        """Bring somebody in."""
        self._in_group("add_member", user=phone.id, reacts=False)

    def leaves(self, phone: Phone) -> None:
        """Somebody goes."""
        self._in_group("remove_member", user=phone.id, reacts=False)

    def sets_rights(self, *, reacts: bool = False, **rights: bool) -> None:
        """Change what members may do: `can_send_messages=False`."""
        self._in_group("set_rights", rights=rights, reacts=reacts)

    def makes_admin(self, *, admin: bool = True, reacts: bool = False) -> None:
        """Promote or demote the bot."""
        self._in_group("set_rights", admin=admin, reacts=reacts)

    def migrates(self) -> int:
        """Upgrade to a supergroup; gives the new id, which this object follows."""
        self.id = self._in_group("migrate", reacts=False)["chat_id"]
        self.window.key = str(self.id)
        return self.id

    def taps_as(self, phone: Phone, label: str, *, reacts: bool = True, **fields: Any) -> Json:
        """A member presses a button in the group; a deep link goes on in their private chat."""
        return phone.taps(label, reacts=reacts, chat=self.window, **fields)

    def types_as(self, phone: Phone, text: str, *, reacts: bool = True) -> None:
        """A member writes in the group."""
        phone.typed_count += 1
        done = self.control.post("/control/act", {"as": phone.id, "do": "text", "text": text, "chat": self.id})
        self.window.acted = done["seq"]
        self._story.note(f"🧑 {phone.name}: {text}")
        if reacts:
            self.window.settles(done["seq"], SHOWN[:4])

    def sees(self, words: str, *, anywhere: bool = False) -> str:
        """Wait for a message with these words."""
        return self.window.sees(words, anywhere=anywhere)

    def sees_not(self, words: str, *, within: float | None = None) -> None:
        """These words do not come."""
        self.window.sees_not(words, within=within)

    def buttons(self) -> list[str]:
        """Labels on the newest bot message."""
        shown = self.window.bot_messages()
        return labels_of(shown[-1]) if shown else []

    def screen(self) -> str:
        """The text of the newest bot message."""
        shown = self.window.bot_messages()
        return text_of(shown[-1]) if shown else ""

    def transcript(self) -> list[str]:
        """Readable lines of all that happened here."""
        return self._story.lines()
