"""The command menu: Latin names, localised descriptions; its own list in groups, and for each of those who work."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session
from telegram import BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.limiter import Pace
from bot.render import Call
from core.db import Database
from core.i18n import N_, gettext_of, shipped_languages, speaking, speech_for
from core.members.queries import member, reach_many, staff
from core.members.service import actor_of
from core.messaging.outbox import Due
from core.permissions import STAFF, Role

log = structlog.get_logger()
MOST_CHATS = 500  # those beyond these keep the list that was set when they took their role
SECONDS_BETWEEN = 0.05
Scope = BotCommandScopeAllPrivateChats | BotCommandScopeAllGroupChats | BotCommandScopeChat

DESCRIPTIONS: dict[str, str] = {
    "start": N_("Begin, or come home"), "menu": N_("Back to the menu"), "help": N_("Help, or a person"),
    "language": N_("Choose the language"), "settings": N_("Language, reminders, store"),
    "cancel": N_("Stop; what you wrote is kept"), "privacy": N_("What is stored of you"),
    "rules": N_("The rules of the co-op"), "sell": N_("Put a crop on sale"), "orders": N_("Your sales and orders"),
    "money": N_("What is yours, what is held"), "decide": N_("What waits for you"), "members": N_("Find people"),
    "today": N_("The numbers of the day"), "group": N_("What this group reads"), "parcels": N_("What you carry"),
}  # fmt: skip
PRIVATE = ("start", "menu", "help", "language", "settings", "cancel", "privacy", "rules")
GROUP = ("start", "help", "group")
FARMER = ("sell", "orders", "money", *PRIVATE)
OPERATOR = ("decide", "members", "today", *PRIVATE)
COURIER = ("parcels", *PRIVATE)


@dataclass(frozen=True)
class Menu:
    """One list of commands for one scope, in one language; no code: for every app language without its own."""

    names: tuple[str, ...]
    scope: Scope
    language: str
    code: str | None = None

    def commands(self) -> list[tuple[str, str]]:
        """Names with their descriptions."""
        with speaking(speech_for(self.language, None, "UTC")):
            return [(name, gettext_of(DESCRIPTIONS[name])) for name in self.names]


def menus(session: Session, bot_id: int, default_language: str) -> list[Menu]:
    """Every list to set: for all private chats and all groups in each language, then for farmers and staff."""
    return [*_for_all(default_language), *_for_people(session, bot_id, default_language)]


def _for_all(default_language: str) -> Iterator[Menu]:
    everywhere = ((PRIVATE, BotCommandScopeAllPrivateChats()), (GROUP, BotCommandScopeAllGroupChats()))
    for names, scope in everywhere:
        yield Menu(names, scope, default_language)
        for language in shipped_languages():
            yield Menu(names, scope, language, language.partition("_")[0])


def _for_people(session: Session, bot_id: int, default_language: str) -> Iterator[Menu]:
    lists: dict[int, tuple[str, ...]] = {}
    for role in (*STAFF, Role.FARMER, Role.COURIER):  # who has several sees the first of these
        lists |= {member_id: names_for({role}) for member_id in staff(session, [role]) if member_id not in lists}
    for one in reach_many(session, list(lists)[:MOST_CHATS], bot_id=bot_id):
        yield Menu(lists[one.member_id], BotCommandScopeChat(one.chat_id), one.language or default_language)


def names_for(roles: Collection[Role]) -> tuple[str, ...]:
    """The commands of whoever holds these roles."""
    if not STAFF.isdisjoint(roles):
        return OPERATOR
    if Role.FARMER in roles:
        return FARMER
    return COURIER if Role.COURIER in roles else PRIVATE


def call_of(session: Session, row: Due, default_language: str) -> Call:
    """The call of a queued menu: this person's commands in their language, as both are now."""
    person = member(session, row.payload["member"])
    names = names_for(actor_of(session, person.id).roles)
    menu = Menu(names, BotCommandScopeChat(row.chat_id), person.language or default_language)
    # like an edit it is no message: the chat's pace is not for it
    return Call("set_my_commands", {"commands": menu.commands(), "scope": menu.scope}, is_edit=True)


async def show(bot: ExtBot[Pace], database: Database, default_language: str) -> None:
    """Set all menus, one after another; what the messenger refuses is logged and no more."""
    with database.reading() as session:
        wanted = menus(session, bot.id, default_language)
    for menu in wanted:
        try:
            await bot.set_my_commands(menu.commands(), scope=menu.scope, language_code=menu.code)
        except RetryAfter as error:
            log.warning("menu_postponed", error=str(error))  # the next start sets the rest
            return
        except TelegramError as error:
            log.warning("menu_refused", scope=menu.scope.type, error=str(error))
        await asyncio.sleep(SECONDS_BETWEEN)
