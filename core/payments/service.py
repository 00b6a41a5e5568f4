"""Finds the payment providers, remembers which the installation allows, and keeps the owner's payment methods."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import BadInput, NotFound
from core.events import EventKind, record
from core.i18n import Name, _
from core.payments import providers
from core.payments.models import PaymentMethod
from core.payments.provider import Provider
from core.permissions import Actor, require
from core.text import clean, clean_lines


@dataclass(frozen=True)
class MethodDetails:
    """What the owner says about a way to pay; account and instructions are shown to who pays by transfer."""

    name: str
    account: str = ""
    instructions: str = ""
    enabled: bool = True


_IN_ORDER = select(PaymentMethod).order_by(PaymentMethod.position, PaymentMethod.id)  # made once: every payment asks it
ENTRY_POINTS = "farmgate.payment_providers"  # group in which a third party's package names its PROVIDER
_allowed: set[str] = set()


@cache
def all_providers() -> dict[str, Provider]:
    """Every provider by name: the files of core/payments/providers/, then the entry points of other packages."""
    return {provider.name: provider for provider in _found()}


def _found() -> Iterator[Provider]:
    for module in pkgutil.iter_modules(providers.__path__):
        yield import_module(f"{providers.__name__}.{module.name}").PROVIDER
    for point in entry_points(group=ENTRY_POINTS):
        yield point.load()


def provider_named(name: str) -> Provider:
    """The provider of this name. Refuses NotFound."""
    found = all_providers().get(name)
    if found is None:
        raise NotFound(provider=name)
    return found


def allow(*names: str) -> None:
    """The composition root's word: these providers that need allowing (sandbox, messenger_invoice), and no others."""
    _allowed.clear()
    _allowed.update(names)


def is_allowed(name: str) -> bool:
    provider = all_providers().get(name)
    return provider is not None and (not provider.needs_allowing or name in _allowed)


def methods(session: Session) -> list[PaymentMethod]:
    """The ways to pay that the owner switched on, in his order, and those that need no switching on.

    The latter may be rows that are not stored: they exist until the owner says otherwise.
    """
    rows = {row.provider: row for row in session.execute(_IN_ORDER).scalars()}
    offered = [row for row in rows.values() if row.enabled and is_allowed(row.provider)]
    missing = [one for name, one in all_providers().items() if one.always_offered and name not in rows]
    return offered + [_unwritten(one) for one in missing if is_allowed(one.name)]


def takes_money(session: Session) -> bool:
    """Whether anything is switched on by which money can come in; a wallet only holds what came before."""
    return any(method.provider != "wallet" for method in methods(session))


def method_of(session: Session, provider: str) -> PaymentMethod | None:
    """The owner's row of a provider, switched on or not."""
    return session.execute(select(PaymentMethod).where(PaymentMethod.provider == provider)).scalar_one_or_none()


def set_method(
    session: Session, actor: Actor, provider: str, *, details: MethodDetails, now: datetime
) -> PaymentMethod:
    """Write what buyers see of a way to pay and switch it on or off; for the owner.

    Refuses NotAllowed, NotFound (no such provider), BadInput (no name; a transfer without its account).
    """
    require("settings.change", actor)
    provider_named(provider)
    _check(provider, details)
    row = method_of(session, provider)
    if row is None:
        count = session.execute(select(func.count()).select_from(PaymentMethod)).scalar_one()
        row = PaymentMethod(provider=provider, position=count)
        session.add(row)
    row.name, row.account = clean(details.name, 64), clean(details.account, 128)
    row.instructions, row.enabled = clean_lines(details.instructions, 1000), details.enabled
    session.flush()
    record(
        session, EventKind.SETTING_CHANGED, row, now=now, actor_id=actor.member_id, provider=provider,
        enabled=row.enabled,
    )  # fmt: skip
    return row


def _check(provider: str, details: MethodDetails) -> None:
    if not clean(details.name, 64):
        raise BadInput(field=_("Name"), reason=_("it is missing"), example=Name("UPI"))
    if provider == "transfer" and details.enabled and not clean(details.account, 128):
        raise BadInput(field=_("Account"), reason=_("it is missing"), example=Name("coop@upi"))


def _unwritten(provider: Provider) -> PaymentMethod:
    return PaymentMethod(provider=provider.name, name=provider.label(), account="", instructions="", enabled=True)
