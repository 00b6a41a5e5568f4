"""What the buyer's screens share: the four statuses, specifications, and the sums that end each message about money."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from core.errors import NotFound
from core.i18n import N_, Name, _
from core.orders.queries import OrderCard
from core.orders.states import Status

STATUS_WORDS = {
    Status.WAITING_FOR_BUYER: N_("⏳ Waiting for buyer to pay"),
    Status.WAITING_FOR_SELLER: N_("📦 Waiting for seller to ship"),
    Status.SHIPPED: N_("🚚 Shipped"),
    Status.SUCCESSFUL: N_("✅ Transaction successful"),
    Status.CLOSED: N_("✖️ Closed"),
}
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


def status_words(status: Status) -> str:
    return _(STATUS_WORDS[status])


def pairs(specification: Iterable[tuple[str, str]]) -> str:
    """A specification on one line."""
    return " · ".join(_("{name}: {value}", name=Name(name), value=Name(value)) for name, value in specification)


def sums(card: OrderCard) -> str:
    """What every message about an order's money ends with."""
    if card.back_by is not None:
        said = {"paid": card.paid, "owed": card.rest, "back": card.back, "day": card.back_by}
        return _("paid {paid} · owed {owed} · {back} back by {day}", **said)
    return _("paid {paid} · owed {owed}", paid=card.paid, owed=card.rest)


def carried(value: str) -> Decimal:
    """A quantity as a button of ours carries it; anything else was forged and is not found."""
    if not _NUMBER.fullmatch(value):
        raise NotFound
    return Decimal(value)


def plain(quantity: Decimal) -> str:
    """A quantity as a button carries it."""
    return f"{quantity.normalize():f}"
