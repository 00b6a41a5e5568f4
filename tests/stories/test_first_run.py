"""The first run: the claim link or the settings make an owner, who is asked for the currency; others wait meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.checks import report
from core.catalog.models import Campaign
from core.orders.cancel import call_off
from tests.kit.shop import Shop
from tests.stories import market


@pytest.fixture
def unsettled(db_url: str, tmp_path: Path) -> Iterator[Shop]:
    """A shop that was just installed, without FARMGATE_OWNER_IDS."""
    made = Shop(db_url, tmp_path / "data", settled=False, owner_ids=())
    try:
        yield made
    finally:
        made.close()


def test_the_claim_link_makes_one_owner_who_chooses_currency_and_country(unsettled: Shop) -> None:
    link = unsettled.said[0].rpartition(" ")[2]
    assert link.startswith("https://t.me/farmgate_bot?start=o_")
    meera = unsettled.person("Meera", language="ta")
    meera.opens(link)
    meera.sees("You own this shop now")
    meera.sees("💱 Which currency for the shop?")
    assert meera.buttons()[0] == "INR ₹"  # her app speaks Tamil
    assert {"✅ To decide", "👥 Members", "📊 Today", "⚙️ Settings"} <= set(meera.buttons())
    meera.taps("INR ₹")
    meera.sees("The shop counts in INR.")
    meera.sees("🌍 In which country?")
    meera.taps("India")
    assert "💱 INR · 🌍 India · 🕰 Asia/Kolkata" in meera.screen()
    late = unsettled.person("Ravi")
    late.opens(link)
    late.sees("This link has ended. Ask for a new one.")


def test_others_read_that_the_shop_opens_soon(unsettled: Shop) -> None:
    gopal = unsettled.arriving_farmer()
    gopal.sees("the co-op checks you")
    gopal.taps("➕ Sell")
    gopal.taps("Mango")
    gopal.sees_toast("The shop opens soon")
    asha = unsettled.buyer()
    asha.taps("👛 Wallet")
    asha.sees("The shop opens soon")


def test_the_owner_named_in_the_settings_is_asked_at_the_first_start(db_url: str, tmp_path: Path) -> None:
    shop = Shop(db_url, tmp_path / "data", settled=False)
    try:
        assert shop.said == []
        meera = shop.owner()
        meera.sees("💱 Which currency for the shop?")
        meera.types("rupees")
        meera.sees("I could not read Currency: I need its three letters. Example: INR")
        meera.types("idr")
        meera.sees("The shop counts in IDR.")
        meera.types("Atlantis")
        meera.sees("I could not read Country: I do not know it. Example: India")
        meera.types("indonesia")
        meera.sees("🕰 In which time zone?")
        meera.taps("Makassar")
        assert "🌍 Indonesia · 🕰 Asia/Makassar" in meera.screen()
        meera.start()
        meera.sees("Meera, what next?")
        meera.sees_not("1 currency")
    finally:
        shop.close()


def test_the_currency_stays_once_money_has_moved(shop: Shop) -> None:
    meera = shop.owner()
    meera.taps("⚙️ Settings")
    meera.taps("💱 Currency")
    meera.taps("✏️ Other")
    meera.types("usd")
    meera.sees("The shop counts in USD.")
    meera.taps("💱 Currency")
    meera.taps("INR")
    meera.sees("💱 INR")
    sale_id = market.sale(shop)
    asha = shop.person("Asha")
    asha.start(f"s_{sale_id}")
    asha.taps("2 kg")
    asha.taps("✅ Reserve")
    asha.taps("💳 Pay deposit")
    asha.sees("Paid ₹96")
    meera.taps("⚙️ Settings")
    meera.taps("💱 Currency")
    meera.sees_toast("The currency stays INR: money has moved already.")


def test_the_currency_stays_while_something_is_on_sale_in_it(shop: Shop) -> None:
    meera = shop.owner()
    sale_id = market.sale(shop)
    meera.taps("⚙️ Settings")
    meera.taps("💱 Currency")
    meera.sees_toast("The currency stays INR: something is on sale in it. Take that back first.")
    with shop.database.writing() as session:
        staff = market.actor_of(session, market.member_id(shop, meera))
        call_off(session, staff, session.get_one(Campaign, sale_id), why="a mistake", now=shop.clock.now())
    meera.taps("💱 Currency")
    meera.taps("EUR")
    meera.sees("The shop counts in EUR.")


def test_check_names_what_to_switch_on(unsettled: Shop) -> None:
    lines, is_well = report(unsettled.config)
    told = "\n".join(lines)
    assert is_well
    assert "Bot: @farmgate_bot" in told
    assert "none, updates are polled" in told
    assert "Currency: not chosen" in told
    assert "Owner: none yet" in told


def test_check_names_the_steps_for_each_of_the_bots_switches(unsettled: Shop) -> None:
    phone = unsettled.person()
    switches = {"can_join_groups": False, "can_read_all_group_messages": True, "supports_inline_queries": False}
    phone.control.post("/control/bots", {"id": unsettled.config.bot_id, **switches})
    told = "\n".join(report(unsettled.config)[0])
    for step in ("/setjoingroups", "/setprivacy", "/setinline"):
        assert step in told


def test_check_says_what_is_wrong_without_a_traceback(unsettled: Shop) -> None:
    away = unsettled.config.model_copy(update={"bot_token": "1:nobody"})
    lines, is_well = report(away)
    assert not is_well
    assert any("does not know FARMGATE_BOT_TOKEN" in line for line in lines)
