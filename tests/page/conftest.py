"""A simulator in a process of its own, a scripted bot, a small market, and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simulator.client import Control, Json
from tests.crash.parts import nursery
from tests.page.bot import RESERVE, ScriptedBot, SmallMarket, rows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CALM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def found_chromium() -> str | None:
    """The chromium of this machine: FARMGATE_CHROMIUM, or one on the path."""
    named = os.environ.get("FARMGATE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A chromium with a fresh profile."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = found_chromium()
    if chromium is None:
        pytest.skip("no chromium found on the path (install Debian's, or set FARMGATE_CHROMIUM)")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=list(CALM))
        yield running
        running.close()


@pytest.fixture
def market() -> Iterator[SmallMarket]:
    """A market on a loopback port."""
    served = SmallMarket()
    yield served
    served.stop()


class Village:
    """Asha sells, Ravi buys, both are in a group; the bot has written to all of them."""

    def __init__(self, url: str, market: SmallMarket) -> None:
        self.url = url
        self.control = Control(url)
        self.bot = ScriptedBot(url)
        self.asha, self.ravi = self._person("Asha", "hi"), self._person("Ravi", "en")
        made = self.act(self.ravi, "create_group", title="Buyers of the village", members=[self.asha])
        self.group = made["chat_id"]
        self.act(self.ravi, "add_bot", chat=self.group)
        market.answers["people"] = [
            {"role": "farmer", "user_id": self.asha, "chat_id": self.asha, "name": "Asha", "language": "hi"},
            {"role": "buyer", "user_id": self.ravi, "chat_id": self.ravi, "name": "Ravi", "language": "en"},
            {"role": "group", "user_id": self.ravi, "chat_id": self.group, "name": "Group", "language": "en"},
        ]

    def act(self, user: int, verb: str, **fields: Any) -> Json:
        """Do something as a person."""
        return self.control.post("/control/act", {"as": user, "do": verb, **fields})

    def _person(self, name: str, language: str) -> int:
        user: int = self.control.post("/control/users", {"first_name": name, "language_code": language})["id"]
        self.act(user, "start")
        return user

    def bot_writes(self) -> None:
        """A card for the buyer, an invoice, a post for the group, and the farmer's tiles."""
        send = self.bot.call
        tiles = {"keyboard": [["➕ Sell", "📦 Orders"], ["💰 Money", "❓ Help"]], "resize_keyboard": True}
        send("sendMessage", chat_id=self.asha, text="🌾 नमस्ते", reply_markup=tiles)
        card = rows("✅ Reserve", "⚠️ Problem")
        send("sendMessage", chat_id=self.ravi, text="5 kg ₹1,200: deposit ₹240 now", reply_markup=card)
        price = [{"label": "Deposit", "amount": 24000}]
        words = {"title": "Deposit for 5 kg", "description": "Order A12", "payload": "d12"}
        send("sendInvoice", chat_id=self.ravi, **words, provider_token="TEST:PROVIDER", currency="INR", prices=price)
        post = {"inline_keyboard": [[{"text": "🛒 Reserve", "url": RESERVE}]]}
        send("sendMessage", chat_id=self.group, text="🥭 200 kg · ₹120/kg", reply_markup=post)


@pytest.fixture
def village(market: SmallMarket, tmp_path: Path) -> Iterator[Village]:
    """A simulator in a process of its own, with a village in it."""
    part, url = nursery().simulator(tmp_path, "--market-url", market.url)
    try:
        place = Village(url, market)
        place.bot_writes()
        yield place
    finally:
        part.ends()
    place.bot.stop()


@pytest.fixture
def look(browser: Browser, village: Village) -> Iterator[Callable[..., Page]]:
    """Open the page at a size; errors of its scripts fail the test."""
    contexts = []
    troubles: list[str] = []

    def opened(width: int = 1440, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.goto(village.url)
        page.locator(".slot, .nobody").first.wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []
