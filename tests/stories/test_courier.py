"""Script 10 as a courier plays it: one tap a step, cash at the door, how cold it is; the buyer reads each step."""

from __future__ import annotations

import re

import pytest

from core.members.queries import member
from core.members.service import hold_role, switch_home
from core.permissions import Role
from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.farming import bought, button_data, grower, on_sale, screens_since, settled


def packed(shop: Shop, *, crop: str = "mango", cash: bool = False) -> tuple[Phone, Phone]:
    """Gopal's crop is paid for (or will be, in cash) and packed for Asha; he stands before his list."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal, crop=crop)
    if cash:
        market.ways_to_pay(shop, "cash", "sandbox")
    asha = bought(shop, sale_id, "Asha", 2)
    shop.later(days=13)
    market.harvested(shop, sale_id)
    settled(shop, sale_id, cash=cash)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango" if crop == "mango" else "🥔 Potato")
    gopal.taps("📋 Pick list")
    gopal.taps("✅ All packed")
    gopal.taps("🚚 Hand to courier")
    return gopal, asha


def link_from(gopal: Phone) -> str:
    """What the farmer sends on."""
    gopal.taps("🔗 Send a link")
    found = re.search(r"start=(c_\S+)", gopal.sees("#A1: https://t.me/"))
    assert found is not None
    return found.group(1)


@pytest.mark.covers("PRE10", "PRE11", "ORF16")
def test_a_courier_with_a_link_carries_in_one_tap_a_step_and_the_buyer_follows(shop: Shop) -> None:
    gopal, asha = packed(shop)
    jay = shop.person("Jay")
    jay.start(link_from(gopal))
    jay.sees("📦 Order A1 · 1 box")
    assert "🚚 My parcels" in jay.buttons()
    jay.reset_counts()
    begin = len(jay.transcript())
    jay.taps("📦 Picked up")
    shop.settles()
    asha.sees("on its way", anywhere=True)
    asha.types("🧺 My orders")
    assert "shipped" in asha.screen().lower()
    jay.taps("🚚 On the road")
    shop.settles()
    asha.sees("comes today", anywhere=True)
    jay.taps("🏠 Delivered")
    jay.sees("🏠 Order A1: delivered. A photo at the door?")
    shop.settles()
    asha.sees("delivered. All good?", anywhere=True)
    assert jay.tap_count == 3
    jay.sends_photo("mango")
    jay.sees("📷 Order A1: photo kept.")
    jay.taps("🚚 My parcels")
    jay.sees("🚚 0 parcels")
    same_as_golden("courier", screens_since(jay, begin))


def test_a_link_has_one_courier_and_ends_with_the_delivery(shop: Shop) -> None:
    gopal, _asha = packed(shop)
    token = link_from(gopal)
    jay, kim = shop.person("Jay"), shop.person("Kim")
    jay.start(token)
    kim.start(token)
    kim.sees("This link has ended. Ask the farm for a new one.")
    jay.start(token)
    jay.sees("📦 Order A1")
    for label in ("📦 Picked up", "🚚 On the road", "🏠 Delivered"):
        jay.taps(label)
    jay.start(token)
    jay.sees("This link has ended. Ask the farm for a new one.")
    kim.start("c_nothing")
    kim.sees("This link has ended. Ask the farm for a new one.")


def test_a_button_pressed_twice_has_one_effect(shop: Shop) -> None:
    gopal, asha = packed(shop)
    jay = shop.person("Jay")
    jay.start(link_from(gopal))
    at, picked = button_data(jay, "📦 Picked up")
    jay.taps("📦 Picked up")
    _at, road = button_data(jay, "🚚 On the road")
    jay.taps_stale(at, picked)
    jay.sees_toast("This changed")
    jay.taps("🚚 On the road")
    jay.taps_stale(at, road)
    jay.sees_toast("This changed")
    shop.settles()
    told = [line for line in asha.transcript() if "comes today" in line]
    assert len(told) == 1


def test_cold_goods_are_asked_how_cold_they_are(shop: Shop) -> None:
    gopal, asha = packed(shop, crop="potato")
    jay = shop.person("Jay")
    jay.start(link_from(gopal))
    assert "≤4°" not in jay.buttons()
    jay.taps("📦 Picked up")
    assert {"≤4°", "5–8°", ">8°"} <= set(jay.buttons())
    jay.taps("5–8°", reacts=False)
    jay.sees_toast("5–8° noted")
    jay.taps("🚚 On the road")
    shop.settles()
    asha.taps("📍 Track")
    assert "5 to 8°" in asha.screen()


@pytest.mark.covers("PRE11")
def test_agreed_cash_is_shown_taken_and_written_down_before_the_delivery(shop: Shop) -> None:
    gopal, asha = packed(shop, cash=True)
    jay = shop.person("Jay")
    jay.start(link_from(gopal))
    jay.sees("💵 Take ₹232 in cash. Paid ₹48 · owed ₹232")
    jay.taps("📦 Picked up")
    jay.taps("🚚 On the road")
    jay.taps("🏠 Delivered")
    jay.sees("💵 Order A1: take ₹232 in cash.")
    asha.sees_not("delivered. All good?")
    jay.taps("💵 Taken ₹232")
    jay.sees("delivered")
    shop.settles()
    assert "Paid ₹280 · owed ₹0" in asha.sees("delivered. All good?", anywhere=True)


def test_a_courier_of_the_coop_is_told_of_each_parcel_and_finds_it_in_the_list(shop: Shop) -> None:
    jay = market_courier(shop)
    gopal, asha = packed(shop)
    gopal.taps("🚚 Jay")
    shop.settles()
    jay.sees("🚚 New parcel", anywhere=True)
    jay.taps("🚚 My parcels")
    jay.sees("🚚 1 parcel")
    jay.taps("📦 A1 · Asha")
    jay.sees("📦 Order A1 · 1 box")
    jay.taps("📦 Picked up")
    shop.settles()
    asha.sees("on its way", anywhere=True)


def test_a_strangers_press_on_a_parcel_finds_nothing(shop: Shop) -> None:
    gopal, asha = packed(shop)
    jay = shop.person("Jay")
    jay.start(link_from(gopal))
    _at, picked = button_data(jay, "📦 Picked up")
    there, _line = button_data(asha, "")
    asha.taps_stale(there, picked, reacts=False)
    asha.sees_toast("I cannot find that")
    kim = shop.buyer("Kim")
    kim.types("🚚 My parcels")
    kim.sees("This is not yours to do.")


def market_courier(shop: Shop) -> Phone:
    """Somebody who carries for the co-op."""
    jay = shop.buyer("Jay")
    courier_id = market.member_id(shop, jay)
    with shop.database.writing() as session:
        person = member(session, courier_id)
        hold_role(session, person, Role.COURIER, now=shop.clock.now())
        switch_home(session, person, Role.COURIER)
    jay.types("/menu")
    return jay
