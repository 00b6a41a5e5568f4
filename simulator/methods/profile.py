"""The bot about itself: commands, names, descriptions, menu button."""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.access import chat_named
from simulator.methods.call import Call, Method
from simulator.methods.updating import tell_bot
from simulator.params import Params
from simulator.refusals import Json, bad
from simulator.text import units

_COMMAND = re.compile(r"[a-z0-9_]{1,32}\Z")
COMMAND_RULE = "a command is 1-32 of a-z 0-9 _, its description 1-256 characters, at most 100"
SCOPES = (
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators",
    "chat_member",
)  # fmt: skip
_TEXTS = {"name": 64, "description": 512, "short_description": 120}


def get_me(call: Call) -> Json:
    """The bot and its switches."""
    bot = call.bot
    return {
        **bot.shape(),
        "can_join_groups": bot.can_join_groups,
        "can_read_all_group_messages": bot.can_read_all_group_messages,
        "supports_inline_queries": bot.supports_inline_queries,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def _where(call: Call) -> tuple[str, str]:
    scope = call.params.structure("scope", "scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified", "a scope is one of the seven kinds")
    if kind.startswith("chat"):
        chat_named(call.world, call.bot, Params(scope))
    return json.dumps(scope, sort_keys=True), call.params.text("language_code")


def set_my_commands(call: Call) -> bool:
    """The command menu of one scope and language."""
    raw = call.params.structure("commands", "commands")
    if not isinstance(raw, list):
        raise bad("can't parse commands JSON object", COMMAND_RULE)
    if len(raw) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH", COMMAND_RULE)
    call.bot.commands[_where(call)] = [_command(item) for item in raw]
    tell_bot(call, call.bot)
    return True


def _command(item: Any) -> Json:
    name = str(item.get("command", "")).removeprefix("/") if isinstance(item, dict) else ""
    if not _COMMAND.match(name):
        raise bad("BOT_COMMAND_INVALID", COMMAND_RULE)
    description = str(item.get("description", ""))
    if not 1 <= units(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID", COMMAND_RULE)
    return {**item, "command": name, "description": description}


def get_my_commands(call: Call) -> list[Json]:
    """What was set for this scope and language."""
    return call.bot.commands.get(_where(call), [])


def delete_my_commands(call: Call) -> bool:
    """Forget them."""
    call.bot.commands.pop(_where(call), None)
    tell_bot(call, call.bot)
    return True


def _set_text(call: Call, name: str) -> bool:
    text = call.params.text(name)
    if units(text) > _TEXTS[name]:
        raise bad(f"{name.replace('_', ' ')} is too long", f"{name} is at most {_TEXTS[name]} characters")
    call.bot.texts[name, call.params.text("language_code")] = text
    if name == "name" and text and "language_code" not in call.params:
        call.bot.first_name = text
    tell_bot(call, call.bot)
    return True


def _get_text(call: Call, name: str) -> Json:
    own = call.bot.texts.get((name, call.params.text("language_code")))
    text = own or call.bot.texts.get((name, ""), "")
    return {name: text or (call.bot.first_name if name == "name" else "")}


def set_chat_menu_button(call: Call) -> bool:
    """The button beside the input field."""
    button = call.params.structure("menu_button", "menu button") or {"type": "default"}
    call.bot.menu_buttons[call.params.integer("chat_id")] = button
    tell_bot(call, call.bot)
    return True


def get_chat_menu_button(call: Call) -> Json:
    """The button of a chat, or the default one."""
    buttons = call.bot.menu_buttons
    return buttons.get(call.params.integer("chat_id")) or buttons.get(0) or {"type": "commands"}


METHODS: dict[str, Method] = {
    "getme": get_me,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setmyname": lambda call: _set_text(call, "name"),
    "getmyname": lambda call: _get_text(call, "name"),
    "setmydescription": lambda call: _set_text(call, "description"),
    "getmydescription": lambda call: _get_text(call, "description"),
    "setmyshortdescription": lambda call: _set_text(call, "short_description"),
    "getmyshortdescription": lambda call: _get_text(call, "short_description"),
    "setchatmenubutton": set_chat_menu_button,
    "getchatmenubutton": get_chat_menu_button,
}
