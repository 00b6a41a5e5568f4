"""What the buyer's screens share: the four statuses, specifications, and the sums that end each message about money."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from core.errors import NotFound
from core.i18n import N_, Name, _
from core.orders.queries import OrderCard
from core.orders.states import OrderState, Status, status_of

STATUS_WORDS = {
    Status.WAITING_FOR_BUYER: N_("⏳ Waiting for buyer to pay"),
    Status.WAITING_FOR_SELLER: N_("📦 Waiting for seller to ship"),
    Status.SHIPPED: N_("🚚 Shipped"),
    Status.SUCCESSFUL: N_("✅ Transaction successful"),
    Status.CLOSED: N_("✖️ Closed"),
}
SPECIFICATION_MOST = 200  # under a picture 1024 units fit in all
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


def standing(state: OrderState, harvest_on: date | None = None) -> str:
    """One of the four statuses; beside it what it hides of a crop that grows: the seller does not wait, nor pack."""
    status = _(STATUS_WORDS[status_of(state)])
    if state is not OrderState.RESERVED:
        return status
    if harvest_on is None:
        return _("{status} (🌱 still growing)", status=status)
    return _("{status} (🌱 growing; ready about {day})", status=status, day=harvest_on)


def heading(word: str) -> str:
    """A word of the product configuration in the language in force, its first letter large."""
    said = _(word) if word else ""
    return said[:1].upper() + said[1:]


def shortened(text: str, most: int) -> str:
    """At most so many characters of one line; what is cut ends in an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def pairs(specification: Iterable[tuple[str, str]]) -> str:
    """A specification on one line."""
    told = (_("{name}: {value}", name=Name(name), value=Name(value)) for name, value in specification)
    return shortened(" · ".join(told), SPECIFICATION_MOST)


def sums(card: OrderCard) -> str:
    """What every message about an order's money ends with."""
    if card.back_by is not None:
        said = {"paid": card.paid, "owed": card.rest, "back": card.back, "day": card.back_by}
        return _("paid {paid} · owed {owed} · {back} back on {day}", **said)
    return _("paid {paid} · owed {owed}", paid=card.paid, owed=card.rest)


def carried(value: str) -> Decimal:
    """A quantity as a button of ours carries it; anything else was forged and is not found."""
    if not _NUMBER.fullmatch(value):
        raise NotFound
    return Decimal(value)


def plain(quantity: Decimal) -> str:
    """A quantity as a button carries it."""
    return f"{quantity.normalize():f}"
