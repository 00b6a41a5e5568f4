"""The command menus: in private chats, three in groups, each farmer's and operator's own; every command is answered."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from bot import menu
from core.members.queries import member
from core.members.service import actor_of, hold_role, revoke_role
from core.permissions import Role
from handlers import routes
from locales.extract import text
from simulator import server
from tests.kit.phone import Phone
from tests.kit.shop import OWNER_ID, Shop
from tests.pseudo import pseudo, spoken
from tests.stories.market import member_id


def commands(shop: Shop, scope: dict[str, Any]) -> dict[str, str]:
    """The commands set for a scope, with what is said of them."""
    query = urlencode({"scope": json.dumps(scope)})
    with urlopen(f"{shop.api.url}/bot{server.TOKEN}/getMyCommands?{query}") as answer:  # noqa: S310 - loopback
        return {one["command"]: one["description"] for one in json.load(answer)["result"]}


def listed(shop: Shop, scope: dict[str, Any]) -> list[str]:
    """Names of the commands set for a scope, as soon as they are there."""
    over = time.monotonic() + 10
    while time.monotonic() < over:
        found = commands(shop, scope)
        if found:
            return list(found)
        time.sleep(0.05)
    raise AssertionError(f"no commands for {scope}")


def test_menus_are_set_for_private_chats_groups_and_the_owner(shop: Shop) -> None:
    assert tuple(listed(shop, {"type": "all_private_chats"})) == menu.PRIVATE
    assert tuple(listed(shop, {"type": "all_group_chats"})) == menu.GROUP
    assert len(menu.GROUP) == 3


def test_staff_and_farmers_have_their_own_from_the_next_start(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    with shop.database.reading() as session:
        chats = {one.scope.chat_id: one for one in menu.menus(session, shop.config.bot_id, "en")
                 if one.scope.type == "chat"}  # fmt: skip
    assert chats[meera.id].names == menu.OPERATOR
    assert chats[gopal.id].names == menu.FARMER
    assert ("sell", "Put a crop on sale") in chats[gopal.id].commands()
    assert meera.id == OWNER_ID
    meera.types("/decide")
    meera.sees("1 thing waits")
    gopal.types("/sell")
    gopal.sees("What do you sell?")


def own(shop: Shop, phone: Phone) -> list[str]:
    """The menu of one person's chat, once what is under way has gone."""
    shop.settles()
    return listed(shop, {"type": "chat", "chat_id": phone.id})


def carries(shop: Shop, phone: Phone) -> None:
    """The person is a courier now."""
    carrier = member_id(shop, phone)
    with shop.database.writing() as session:
        hold_role(session, member(session, carrier), Role.COURIER, now=shop.clock.now())


def test_whoever_takes_a_role_has_its_menu_at_once(shop: Shop) -> None:
    assert tuple(own(shop, shop.farmer())) == menu.FARMER
    ravi = shop.operator()
    assert tuple(own(shop, ravi)) == menu.OPERATOR
    harish = shop.buyer("Harish")
    carries(shop, harish)
    assert tuple(own(shop, harish)) == menu.COURIER
    harish.types("/parcels")
    harish.sees("🚚 0 parcels.")
    harish_id, meera_id = member_id(shop, harish), member_id(shop, shop.owner())
    with shop.database.writing() as session:
        revoke_role(
            session, actor_of(session, meera_id), member(session, harish_id), Role.COURIER, now=shop.clock.now()
        )
    assert tuple(own(shop, harish)) == menu.PRIVATE


def test_the_owner_named_in_the_settings_has_the_menu_on_arrival(shop: Shop) -> None:
    assert tuple(own(shop, shop.owner())) == menu.OPERATOR


def test_a_menu_that_is_refused_puts_nobody_out_of_reach(shop: Shop) -> None:
    asha = shop.buyer()
    asha.blocks()
    carries(shop, asha)
    shop.settles()
    asha.unblocks()
    shop.settles()
    assert tuple(own(shop, asha)) == menu.COURIER


def test_a_menu_follows_the_language_that_is_chosen(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with spoken(tmp_path / "locales", text(), monkeypatch):
        shop = Shop(sqlite_url, tmp_path / "data")
        try:
            gopal, asha = shop.farmer(), shop.buyer()
            assert own(shop, gopal)
            assert not commands(shop, {"type": "chat", "chat_id": asha.id})  # the menu for all is in her app's language
            for phone, command in ((gopal, "sell"), (asha, "start")):
                phone.types("/language")
                phone.taps("Русский")
                assert own(shop, phone)
                shown = commands(shop, {"type": "chat", "chat_id": phone.id})
                assert shown[command] == pseudo(menu.DESCRIPTIONS[command])
        finally:
            shop.close()


def test_every_command_of_every_menu_is_answered(shop: Shop) -> None:
    assert set(menu.DESCRIPTIONS) <= set(routes.COMMANDS)
    assert set(menu.GROUP) <= routes.GROUP_COMMANDS
