"""New people and bots, and changes to known ones."""

from __future__ import annotations

from simulator.mailbox import Mailbox
from simulator.refusals import Json, PersonError
from simulator.world import BotAccount, Person, World

_SWITCHES = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")


def add_person(world: World, wanted: Json) -> Person:
    """A new person; a known id is changed instead."""
    number = wanted.get("id")
    known = world.people.get(number) if isinstance(number, int) else None
    if known is not None:
        return _changed(known, wanted)
    if number is None:
        while world.next_user in world.people:
            world.next_user += 1
        number = world.next_user
    if not isinstance(number, int) or number <= 0:
        raise PersonError("id must be a positive number")
    person = Person(
        number,
        str(wanted.get("first_name") or "Somebody"),
        str(wanted.get("last_name") or ""),
        str(wanted.get("username") or ""),
        str(wanted.get("language_code") or "en"),
        str(wanted.get("phone_number") or f"+9198{number % 10**8:08d}"),
        bool(wanted.get("forbids_voice")),
    )
    world.people[number] = person
    return person


def _changed(person: Person, wanted: Json) -> Person:
    for name in ("first_name", "last_name", "username", "language_code", "phone_number"):
        if name in wanted:
            setattr(person, name, str(wanted[name] or ""))
    person.forbids_voice = bool(wanted.get("forbids_voice", person.forbids_voice))
    return person


def bot_from_token(token: str, place: int) -> BotAccount:
    """The account behind a token; the first bot is @farmgate_bot."""
    number, colon, secret = token.partition(":")
    if not (number.isdigit() and colon and secret):
        raise PersonError("a token is <number>:<letters>")
    username = "farmgate_bot" if place == 0 else f"farmgate{place + 1}_bot"
    return BotAccount(int(number), token, username, "Farmgate", Mailbox())


def add_bot(world: World, wanted: Json) -> BotAccount:
    """A new bot, or other switches of a known one."""
    if "token" in wanted:
        fresh = bot_from_token(str(wanted["token"]), len(world.bots))
        bot = world.bots.setdefault(fresh.id, fresh)
        if bot is fresh and world.on_new_bot is not None:
            world.on_new_bot(bot)
    else:
        bot = world.bot_named(wanted.get("id"))
    bot.username = str(wanted.get("username") or bot.username)
    bot.first_name = str(wanted.get("first_name") or bot.first_name)
    for name in _SWITCHES:
        if name in wanted:
            setattr(bot, name, bool(wanted[name]))
    return bot
