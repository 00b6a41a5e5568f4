"""The shop's one currency: chosen by the owner, locked by the first transfer and while something is on sale; which
ones are likely where.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import NOT_ON_SALE, Campaign
from core.errors import BadInput, Refusal
from core.i18n import Name, _
from core.payments.ledger_sql import transfer_table
from core.permissions import Actor
from core.settings import service as settings

LIKELY = ("INR", "IDR", "CNY", "ETB", "KES", "TZS", "BRL", "MXN", "EGP", "RUB", "XOF", "EUR", "USD")
LIKELY_MOST = 12


class CurrencyLocked(Refusal):
    """The currency stays {currency}: money has moved already."""


class CurrencyInUse(Refusal):
    """The currency stays {currency}: something is on sale in it. Take that back first."""


def likely(region: str, language_tags: Iterable[str | None] = ()) -> tuple[str, ...]:
    """Twelve currencies for buttons: of the region, of the languages spoken, then those of the shipped languages."""
    regions = [region, *(territory_of(tag) for tag in language_tags)]
    own = [code for place in regions if place for code in get_territory_currencies(place)]
    return tuple(dict.fromkeys([*own, *LIKELY]))[:LIKELY_MOST]


def territory_of(language_tag: str | None) -> str:
    """The country a language tag points to: hi -> IN, pt-BR -> BR; English alone points nowhere."""
    tag = (language_tag or "").replace("-", "_")
    if tag in ("", "en"):
        return ""
    full = str(get_global("likely_subtags").get(tag.partition("_")[0].lower(), ""))
    ends = (text.rpartition("_")[2].upper() for text in (tag, full) if "_" in text)
    return next((end for end in ends if len(end) == 2 and end in Locale("en").territories), "")


def known_currency(text: str) -> str:
    """The code of a currency as typed. Raises BadInput."""
    code = text.strip().upper()
    if code not in Locale("en").currencies or len(code) != 3:
        raise BadInput(field=_("Currency"), reason=_("I need its three letters"), example="INR")
    return code


def check_free(session: Session, known: str) -> None:
    """Refuse to give up the currency that is set: CurrencyLocked(currency), CurrencyInUse(currency)."""
    if session.execute(select(transfer_table.c.id).limit(1)).first() is not None:
        raise CurrencyLocked(currency=Name(known))
    # what is paid for a sale in it would come in a currency that nobody sees any more
    on_sale = select(Campaign.id).where(Campaign.currency == known, Campaign.state.not_in(NOT_ON_SALE))
    if session.execute(on_sale.limit(1)).first() is not None:
        raise CurrencyInUse(currency=Name(known))


def choose_currency(session: Session, actor: Actor, text: str, *, now: datetime) -> str:
    """Set the shop's currency. Raises NotAllowed, BadInput, CurrencyLocked(currency), CurrencyInUse(currency)."""
    code, known = known_currency(text), settings.get_text(session, "currency")
    if known and code != known:
        check_free(session, known)
    settings.change(session, actor, "currency", code, now=now)
    return code
