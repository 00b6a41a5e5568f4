"""One season as people play it, with a fate drawn for the crop and each buyer; it ends with what each of them reads."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from tests.kit.phone import Phone
from tests.soak.ground import Ground

CROPS = ("ready", "short", "lost")
BUYERS = ("pays", "pays", "doubles", "returns", "leaves")
NAMES = ("Asha", "Binu", "Chitra", "Devi")


@dataclass
class Season:
    """A farmer with one sale, and two or three buyers."""

    ground: Ground
    number: int
    seed: int
    fates: Counter[str] = field(default_factory=Counter)

    def play(self) -> Counter[str]:
        """From the first reservation to the last word; returns the fates that were played."""
        draw = random.Random(self.seed)
        self.farmer, (_user, self.sale) = self.ground.farmers[self.number], self.ground.farms[self.number]
        buyers = [self._buyer(name, draw.choice(BUYERS)) for name in NAMES[: draw.randint(2, 3)]]
        staying = [phone for phone, fate in buyers if fate in {"pays", "doubles"}]
        crop = draw.choice(CROPS) if staying else "lost"
        self.fates[crop] += 1
        getattr(self, f"_{crop}")(staying)
        return self.fates

    # ---- before the harvest

    def _buyer(self, name: str, fate: str) -> tuple[Phone, str]:
        phone = self.ground.phone(f"{name} {self.number}")
        phone.start(f"s_{self.sale}")
        phone.taps("5 kg")
        phone.taps("✅ Reserve")
        if fate == "doubles":
            pressed = phone.control.get("/control/state")["callbacks"][phone.last["callback_id"]]
            phone.taps_stale(pressed["message_id"], pressed["data"])
        phone.sees("✅ Reserved", anywhere=True)
        if fate != "leaves":
            self._pays(phone, "💳 Pay deposit")
            phone.taps("🚚 Deliver")
            phone.sees("street", anywhere=True)
            phone.types(f"{self.number}, Lake Road, Pune")
        if fate in {"leaves", "returns"}:
            phone.taps("🧺 My orders")
            phone.taps("🥭")
            phone.taps("❌ Cancel order")
            phone.taps("❌")
            phone.sees("cancelled", anywhere=True)
        self.fates[fate] += 1
        return phone, fate

    def _pays(self, phone: Phone, button: str) -> None:
        """Press and pay until the money is taken: while nobody answers in time nothing is charged."""
        phone.taps(button)
        while phone.pays()["state"] != "paid":
            continue
        phone.sees("✅ Paid", anywhere=True)

    # ---- the harvest and after

    def _ready(self, buyers: list[Phone]) -> None:
        self._opens_sale()
        for label in ("✅ Ready", "Yes, early", "All ", "📣 Tell them"):
            self.farmer.taps(label)
        self._goes_on(buyers)

    def _short(self, buyers: list[Phone]) -> None:
        self._opens_sale()
        for label in ("📉 Less", "Yes, early", "✏️ Other"):
            self.farmer.taps(label)
        self.farmer.types(str(len(buyers) * 3))
        for label in ("⚖️ Fair share", "📣 Tell them"):
            self.farmer.taps(label)
        self._goes_on(buyers)

    def _lost(self, buyers: list[Phone]) -> None:
        self._opens_sale()
        for label in ("❌ Lost", "🌧 Rain", "📣 Tell them"):
            self.farmer.taps(label)
        for phone in buyers:
            phone.sees("crop is lost", anywhere=True)

    def _goes_on(self, buyers: list[Phone]) -> None:
        for phone in buyers:
            self._pays(phone, "💳 Pay balance")
        self._opens_sale()
        for label in ("📋 Pick list", "✅ All packed", "🚚 Hand to courier", "🙋 I deliver myself"):
            self.farmer.taps(label)
        self.farmer.taps("🏠 On the way")
        pressed: list[str] = []
        for _ in buyers:  # one at a time, from the list that grows shorter
            pressed.append(self._next_home(pressed))
            self.farmer.taps(pressed[-1])
        for phone in buyers:
            phone.sees("delivered", anywhere=True)
            phone.taps("✅ Received")
            phone.sees("received. Thank you!", anywhere=True)

    def _next_home(self, pressed: list[str]) -> str:
        """The button of an order that was not handed over yet, as soon as it is shown."""

        def look() -> str | None:
            return next(
                (each for each in self.farmer.buttons() if each.startswith("🏠 #") and each not in pressed), None
            )

        return self.farmer.window.waits(look, "another order to hand over")

    def _opens_sale(self) -> None:
        self.farmer.taps("📦 Orders")
        self.farmer.taps("🥭")
