"""The owner's shop: currency, country, time zone, name, first language, rules; asked one after another at first."""

from __future__ import annotations

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


def shop_screen(turn: Turn) -> Screen:
    """How the shop is set up, and the way to each setting."""
    session = turn.session
    chosen = settings.get_text(session, "currency")
    region = settings.get_text(session, "region")
    told = [
        _("🏛 1 shop: {name}", name=Name(settings.get_text(session, "shop_name"))),
        _("💱 {currency} · 🌍 {country} · 🕰 {zone}", currency=Name(chosen or "?"),
          country=Name(shop.region_name(region) if region else "?"), zone=Name(settings.get_text(session, "timezone"))),
        _("🌐 {language} for who has not chosen", language=ENDONYMS[settings.get_text(session, "default_language")]),
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
        return await _ask_currency(turn)
    if not settings.get_text(turn.session, "region"):
        return await _ask_region(turn)
    return None


async def _on(turn: Turn, done: str) -> Screen:
    """The next first question, else the shop's settings, under what was just done."""
    following = await first_question(turn)
    if following is None:
        await turn.goto(None)
        following = shop_screen(turn)
    return Screen("\n".join([done, following.text]), following.rows)


@press("ocur")
async def ask_currency(turn: Turn) -> Reply:
    """Which currency? It is locked once money has moved."""
    require("settings.change", turn.actor)
    if money.is_locked(turn.session):
        raise money.CurrencyLocked(currency=Name(settings.get_text(turn.session, "currency")))
    return await _ask_currency(turn)


async def _ask_currency(turn: Turn) -> Screen:
    await turn.goto(Setting.currency)
    codes = money.likely(settings.get_text(turn.session, "region"), [turn.who.language, turn.who.language_tag])
    buttons = [button(_currency_label(turn, code), "ocurs", value=code) for code in codes]
    told = _("💱 1 currency for the whole shop. Which? Press, or write its three letters. It stays once money moved.")
    return Screen(told, (*rows_of(buttons, 3), (button(_("✏️ Other"), "ocurt"),)))


def _currency_label(turn: Turn, code: str) -> str:
    symbol = get_currency_symbol(code, locale=turn.speech.locale)
    return code if symbol == code else f"{code} {symbol}"


@press("ocurt")
async def type_currency(turn: Turn) -> Reply:
    """Any other, by its code."""
    await turn.goto(Setting.currency)
    return Screen(_(CURRENCY_EXAMPLE), ((button(_("⬅️ Back"), "ocur"),),))


@press("ocurs")
async def press_currency(turn: Turn) -> Reply:
    """The currency by its button."""
    return await _set_currency(turn, turn.press.value if turn.press else "")


@expects(Setting.currency, example=CURRENCY_EXAMPLE, digits_press=True)
async def typed_currency(turn: Turn) -> Reply:
    """The currency by its code."""
    return (await _set_currency(turn, turn.text)).fresh()


async def _set_currency(turn: Turn, text: str) -> Screen:
    code = money.choose_currency(turn.session, turn.actor, text, now=turn.now)
    return await _on(turn, _("✅ The shop counts in {currency}.", currency=Name(code)))


@press("oreg")
async def ask_region(turn: Turn) -> Reply:
    """Which country? Numbers, dates and the time zone follow it."""
    require("settings.change", turn.actor)
    return await _ask_region(turn)


async def _ask_region(turn: Turn) -> Screen:
    await turn.goto(Setting.region)
    near = [money.territory_of(tag) for tag in (turn.who.language, turn.who.language_tag)]
    codes = list(dict.fromkeys([*(code for code in near if code), *shop.LIKELY_REGIONS]))[:12]
    buttons = [button(shop.region_name(code), "oregs", value=code) for code in codes]
    return Screen(_("🌍 In which 1 country? Press, or write its name."), rows_of(buttons, 2))


@press("oregs")
async def press_region(turn: Turn) -> Reply:
    """The country by its button."""
    return await _set_region(turn, turn.press.value if turn.press else "")


@expects(Setting.region, example=REGION_EXAMPLE, digits_press=True)
async def typed_region(turn: Turn) -> Reply:
    """The country by its name or letters."""
    return (await _set_region(turn, turn.text)).fresh()


async def _set_region(turn: Turn, text: str) -> Screen:
    code = shop.choose_region(turn.session, turn.actor, text, now=turn.now)
    done = _("✅ {country}.", country=Name(shop.region_name(code)))
    zones = shop.zones_of(code)
    if len(zones) > 1 and settings.get_text(turn.session, "timezone") not in zones:
        asked = await _ask_zone(turn)
        return Screen("\n".join([done, asked.text]), asked.rows)
    return await _on(turn, done)


@press("ozone")
async def ask_zone(turn: Turn) -> Reply:
    """Which time zone? Days, timers and quiet hours follow it."""
    require("settings.change", turn.actor)
    return await _ask_zone(turn)


async def _ask_zone(turn: Turn) -> Screen:
    await turn.goto(Setting.zone)
    zones = shop.zones_of(settings.get_text(turn.session, "region"))[:ZONES_MOST]
    buttons = [button(zone.rpartition("/")[2].replace("_", " "), "ozones", value=zone) for zone in zones]
    return Screen(_("🕰 1 time zone for the shop: press, or write the nearest big city."), rows_of(buttons, 2))


@press("ozones")
async def press_zone(turn: Turn) -> Reply:
    """The time zone by its button."""
    return await _set_zone(turn, turn.press.value if turn.press else "")


@expects(Setting.zone, example=ZONE_EXAMPLE, digits_press=True)
async def typed_zone(turn: Turn) -> Reply:
    """The time zone by its city."""
    return (await _set_zone(turn, turn.text)).fresh()


async def _set_zone(turn: Turn, text: str) -> Screen:
    zone = shop.choose_zone(turn.session, turn.actor, text, now=turn.now)
    return await _on(turn, _("✅ {zone}.", zone=Name(zone)))


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
    return Screen(_("🌐 1 language for who has not chosen:"), (*rows_of(buttons, 3), _back()))


@press("olangs")
async def press_language(turn: Turn) -> Reply:
    """The first language by its button."""
    shop.choose_default_language(turn.session, turn.actor, turn.press.value if turn.press else "", now=turn.now)
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
