"""The command menus: in private chats, three in groups, each farmer's and operator's own; every command is answered."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from bot import menu
from handlers import routes
from simulator import server
from tests.kit.shop import OWNER_ID, Shop


def listed(shop: Shop, scope: dict[str, Any]) -> list[str]:
    """Names of the commands set for a scope, as soon as they are there."""
    query = urlencode({"scope": json.dumps(scope)})
    over = time.monotonic() + 10
    while time.monotonic() < over:
        with urlopen(f"{shop.api.url}/bot{server.TOKEN}/getMyCommands?{query}") as answer:  # noqa: S310 - loopback
            found = json.load(answer)["result"]
        if found:
            return [one["command"] for one in found]
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


def test_every_command_of_every_menu_is_answered(shop: Shop) -> None:
    assert set(menu.DESCRIPTIONS) <= set(routes.COMMANDS)
    assert set(menu.GROUP) <= routes.GROUP_COMMANDS
