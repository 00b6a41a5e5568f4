"""Chats, commands and words of the page's phones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.bot import SmallMarket
from tests.page.conftest import Village

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    Look = Callable[..., Page]

pytestmark = pytest.mark.browser
SHORT_OF_THE_END = "log => log.scrollHeight - log.scrollTop - log.clientHeight"


def _phone(page: Page, role: str) -> Locator:
    return page.locator(f'[data-role="{role}"]')


def test_a_chat_that_is_opened_again_stands_at_its_end(look: Look, village: Village) -> None:
    for number in range(14):
        village.bot.call("sendMessage", chat_id=village.asha, text=f"Line {number}\nand more\nand more")
    page = look()
    farmer = _phone(page, "farmer")
    for _time in range(4):
        farmer.locator(".back").click()
        farmer.locator(".chat-row").first.click()
        farmer.locator(".tiles").wait_for()
        page.wait_for_timeout(250)  # what the browser tells of late would move it
        assert farmer.locator(".log").evaluate(SHORT_OF_THE_END) < 2


def _sets(village: Village, *names: str, language: str = "", **scope: Any) -> None:
    commands = [{"command": name, "description": name.title()} for name in names]
    village.bot.call("setMyCommands", commands=commands, scope=scope, language_code=language)


def _offered(phone: Locator) -> list[str]:
    """The first words of the menu of commands, which closes again."""
    phone.locator(".composer .round").first.click()
    labels = phone.locator(".sheet-action").all_inner_texts()
    phone.locator(".sheet-head .round").click()
    return [label.split()[0] for label in labels]


def test_the_menu_of_commands_is_the_narrowest_that_was_set(look: Look, village: Village) -> None:
    page = look()
    farmer, buyer, group = (_phone(page, role) for role in ("farmer", "buyer", "group"))
    assert _offered(buyer) == ["/start"]
    _sets(village, "fallback", type="default")
    assert _offered(group) == ["/fallback"]
    _sets(village, "rules", type="all_group_chats")
    _sets(village, "menu", type="all_private_chats")
    _sets(village, "soochi", language="hi", type="all_private_chats")
    assert [_offered(one) for one in (farmer, buyer, group)] == [["/soochi"], ["/menu"], ["/rules"]]
    _sets(village, "sell", "orders", type="chat", chat_id=village.asha)
    _sets(village, "ours", type="chat", chat_id=village.group)
    _sets(village, "mine", type="chat_member", chat_id=village.group, user_id=village.asha)
    assert [_offered(one) for one in (farmer, buyer, group)] == [["/sell", "/orders"], ["/menu"], ["/ours"]]
    _sets(village, "bechna", language="hi", type="chat", chat_id=village.asha)
    assert _offered(farmer) == ["/bechna"]


def test_the_picker_says_that_it_turns_the_app_alone(look: Look, village: Village, market: SmallMarket) -> None:
    market.answers["languages"] = [{"code": "en", "name": "English"}, {"code": "hi", "name": "हिन्दी"}]
    page = look()
    buyer = _phone(page, "buyer")
    buyer.get_by_label("Language of Ravi").select_option("hi")
    buyer.locator(".toast", has_text="/language").wait_for()
    assert "ऐप की भाषा" in buyer.locator(".toast").inner_text()
    assert buyer.locator("h2").inner_text().split()[1] == "ख़रीदार"
    assert buyer.locator(".tap-count").inner_text() == "0 टैप"
    buyer.locator(".phone-head .round").last.click()
    buyer.get_by_text("बॉट को रोकें").wait_for()


def test_a_new_group_has_whom_one_ticks(look: Look, village: Village) -> None:
    for number in range(20):
        village.control.post("/control/users", {"first_name": f"Neighbour {number}", "language_code": "en"})
    page = look()
    buyer = _phone(page, "buyer")
    buyer.locator(".phone-head .round").last.click()
    buyer.get_by_text("New group").click()
    assert buyer.locator(".tick input:checked").count() == 0
    create = buyer.get_by_role("button", name="Create")
    box, sheet = create.bounding_box(), buyer.locator(".sheet").bounding_box()
    assert box is not None
    assert sheet is not None
    assert box["height"] > 40
    assert box["y"] + box["height"] <= sheet["y"] + sheet["height"]
    buyer.get_by_label("Asha").check()
    create.click()
    buyer.locator(".phone-head small", has_text="2 members").wait_for()


def test_a_person_is_offered_by_role(look: Look, village: Village, market: SmallMarket) -> None:
    meera = village.control.post("/control/users", {"first_name": "Meera", "language_code": "en"})["id"]
    market.answers["roles"] = [{"user_id": meera, "role": "owner"}]
    page = look()
    page.get_by_role("button", name="+ phone").click()
    page.get_by_role("button", name="Meera · Owner").click()
    page.locator(".slot", has_text="Meera").wait_for()


@pytest.mark.parametrize("width", [1240, 1280, 1440])
def test_the_drawer_leaves_three_phones_and_the_bar_one_line(look: Look, width: int) -> None:
    page = look(width, 800)
    before = page.locator("#bar").bounding_box()
    page.get_by_role("button", name="Reset").click()
    assert page.locator("#bar").bounding_box() == before
    page.get_by_role("button", name="Behind").click()
    assert page.locator(".phones").evaluate("row => row.scrollWidth - row.clientWidth") <= 0
    assert page.locator(".drawer-tabs").evaluate("row => row.scrollWidth - row.clientWidth") <= 0


def test_the_cross_of_the_drawer_covers_no_tab_on_a_small_phone(look: Look) -> None:
    page = look(390, 844, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Behind").click()
    cross = page.locator("#drawer .round").bounding_box()
    last = page.locator("#drawer").get_by_role("tab").last.bounding_box()
    assert cross is not None
    assert last is not None
    assert last["x"] + last["width"] <= cross["x"]


def test_why_a_tour_stopped_stays_until_it_is_closed(look: Look, market: SmallMarket) -> None:
    market.answers["clock"]["tour"] = {"step": 3, "of": 12, "text": "Asha reserves.", "name": "Asha", "act": "taps"}
    page = look()
    page.get_by_role("button", name="■ Stop").wait_for()
    market.answers["clock"]["tour"] = {"step": 3, "of": 12, "text": "The tour stopped: no button.", "done": True}
    close = page.get_by_role("button", name="✕ Close")
    close.wait_for()
    assert page.locator(".show-text").inner_text() == "The tour stopped: no button."
    market.answers["clock"]["tour"] = None
    close.click()
    page.locator(".show").wait_for(state="hidden")
    assert {"do": "end_tour"} in market.moves


def test_a_row_of_buttons_gives_way_between_words(look: Look, village: Village) -> None:
    row = [{"text": name, "callback_data": name} for name in ("⭐ Reviews", "ℹ️ Details", "📣 Share")]
    village.bot.call("sendMessage", chat_id=village.ravi, text="A sale", reply_markup={"inline_keyboard": [row]})
    page = look(1280, 800)
    page.get_by_role("button", name="Behind").click()
    key = _phone(page, "buyer").get_by_role("button", name="Reviews")
    lines = """key => { const range = document.createRange(), text = [...key.querySelectorAll('*')].flatMap(
        one => [...one.childNodes]).concat([...key.childNodes]).find(one => one.nodeType === 3);
        const at = text.data.indexOf('Reviews'); range.setStart(text, at); range.setEnd(text, at + 7);
        return range.getClientRects().length; }"""
    assert key.evaluate(lines) == 1
