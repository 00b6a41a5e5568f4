"""Payments as they arrive: pre-checkout is answered at once, money is booked before anything can be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.errors import Refusal
from core.i18n import _, speaking, speech_for
from core.members.person import who
from core.money import Money
from core.orders import settle
from core.settings import service as settings

if TYPE_CHECKING:
    from bot.desk import Desk

log = structlog.get_logger()
MOST = 10**15  # minor units; the ledger takes no more in one transfer


def book_payments(session: Session, updates: Sequence[dict[str, Any]], now: datetime) -> None:
    """Book each successful payment of the batch to suspense, keyed by its charge, in the commit that stores it."""
    for raw in updates:
        message = raw.get("message")
        paid = message.get("successful_payment") if isinstance(message, dict) else None
        if not isinstance(paid, dict):
            continue
        try:
            amount, charge = _amount(paid), charge_of(paid)
        except (KeyError, TypeError, ValueError) as error:  # the update is kept all the same, and will be set aside
            log.error("payment_unreadable", error=type(error).__name__)
            continue
        settle.book_suspense(session, provider="messenger_invoice", charge_id=charge, amount=amount, now=now)


def _amount(paid: dict[str, Any]) -> Money:
    minor, currency = int(paid["total_amount"]), str(paid["currency"])
    if not 0 < minor <= MOST or not (currency.isascii() and currency.isalpha() and len(currency) == 3):
        raise ValueError("no amount of any money")
    return Money(minor, currency)


def charge_of(paid: dict[str, Any]) -> str:
    """The charge's id: the provider's, else the messenger's."""
    return str(paid.get("provider_payment_charge_id") or paid["telegram_payment_charge_id"])


async def answer_checkout(desk: Desk, query: dict[str, Any]) -> None:
    """Answer a pre-checkout query within the hard stop; whatever cannot be checked in time is refused."""
    try:
        reason = await asyncio.wait_for(asyncio.to_thread(_check, desk, query), desk.config.checkout_seconds)
    except TimeoutError:
        reason = _("This took too long. Nothing was charged; please try again.")
    await desk.answers.pre_checkout(query["id"], reason)


def _check(desk: Desk, query: dict[str, Any]) -> str | None:
    try:
        with desk.database.reading() as session:
            return _refusal(session, desk, query)
    except (DBAPIError, KeyError, TypeError, ValueError):  # the database is away, or the question makes no sense
        return _("We cannot check your order now. Nothing was charged; please try again.")


def _refusal(session: Session, desk: Desk, query: dict[str, Any]) -> str | None:
    """None when the payment may go on, else the reason in the payer's language."""
    person = who(session, desk.config.bot_id, int(query["from"]["id"]))
    if person is None:
        return _("I do not know you yet. Send /start first.")
    region, zone = settings.get_text(session, "region"), settings.get_text(session, "timezone")
    with speaking(speech_for(person.speaks(desk.config.default_language), region or None, person.timezone or zone)):
        try:
            settle.precheck(
                session, payload=str(query["invoice_payload"]), currency=str(query["currency"]),
                amount_minor=int(query["total_amount"]), member_id=person.member_id, now=desk.clock.now(),
            )  # fmt: skip
        except Refusal as error:
            return error.text()
    return None
