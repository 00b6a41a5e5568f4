"""A season in a language nobody speaks: what is still English on a screen never passed the catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.orders.fulfil import CourierStatus
from locales.extract import text
from simulator.window import labels_of, text_of
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.pseudo import latin, pseudo, spoken
from tests.stories import market
from tests.stories.market import carried, packed, stepped

# a language's own name, codes, a time zone's key, and how this shop is called
SAME = {"English", "Asia", "Kolkata", "INR", "Farmgate"}


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop that also speaks the pseudo-language; people's phones are set to it."""
    with spoken(tmp_path / "locales", text(), monkeypatch):
        made = Shop(sqlite_url, tmp_path / "data")
        try:
            yield made
        finally:
            made.close()


class Reader(Phone):
    """A phone whose owner reads only the pseudo-language; every screen is looked through."""

    def __init__(self, shop: Shop, name: str, **extra: int) -> None:
        super().__init__(shop.api.url, name, "ru", **extra)  # type: ignore[arg-type] # user_id
        self.foreign: dict[str, str] = {}
        self.read: set[str] = set()

    def presses(self, label: str) -> None:
        """Press by the English words."""
        self.taps(pseudo(label))
        self.looks()

    def looks(self) -> None:
        """Note every word on the screens that is plain Latin."""
        for message in self.window.messages(60):
            if message["by"] != "bot":
                continue
            for shown in [text_of(message), *labels_of(message)]:
                self._note(shown)
        for label in self.window.keyboard():
            self._note(label)

    def _note(self, shown: str) -> None:
        self.read.add(shown)
        words = [word for word in latin(re.sub(r"\b[A-Z]{1,2}\d+\b|\b[0-9a-f]{64}\b", "", shown)) if word not in SAME]
        if words:
            self.foreign[shown] = " ".join(words)


def farmer(shop: Shop) -> Reader:
    """Joins, sells by taps and by the form."""
    gopal = Reader(shop, "Гопал")
    gopal.start()
    gopal.taps("Русский")
    gopal.presses("🌱 I grow")
    gopal.shares_contact()
    gopal.shares_place(16.99, 73.31)
    gopal.presses("Mango")
    for label in ("➕ Sell", "🥭 Mango"):
        gopal.presses(label)
    gopal.taps("200")
    gopal.types("15/5")
    gopal.looks()
    gopal.types("120")
    gopal.looks()
    gopal.presses("⋯ More")
    gopal.presses("🧾 Invoice")
    gopal.presses("⬅️ Back")
    gopal.sends_photo()
    gopal.looks()
    gopal.presses("✅ Publish")
    for label in ("📦 Orders", "💰 Money", "❓ Help"):
        gopal.presses(label)
    gopal.sends_sticker()
    gopal.types("/privacy")
    gopal.types("/settings")
    gopal.types("/rules")
    gopal.types("что")
    gopal.looks()
    return gopal


def buyer(shop: Shop, sale_id: int) -> Reader:
    """Looks around, reserves, pays, says where to."""
    asha = Reader(shop, "Аша")
    asha.start()
    asha.taps("Русский")
    asha.presses("🧺 I buy")
    for label in ("🛍 Market", "🗂 Category", "🛍 Market", "👛 Wallet", "🧺 My orders"):
        asha.presses(label)
    asha.start(f"s_{sale_id}")
    asha.presses("ℹ️ Details")
    asha.presses("⬅️ Back")
    asha.types("много")
    asha.types("5")
    asha.looks()
    asha.presses("✅ Reserve")
    asha.presses("📝 Note to farmer")
    asha.types("Зелёные")
    asha.looks()
    asha.taps("💳")
    asha.taps("🚚")
    asha.types("Озёрная 12, город")
    asha.looks()
    return asha


def staff(shop: Shop) -> Reader:
    """The owner looks at every tile and decides."""
    meera = Reader(shop, "Мира", user_id=777_001)
    meera.start()
    meera.taps("Русский")
    for label in ("✅ To decide", "👥 Members", "📊 Today", "⚙️ Settings"):
        meera.presses(label)
    return meera


def harvest(gopal: Reader) -> None:
    """The crop is ready; the buyers are asked for the rest."""
    gopal.presses("📦 Orders")
    gopal.taps("🥭")
    gopal.looks()
    gopal.presses("✅ Ready")
    gopal.taps(pseudo("All {amount}").split("{")[0])
    gopal.looks()
    gopal.presses("📣 Tell them")


def follows(shop: Shop, asha: Reader) -> None:
    """Pays the rest, looks where it is, gets it and judges it."""
    asha.looks()
    asha.taps("💳")
    asha.looks()
    stepped(shop, 1, "picked", "processed", "sorted", "stocked")
    packed(shop, 1)
    carried(shop, 1, CourierStatus.ON_THE_ROAD)
    asha.presses("🧺 My orders")
    asha.taps("🥭 A1")
    asha.presses("📍 Track")
    carried(shop, 1, CourierStatus.DELIVERED)
    asha.looks()
    asha.presses("✅ Received")
    asha.presses("👍 Good")
    asha.looks()


def test_a_season_holds_no_word_that_was_not_translated(shop: Shop) -> None:
    meera = staff(shop)
    shop._owner = meera
    gopal = farmer(shop)
    shop.settles()
    meera.looks()
    meera.taps(pseudo("✅ Approve"))
    shop.settles()
    market.ways_to_pay(shop, "sandbox")
    asha = buyer(shop, 1)
    shop.later(days=12, hours=8)
    harvest(gopal)
    shop.settles()
    follows(shop, asha)
    shop.later(days=1)
    for phone in (meera, gopal, asha):
        phone.looks()
    found = {**meera.foreign, **gopal.foreign, **asha.foreign}
    assert found == {}
    assert len(meera.read | gopal.read | asha.read) > 120
