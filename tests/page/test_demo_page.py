"""The page against the real demo: a farmer sells, the co-op approves, a buyer reserves and pays, all by clicks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.test_demo import Visitor, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
PATIENCE_MS = 30_000


@pytest.fixture
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of a demo that has just opened; errors of its scripts fail the test."""
    troubles: list[str] = []
    with started(tmp_path_factory.mktemp("home"), "demo", "--port", "0") as visitor:
        _come_in(visitor)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        shown = context.new_page()
        shown.set_default_timeout(PATIENCE_MS)
        shown.on("pageerror", lambda error: troubles.append(str(error)))
        shown.goto(visitor.url)
        shown.locator(".slot").first.wait_for()
        yield shown
        context.close()
    assert troubles == []


def _come_in(visitor: Visitor) -> None:
    visitor.comes_in()
    visitor.waits_for("The market is open.")


class Person:
    """Somebody who presses on one phone of the page."""

    def __init__(self, page: Page, role: str) -> None:
        self.phone: Locator = page.locator(f'[data-role="{role}"]').first

    def taps(self, *labels: str) -> None:
        """Press the newest button called so, each when it is there."""
        for label in labels:
            self.phone.get_by_role("button", name=label).last.click()

    def sends_a_photo(self, sample: str) -> None:
        self.taps("Attach", f"Sample: {sample}")

    def sees(self, words: str) -> None:
        self.phone.get_by_text(words).last.wait_for()


def test_a_sale_is_made_approved_reserved_and_paid_by_clicks_alone(page: Page) -> None:
    farmer, buyer, group, operator = (Person(page, role) for role in ("farmer", "buyer", "group", "operator"))
    farmer.taps("➕ Sell", "same as last time")
    farmer.sees("Send 1 photo")
    farmer.sends_a_photo("mango")
    farmer.sees("Photo 1 of 5")
    farmer.taps("✅ Publish")
    page.get_by_role("tab", name="Operator").click()
    operator.taps("✅ Approve")
    operator.sees("approved")
    page.get_by_role("tab", name="Farmer").click()
    farmer.sees("is on sale")
    group.sees("Konkan Orchard")
    group.taps("🛒 Reserve")
    buyer.taps("5 kg", "✅ Reserve", "💳 Pay deposit ₹150", "💳 Card in chat", "Pay ₹150.00")
    buyer.phone.get_by_role("dialog").get_by_role("button", name="Pay ₹150.00").click()
    buyer.sees("Where shall it go?")
    buyer.taps("📍 Pick up")
    page.get_by_role("button", name="Behind").click()
    page.locator("#drawer .state.current", has_text="reserved").wait_for()


def test_a_sale_is_shared_into_the_group_by_inline_mode(page: Page) -> None:
    buyer, group = Person(page, "buyer"), Person(page, "group")
    group.taps("🛒 Reserve")
    buyer.taps("📣 Share")
    chats = buyer.phone.get_by_role("dialog")
    chats.locator(".sheet-action", has_text="👥").click()
    buyer.phone.locator(".offers").get_by_role("option").first.click()
    buyer.phone.locator(".message.own").get_by_text("Hill Terrace Farm").wait_for()
    group.phone.locator(".message").get_by_text("Hill Terrace Farm").nth(1).wait_for()  # the shop's own post was first
    field = buyer.phone.get_by_role("textbox")
    field.fill("@farmgate_bot durian")
    buyer.taps("0 sales like that. See the market")
    buyer.sees("what next?")
