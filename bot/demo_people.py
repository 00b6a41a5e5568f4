"""Who plays in the demo: the people of the sample market arrive in the messenger, some get a phone on the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot import seed_data as sample
from core.i18n import N_, gettext_of, speaking, speech_for
from simulator.client import Control, Json

GROUP = "Pune kitchen circle"
SET_UP = ("✓", N_("Crops: all ✓"))  # the group's language as it is, and every crop
PATIENCE = 10.0
FARMER = sample.FARMS[0].farmer
FIRST_BUYER, SECOND_BUYER = sample.BUYERS[:2]
SHOWN = ((FARMER, "farmer"), (FIRST_BUYER, "buyer"), (sample.COURIER, "courier"), (sample.OPERATOR, "operator"),
         (SECOND_BUYER, "buyer"))  # fmt: skip
# the journey's number, what it is called, and how many taps it may take
BUDGETS = (
    ("1", "Farmer joins", 6), ("2", "Publish, first time", 6), ("2", "Publish", 5), ("2", "Publish again", 3),
    ("3", "Harvest: ready", 3), ("3", "Harvest: short", 4), ("3", "Harvest: lost", 3), ("4", "Pick list", 1),
    ("6", "Reserve from the group", 3), ("6", "Pay deposit", 1), ("6", "Pay balance", 1), ("6", "Track", 1),
    ("6", "Received", 1), ("6", "Review: the score", 1), ("9", "Group", 5), ("10", "Courier: a status", 1),
    ("11", "Approve", 1), ("11", "Reject", 2), ("12", "Language", 2),
)  # fmt: skip


class Messenger:
    """The people's side of the simulator, over HTTP, as the page uses it."""

    def __init__(self, url: str) -> None:
        self._control = Control(url)

    def act(self, acts: Sequence[Json]) -> list[Json]:
        """Acts of people, in order; each succeeds or fails for itself."""
        return self._control.bulk(acts)

    def arrive(self, people: Mapping[str, int], language: str) -> None:
        """These people open the chat with the bot."""
        for name, user_id in people.items():
            self._control.post("/control/users", {"id": user_id, "first_name": name, "language_code": language})
        self.act([{"as": user_id, "do": "start"} for user_id in people.values()])

    def found_group(self, people: Mapping[str, int], members_named: Collection[str], bot_id: int, language: str) -> int:
        """A group with the bot in it, set up by the first buyer, who founded it; its chat id."""
        founder, members = people[FIRST_BUYER], [people[name] for name in sorted(members_named)]
        made = self.act([{"as": founder, "do": "create_group", "title": GROUP, "members": members}])
        chat = int(made[0]["chat_id"])
        self._answered({"as": founder, "do": "add_bot", "chat": chat, "bot": bot_id})
        with speaking(speech_for(language, None, "UTC")):
            labels = [gettext_of(label) for label in SET_UP]
        for label in labels:
            self._answered({"as": founder, "do": "press", "chat": chat, "label": label})
        return chat

    def _answered(self, act: Json) -> None:
        """One act, and the bot's next word in that chat."""
        done = self.act([act])[0]
        if done.get("ok"):
            self._control.expect(done["chat"], done["seq"], PATIENCE, ["message", "edit"])

    def set_clock(self, offset_seconds: float) -> None:
        """Bubbles show the market's time."""
        self._control.post("/control/limits", {"clock_offset": offset_seconds})

    def forget(self) -> None:
        """Empty phones, nobody there, no faults."""
        self._control.post("/control/reset", {})


def phones(people: Mapping[str, int], group_id: int, language: str) -> list[Json]:
    """The phones of the page: farmer, buyer and group in front, those who work behind the shop on the second desk."""
    own = [
        {"role": role, "user_id": people[name], "chat_id": people[name], "name": name, "language": language}
        for name, role in SHOWN
    ]
    group = {"role": "group", "user_id": people[FIRST_BUYER], "chat_id": group_id, "name": GROUP, "language": language}
    return [*own[:2], group, *own[2:]]


def roles(people: Mapping[str, int]) -> list[Json]:
    """What everybody does in the sample market, so that a phone is chosen by role and not only by name."""
    known = {farm.farmer: "farmer" for farm in sample.FARMS}
    known |= {sample.OWNER: "owner", sample.OPERATOR: "operator", sample.COURIER: "courier"}
    return [{"user_id": user_id, "role": known.get(name, "buyer")} for name, user_id in people.items()]


def budgets() -> list[Json]:
    """How many taps a journey may take, as the tap counter reads it."""
    return [{"journey": number, "name": name, "taps": taps} for number, name, taps in BUDGETS]
