"""The owner's shop: currency, country, time zone, name, first language, rules; asked one after another at first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram.fsm.state import State
from babel.numbers import get_currency_symbol

from core.i18n import ENDONYMS, N_, Name, _, shipped_languages
from core.messaging.screen import Button, Screen, button, rows_of
from core.payments import currency as money
from core.permissions import may, require
from core.settings import service as settings
from core.settings import shop
from handlers.routes import expects, press
from handlers.states import Setting
from handlers.turn import Reply, Turn

CURRENCY_EXAMPLE = N_("✏️ Write the three letters of your currency, for example: INR")
REGION_EXAMPLE = N_("✏️ Write the name of your country, for example: India")
ZONE_EXAMPLE = N_("✏️ Write the nearest big city of your time zone, for example: Kolkata")
NAME_EXAMPLE = N_("✏️ Write the shop's name, for example: Hill Co-op")
RULES_EXAMPLE = N_("✏️ Write where the rules stand, for example: https://example.org/rules")
ZONES_MOST = 12


@dataclass(frozen=True)
class Choice:
    """A setting pressed or written: the presses that ask and answer, the question, and what settles it and goes on."""

    asked: str
    offered: str
    state: State
    example: str
    question: Callable[[Turn], Screen]
    settle: Callable[[Turn, str], Awaitable[Screen]]


def shop_screen(turn: Turn) -> Screen:
    """How the shop is set up, and the way to each setting."""
    session = turn.session
    chosen = settings.get_text(session, "currency")
    region, first = (settings.get_text(session, name) for name in ("region", "default_language"))
    told = [
        _("🏛 {name}", name=Name(settings.get_text(session, "shop_name"))),
        _("💱 {currency} · 🌍 {country} · 🕰 {zone}", currency=Name(chosen or "?"),
          country=Name(shop.region_name(region) if region else "?"), zone=Name(settings.get_text(session, "timezone"))),
        _("🌐 {language} for people who have not chosen", language=ENDONYMS[first]),
    ]  # fmt: skip
    if not chosen:
        told.append(_("⚠️ Nobody can sell or buy before the currency is chosen."))
    return Screen("\n".join(told), rows_of(_buttons(), 2))


def _buttons() -> list[Button]:
    return [
        button(_("💱 Currency"), "ocur"), button(_("💳 Ways to pay"), "opay"), button(_("🌍 Country"), "oreg"),
        button(_("🕰 Time zone"), "ozone"), button(_("🏷 Shop name"), "oname"), button(_("🌐 First language"), "olang"),
        button(_("⏱ Timers, bounds"), "onum"), button(_("📜 Rules"), "oagree"), button(_("👤 My settings"), "omine"),
    ]  # fmt: skip


@press("oshop")
async def show_shop(turn: Turn) -> Reply:
    """Back to the shop's settings."""
    require("settings.change", turn.actor)
    await turn.goto(None)
    return shop_screen(turn)


async def first_question(turn: Turn) -> Screen | None:
    """What the owner is asked right after the first start: the currency, then the country; then nothing."""
    if not may("settings.change", turn.actor):
        return None
    if not settings.get_text(turn.session, "currency"):
        return await _ask(turn, CURRENCY)
    if not settings.get_text(turn.session, "region"):
        return await _ask(turn, REGION)
    return None


async def _on(turn: Turn, done: str) -> Screen:
    """The next first question, else the shop's settings, under what was just done."""
    following = await first_question(turn)
    if following is None:
        await turn.goto(None)
        following = shop_screen(turn)
    return _under(done, following)


def _under(done: str, screen: Screen) -> Screen:
    return Screen("\n".join([done, screen.text]), screen.rows)


async def _ask(turn: Turn, choice: Choice) -> Screen:
    screen = choice.question(turn)
    await turn.goto(choice.state)
    return screen


def _offer(choice: Choice) -> None:
    """Let the owner ask for it, press a value offered, or write another."""

    @press(choice.asked)
    async def ask(turn: Turn) -> Reply:
        require("settings.change", turn.actor)
        return await _ask(turn, choice)

    @press(choice.offered)
    async def pressed(turn: Turn) -> Reply:
        return await choice.settle(turn, turn.pressed_value)

    @expects(choice.state, example=choice.example, digits_press=True)
    async def typed(turn: Turn) -> Reply:
        return (await choice.settle(turn, turn.text)).fresh()


@press("ocurt")
async def type_currency(turn: Turn) -> Reply:
    """Any other currency, by its code."""
    await turn.goto(Setting.currency)
    return Screen(_(CURRENCY_EXAMPLE), ((button(_("⬅️ Back"), "ocur"),),))


def _which_currency(turn: Turn) -> Screen:
    """It is locked once money has moved, and while something is on sale."""
    known, region = (settings.get_text(turn.session, name) for name in ("currency", "region"))
    if known:
        money.check_free(turn.session, known)
    codes = money.likely(region, [turn.who.language, turn.who.language_tag])
    buttons = [button(_currency_label(turn, code), "ocurs", value=code) for code in codes]
    told = _(
        "💱 Which currency for the shop? Press, or write its three letters. It cannot change once money has moved."
    )
    return Screen(told, (*rows_of(buttons, 3), (button(_("✏️ Other"), "ocurt"),)))


def _currency_label(turn: Turn, code: str) -> str:
    symbol = get_currency_symbol(code, locale=turn.speech.locale)
    return code if symbol == code else f"{code} {symbol}"


async def _set_currency(turn: Turn, text: str) -> Screen:
    code = money.choose_currency(turn.session, turn.actor, text, now=turn.now)
    return await _on(turn, _("✅ The shop counts in {currency}.", currency=Name(code)))


def _which_region(turn: Turn) -> Screen:
    """Numbers, dates and the time zone follow the country."""
    near = [money.territory_of(tag) for tag in (turn.who.language, turn.who.language_tag)]
    codes = list(dict.fromkeys([*(code for code in near if code), *shop.LIKELY_REGIONS]))[:12]
    buttons = [button(shop.region_name(code), "oregs", value=code) for code in codes]
    return Screen(_("🌍 In which country? Press, or write its name."), rows_of(buttons, 2))


async def _set_region(turn: Turn, text: str) -> Screen:
    code = shop.choose_region(turn.session, turn.actor, text, now=turn.now)
    done = _("✅ {country}.", country=Name(shop.region_name(code)))
    zones = shop.zones_of(code)
    if len(zones) > 1 and settings.get_text(turn.session, "timezone") not in zones:
        return _under(done, await _ask(turn, ZONE))
    return await _on(turn, done)


def _which_zone(turn: Turn) -> Screen:
    """Days, timers and quiet hours follow the time zone."""
    zones = shop.zones_of(settings.get_text(turn.session, "region"))[:ZONES_MOST]
    buttons = [button(zone.rpartition("/")[2].replace("_", " "), "ozones", value=zone) for zone in zones]
    return Screen(_("🕰 In which time zone? Press, or write the nearest big city."), rows_of(buttons, 2))


async def _set_zone(turn: Turn, text: str) -> Screen:
    zone = shop.choose_zone(turn.session, turn.actor, text, now=turn.now)
    return await _on(turn, _("✅ {zone}.", zone=Name(zone)))


CURRENCY = Choice("ocur", "ocurs", Setting.currency, CURRENCY_EXAMPLE, _which_currency, _set_currency)
REGION = Choice("oreg", "oregs", Setting.region, REGION_EXAMPLE, _which_region, _set_region)
ZONE = Choice("ozone", "ozones", Setting.zone, ZONE_EXAMPLE, _which_zone, _set_zone)
for each in (CURRENCY, REGION, ZONE):
    _offer(each)


@press("oname")
async def ask_name(turn: Turn) -> Reply:
    """What is the shop called?"""
    require("settings.change", turn.actor)
    await turn.goto(Setting.shop)
    return Screen(_(NAME_EXAMPLE), (_back(),))


@expects(Setting.shop, example=NAME_EXAMPLE)
async def typed_name(turn: Turn) -> Reply:
    """The shop's new name."""
    name = shop.rename_shop(turn.session, turn.actor, turn.text, now=turn.now)
    return (await _on(turn, _("✅ {name}.", name=Name(name)))).fresh()


@press("olang")
async def ask_language(turn: Turn) -> Reply:
    """In which language are those spoken to who have not chosen?"""
    require("settings.change", turn.actor)
    buttons = [button(ENDONYMS[each], "olangs", value=each) for each in shipped_languages()]
    return Screen(_("🌐 Which language for people who have not chosen one?"), (*rows_of(buttons, 3), _back()))


@press("olangs")
async def press_language(turn: Turn) -> Reply:
    """The first language by its button."""
    shop.choose_default_language(turn.session, turn.actor, turn.pressed_value, now=turn.now)
    return shop_screen(turn)


@press("oagree")
async def ask_agreement(turn: Turn) -> Reply:
    """Where do the rules stand? A new address is a new version, accepted anew by everybody."""
    require("settings.change", turn.actor)
    await turn.goto(Setting.agreement)
    version = settings.get_text(turn.session, "agreement_version")
    told = _("📜 Rules, version {version}. A new address is a new version: everybody accepts it anew.",
             version=Name(version))  # fmt: skip
    return Screen("\n".join([told, _(RULES_EXAMPLE)]), (_back(),))


@expects(Setting.agreement, example=RULES_EXAMPLE)
async def typed_agreement(turn: Turn) -> Reply:
    """The address of the rules."""
    version = shop.publish_agreement(turn.session, turn.actor, turn.text, now=turn.now)
    return (await _on(turn, _("✅ Rules, version {version}.", version=Name(version)))).fresh()


def _back() -> tuple[Button, ...]:
    return (button(_("⬅️ Back"), "oshop"),)
