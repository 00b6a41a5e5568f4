"""The simulator's page, used as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.page.bot import SmallMarket
from tests.page.conftest import Village

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    Look = Callable[..., Page]

pytestmark = pytest.mark.browser


def _phone(page: Page, role: str) -> Locator:
    return page.locator(f'[data-role="{role}"]')


def _press(phone: Locator, label: str) -> None:
    phone.get_by_role("button", name=label).first.click()


def _shows(phone: Locator, words: str) -> None:
    phone.get_by_text(words).last.wait_for()


def _box(part: Locator) -> dict[str, float]:
    found = part.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def test_a_press_is_answered_where_it_was_pressed(look: Look) -> None:
    buyer = _phone(look(), "buyer")
    _press(buyer, "✅ Reserve")
    _shows(buyer, "Chosen: ✅ Reserve")
    _shows(buyer, "Saved")
    _shows(buyer, "edited")
    assert buyer.locator("[aria-busy]").count() == 0
    assert buyer.locator(".tap-count").inner_text() == "1 tap"


def test_an_alert_waits_for_its_ok(look: Look) -> None:
    buyer = _phone(look(), "buyer")
    _press(buyer, "⚠️ Problem")
    alert = buyer.get_by_role("alertdialog")
    alert.get_by_text("Tell us what is wrong.").wait_for()
    alert.get_by_role("button", name="OK").click()
    assert alert.count() == 0


def test_an_invoice_is_paid_on_its_sheet(look: Look) -> None:
    buyer = _phone(look(), "buyer")
    _press(buyer, "Pay ₹240.00")
    sheet = buyer.get_by_role("dialog")
    sheet.get_by_role("button", name="Pay ₹240.00").click()
    sheet.wait_for(state="detached")
    assert buyer.get_by_role("button", name="✓ Paid").is_disabled()


def test_a_refused_card_can_be_tried_again(look: Look) -> None:
    buyer = _phone(look(), "buyer")
    _press(buyer, "Pay ₹240.00")
    sheet = buyer.get_by_role("dialog")
    sheet.get_by_role("button", name="Fail").click()
    sheet.get_by_text("Payment refused").wait_for()
    sheet.get_by_role("button", name="Pay ₹240.00").click()
    sheet.wait_for(state="detached")


def test_a_group_post_leads_to_the_buyers_own_chat(look: Look) -> None:
    page = look()
    _press(_phone(page, "group"), "🛒 Reserve")
    _shows(_phone(page, "buyer"), "You wrote: /start c_7")
    assert "You wrote" not in _phone(page, "group").inner_text()


def test_words_and_tiles_travel_by_keyboard_alone(look: Look) -> None:
    page = look()
    farmer = _phone(page, "farmer")
    farmer.get_by_role("textbox").fill("200 kg mangoes")
    page.keyboard.press("Enter")
    _shows(farmer, "You wrote: 200 kg mangoes")
    farmer.get_by_role("button", name="➕ Sell").focus()
    page.keyboard.press("Enter")
    _shows(farmer, "You wrote: ➕ Sell")
    assert farmer.locator(".tap-count").inner_text() == "1 टैप · 1 लिखा"  # the farmer's app is Hindi


def test_a_sample_photo_is_shown(look: Look) -> None:
    buyer = _phone(look(), "buyer")
    _press(buyer, "Attach")
    _press(buyer, "Sample: mango")
    picture = buyer.locator(".photo img")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 640


def test_what_is_not_looked_at_is_counted(look: Look, village: Village) -> None:
    page = look(390, 844)
    village.act(village.asha, "text", chat=village.group, text="Good morning")
    tab = page.get_by_role("tab", name="Group")
    tab.locator(".badge").wait_for()
    tab.click()
    _shows(_phone(page, "group"), "Good morning")
    tab.locator(".badge").wait_for(state="detached")


def test_a_small_phone_has_room_for_everything(look: Look) -> None:
    page = look(390, 844, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("tab", name="Buyer").click()
    buyer = _phone(page, "buyer")
    parts = [page.locator("#bar"), page.locator(".tabs"), *(buyer.locator(one) for one in
             (".caption", ".phone-head", ".log", ".foot"))]  # fmt: skip
    boxes = [_box(part) for part in parts]
    for upper, lower in pairwise(boxes):
        assert upper["y"] + upper["height"] <= lower["y"] + 1
    assert boxes[-1]["y"] + boxes[-1]["height"] <= 844
    assert boxes[-2]["height"] > 250
    outside = """[...document.querySelectorAll('button, select, textarea')]
        .filter(one => one.checkVisibility() && !one.closest('.message-more'))
        .map(one => one.getBoundingClientRect()).filter(box => box.left < 0 || box.right > 390.5).length"""
    assert page.evaluate(outside) == 0


def test_an_arabic_phone_is_mirrored(look: Look, market: SmallMarket) -> None:
    market.answers["languages"] = [{"code": "en", "name": "English"}, {"code": "ar", "name": "العربية"}]
    page = look()
    buyer = _phone(page, "buyer")
    buyer.get_by_label("Language of Ravi").select_option("ar")
    buyer.locator('.phone[dir="rtl"]').wait_for()
    own = _box(buyer.locator(".message.own .bubble").first)
    other = _box(buyer.locator(".message.other .bubble").first)
    assert own["x"] < other["x"]
    assert _box(buyer.locator(".send"))["x"] < _box(buyer.get_by_role("textbox", name="رسالة"))["x"]
    assert _phone(page, "farmer").locator(".phone").get_attribute("dir") == "ltr"


def test_the_drawer_shows_the_order_the_ledger_and_the_outbox(look: Look) -> None:
    page = look()
    page.get_by_role("button", name="Behind").click()
    drawer = page.locator("#drawer")
    drawer.locator(".state.current", has_text="due").wait_for()
    drawer.get_by_text("pay balance").wait_for()
    drawer.get_by_role("tab", name="Ledger").click()
    drawer.get_by_text("Sum 0 ✓").wait_for()
    drawer.get_by_role("tab", name="Outbox").click()
    drawer.get_by_text("harvest_ready").wait_for()
    drawer.get_by_role("tab", name="API log").click()
    drawer.get_by_text("sendInvoice").first.wait_for()


def test_the_clock_moves_when_it_is_pushed(look: Look, market: SmallMarket) -> None:
    page = look()
    page.locator(".clock-time", has_text="08:40").wait_for()
    page.get_by_role("button", name="+1 h").click()
    page.locator(".clock-time", has_text="09:40").wait_for()
    assert market.moves == [{"advance_seconds": 3600}]


def test_somebody_new_gets_a_phone(look: Look) -> None:
    page = look()
    page.get_by_role("button", name="+ phone").click()
    page.get_by_label("Name").fill("Joe")
    page.get_by_role("button", name="New person").click()
    joe = page.locator(".slot", has_text="Joe")
    joe.get_by_role("button", name="Start").click()
    _shows(joe, "You wrote: /start")


def test_a_phone_is_offered_what_the_market_speaks_and_keeps_what_it_has(look: Look) -> None:
    page = look()
    offered = _phone(page, "buyer").get_by_label("Language of Ravi").locator("option")
    assert offered.all_inner_texts() == ["English", "Português"]
    kept = _phone(page, "farmer").get_by_label("Language of Asha").locator("option")
    assert kept.all_inner_texts() == ["English", "Português", "हिन्दी"]


def test_an_empty_simulator_offers_three_phones(look: Look, village: Village, market: SmallMarket) -> None:
    market.answers["people"] = []
    village.control.post("/control/reset", {})
    page = look()
    page.get_by_role("button", name="Set up three phones").click()
    page.locator(".slot").nth(2).wait_for()
    assert [page.locator(f'[data-role="{role}"]').count() for role in ("farmer", "buyer", "group")] == [1, 1, 1]
    _shows(_phone(page, "group"), "Village market")
