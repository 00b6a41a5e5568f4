"""Where the shop is and what it is called: region, time zone, name, first language; what is likely, what is valid."""

from __future__ import annotations

import re
from datetime import datetime

from babel import Locale
from babel.core import get_global
from sqlalchemy.orm import Session

from core.clock import zone_names
from core.errors import BadInput
from core.i18n import Name, _, shipped_languages, speech
from core.permissions import Actor
from core.settings import service
from core.text import clean

NAME_MOST = 64
AGREEMENT_MOST = 200
LIKELY_REGIONS = ("IN", "ID", "CN", "ET", "KE", "TZ", "BR", "MX", "EG", "RU", "SN", "CO")


def region_named(text: str) -> str:
    """The country as typed: its two letters, or its name in the language in force or in English. Raises BadInput."""
    wanted = text.strip().casefold()
    for locale in (speech().locale, Locale("en")):
        for code, name in locale.territories.items():
            if len(code) == 2 and code.isalpha() and wanted in (code.casefold(), name.casefold()):
                return str(code)
    raise BadInput(field=_("Country"), reason=_("I do not know it"), example=Name(region_name("IN")))


def region_name(code: str) -> str:
    """The country's name in the language in force."""
    return str(speech().locale.territories.get(code, code))


def zones_of(region: str) -> tuple[str, ...]:
    """The time zones of a country, by the names of the zone database."""
    places = get_global("zone_territories")
    known = zone_names()
    return tuple(sorted(zone for zone, place in places.items() if place == region and zone in known))


def zone_named(text: str) -> str:
    """A time zone as typed: Asia/Kolkata, or only kolkata. Raises BadInput."""
    wanted = re.sub(r"\s+", "_", text.strip()).casefold()
    every = sorted(zone_names())
    exact = [zone for zone in every if zone.casefold() == wanted]
    city = [zone for zone in every if zone.rpartition("/")[2].casefold() == wanted]
    if not wanted or not (exact or city):
        raise BadInput(field=_("Time zone"), reason=_("I do not know it"), example="Asia/Kolkata")
    return (exact or city)[0]


def choose_region(session: Session, actor: Actor, text: str, *, now: datetime) -> str:
    """Set the country; where it has one time zone, that comes with it. Raises NotAllowed, BadInput."""
    code = region_named(text)
    service.change(session, actor, "region", code, now=now)
    zones = zones_of(code)
    if len(zones) == 1:
        service.change(session, actor, "timezone", zones[0], now=now)
    return code


def choose_zone(session: Session, actor: Actor, text: str, *, now: datetime) -> str:
    """Set the shop's time zone. Raises NotAllowed, BadInput."""
    zone = zone_named(text)
    service.change(session, actor, "timezone", zone, now=now)
    return zone


def choose_default_language(session: Session, actor: Actor, language: str, *, now: datetime) -> None:
    """Set the language of whoever has not chosen. Raises NotAllowed, BadInput."""
    if language not in shipped_languages():
        raise BadInput(field=_("Language"), reason=_("I do not speak it"), example="en")
    service.change(session, actor, "default_language", language, now=now)


def rename_shop(session: Session, actor: Actor, text: str, *, now: datetime) -> str:
    """Call the shop so from now on. Raises NotAllowed, BadInput."""
    name = clean(text, NAME_MOST)
    if not name:
        raise BadInput(field=_("Shop name"), reason=_("it is missing"), example=Name("Hill Co-op"))
    service.change(session, actor, "shop_name", name, now=now)
    return name


def publish_agreement(session: Session, actor: Actor, url: str, *, now: datetime) -> str:
    """Set where the agreement stands; its version goes up, so that everybody accepts it anew. The new version.

    Raises NotAllowed, BadInput (no web address).
    """
    address = clean(url, AGREEMENT_MOST)
    if not re.fullmatch(r"https?://\S+\.\S+", address):
        raise BadInput(field=_("Agreement"), reason=_("it is no web address"), example="https://example.org/rules")
    version = service.get_text(session, "agreement_version")
    following = str(int(version) + 1) if version.isdecimal() else f"{version}.1"
    service.change(session, actor, "agreement_url", address, now=now)
    service.change(session, actor, "agreement_version", following, now=now)
    return following
