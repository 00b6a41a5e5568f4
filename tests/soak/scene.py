"""What every fate of a season works with: the people, the sale, the draw, and what they do again and again."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.client import Json
from simulator.window import labels_of, plain, text_of
from tests.kit.phone import Phone
from tests.soak.ground import Ground

PACK_KILOS = 5  # what a buyer reserves
TRIES = 10  # of one payment


@dataclass
class Scene:
    """One season: a farmer with a sale, its buyers, and which fates were met so far."""

    ground: Ground
    number: int
    draw: random.Random
    is_early: bool = True  # the harvest comes long before the promised day, which is asked about
    fates: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.farmer, (_user, self.sale) = self.ground.farmers[self.number], self.ground.farms[self.number]

    def meets(self, of: dict[str, Callable[..., object]]) -> Callable[..., object]:
        """Draw one of these fates and count it."""
        name = self.draw.choice(list(of))
        self.fates[name] += 1
        return of[name]

    # ---- buyers

    def somebody(self, name: str) -> Phone:
        """A person of this season, who never wrote to the bot."""
        return self.ground.phone(f"{name} {self.number}")

    def reserves(self, name: str) -> Phone:
        """Somebody who reserved and has paid nothing."""
        phone = self.somebody(name)
        phone.start(f"s_{self.sale}")
        phone.taps(f"{PACK_KILOS} kg")
        phone.taps("✅ Reserve")
        phone.sees("✅ Reserved", anywhere=True)
        return phone

    def settles_in(self, phone: Phone) -> Phone:
        """The deposit, and where it shall go."""
        self.pays(phone, "💳 Pay deposit")
        return self.is_brought_home(phone)

    def is_brought_home(self, phone: Phone) -> Phone:
        """The goods shall be brought."""
        phone.taps("🚚 Deliver")
        phone.sees("street", anywhere=True)
        phone.types(f"{self.number}, Lake Road, Pune")
        return phone

    def pays(self, phone: Phone, button: str) -> None:
        """Press and pay until the money is taken: while nobody answers in time nothing is charged."""
        phone.taps(button)
        if self._is_asked_how(phone):  # the wallet would do, too
            by_wallet = self.draw.random() < 0.5
            presses_in(phone, ": how?", "👛 Wallet" if by_wallet else "💳 Card in chat")
            if by_wallet:
                self.fates["by wallet"] += 1
                phone.sees("✅ Paid")
                return
        tried = [phone.pays()]
        while tried[-1]["state"] != "paid":
            assert len(tried) < TRIES, f"{phone.name} could not pay: {tried[-1]}\n{phone.screens()}"
            tried.append(phone.pays())
        phone.sees("✅ Paid", anywhere=True)

    def _is_asked_how(self, phone: Phone) -> bool:
        def look() -> bool | None:
            for message in reversed(phone.window.touched(phone.window.acted)):
                if "invoice" in message or ": how?" in text_of(message):
                    return "invoice" not in message
            return None

        return phone.window.waits(look, "an invoice, or the choice of ways")

    def opens_order(self, phone: Phone) -> None:
        """The card of the order."""
        phone.taps("🧺 My orders")
        phone.taps("🥭")
        phone.sees("🧾")  # this one: a button of an earlier card may be out of date

    def cancels(self, phone: Phone, words: str = "cancelled") -> None:
        """The buyer steps back."""
        self.opens_order(phone)
        phone.taps("❌ Cancel order")
        phone.taps("❌ Yes, cancel")
        phone.sees(words, anywhere=True)

    def reads_one_of(self, phone: Phone, *words: str) -> str:
        """Which of these comes first."""

        def look() -> str | None:
            told = [text_of(each) for each in phone.window.messages(60) if each["by"] == "bot"]
            return next((each for each in words if any(plain(each) in text for text in told)), None)

        return phone.window.waits(look, " or ".join(words))

    # ---- the farmer, and the co-op

    def opens_sale(self) -> None:
        """The farmer looks at the sale."""
        self.farmer.types("📦 Orders")  # the button of that name under "is on sale" opens this sale at once
        self.farmer.taps("🥭")

    def farmer_taps(self, *labels: str) -> None:
        """One after another."""
        for label in labels:
            self.farmer.taps(label)

    def harvests(self, button: str, *labels: str) -> None:
        """[✅ Ready] or [📉 Less], and whether so early is meant."""
        self.opens_sale()
        self.farmer_taps(button, *(["Yes, early"] if self.is_early else []), *labels)

    def shown_next(self, label: str, but: list[str]) -> str:
        """A button that begins so and was not pressed before, as soon as the farmer is shown one."""

        def look() -> str | None:
            shown = [each for message in reversed(self.farmer.window.bot_messages()) for each in labels_of(message)]
            return next((each for each in shown if each.startswith(label) and each not in but), None)

        return self.farmer.window.waits(look, f"another [{label}]")


def presses_in(phone: Phone, words: str, label: str) -> None:
    """Press a button under the newest message with these words, whatever came after it."""

    def look() -> tuple[int, str] | None:
        for message in reversed(phone.window.messages(500)):  # the co-op is told of everything
            if words in text_of(message) and (data := _data(message, label)):
                return int(message["message_id"]), data
        return None

    phone.taps_stale(*phone.window.waits(look, f"[{label}] under {words!r}"))


def _data(message: Json, label: str) -> str:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    found = (each["callback_data"] for row in rows for each in row if plain(each["text"]).startswith(label))
    return next(found, "")


def link_in(text: str, letter: str) -> str:
    """What follows start= in a link that was shown."""
    found = re.search(rf"start=({letter}_[\w-]+)", text)
    assert found is not None, text
    return found[1]
