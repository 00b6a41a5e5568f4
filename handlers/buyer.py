"""What the buyer's screens share: crops, amounts and specifications in words, the four statuses, numbers as typed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.catalog import crops
from core.errors import BadInput
from core.i18n import N_, Name, _
from core.money import Money
from core.orders.queries import OrderCard
from core.orders.states import Status
from core.quantity import NotConvertible, ParseError, ReadsTwoWays, convert, parse_price, parse_quantity
from handlers.turn import Turn

STATUS_WORDS = {
    Status.WAITING_FOR_BUYER: N_("⏳ Waiting for buyer to pay"),
    Status.WAITING_FOR_SELLER: N_("📦 Waiting for seller to ship"),
    Status.SHIPPED: N_("🚚 Shipped"),
    Status.SUCCESSFUL: N_("✅ Transaction successful"),
    Status.CLOSED: N_("✖️ Closed"),
}
UNIT_WORDS = {
    "kg": N_("kg"), "litre": N_("litre"), "piece": N_("piece"), "dozen": N_("dozen"), "crate": N_("crate"),
    "bag": N_("bag"), "bunch": N_("bunch"),
}  # fmt: skip


def emoji(crop_key: str) -> str:
    """The crop's own sign; a basket for a crop that has left the catalogue."""
    crop = crops.load().get(crop_key)
    return crop.emoji if crop else "🧺"


def crop_name(crop_key: str) -> str:
    """What the crop is called in the language in force."""
    crop = crops.load().get(crop_key)
    return _(crop.name) if crop else crop_key


def called(crop_key: str, title: str) -> Name:
    """The sale's own title, else the crop's name."""
    return Name(title or crop_name(crop_key))


def unit_word(unit: str) -> str:
    return _(UNIT_WORDS[unit]) if unit in UNIT_WORDS else unit


def amount(quantity: Decimal, unit: str) -> str:
    """5 kg."""
    return _("{quantity} {unit}", quantity=quantity, unit=unit_word(unit))


def status_words(status: Status) -> str:
    return _(STATUS_WORDS[status])


def pairs(specification: Iterable[tuple[str, str]]) -> str:
    """A specification on one line."""
    return " · ".join(_("{name}: {value}", name=Name(name), value=Name(value)) for name, value in specification)


def sums(card: OrderCard) -> str:
    """What every message about an order's money ends with."""
    if card.back_by is not None:
        return _("paid {paid} · owed {owed} · back by {day}", paid=card.paid, owed=card.rest, day=card.back_by)
    return _("paid {paid} · owed {owed}", paid=card.paid, owed=card.rest)


def typed_quantity(turn: Turn, unit: str, example: Decimal) -> Decimal | ReadsTwoWays:
    """The quantity a person typed, in `unit`; both readings where there are two. Raises BadInput."""
    try:
        value, named = parse_quantity(turn.text, turn.speech.locale)
        return convert(value, named or unit, unit)
    except ReadsTwoWays as doubt:
        return doubt
    except NotConvertible:
        reason = _("this is sold by the {unit}", unit=unit_word(unit))
    except ParseError:
        reason = _("a number is needed")
    raise BadInput(field=_("Quantity"), reason=reason, example=Name(amount(example, unit)))


def typed_money(turn: Turn, currency: str, example: Money) -> Money | ReadsTwoWays:
    """The amount a person typed; both readings where there are two. Raises BadInput."""
    try:
        price = parse_price(turn.text, turn.speech.locale)
    except ReadsTwoWays as doubt:
        return doubt
    except ParseError:
        raise BadInput(field=_("Amount"), reason=_("a number is needed"), example=example) from None
    if price.currency not in (None, currency):
        raise BadInput(field=_("Amount"), reason=_("the shop counts in {currency}", currency=currency), example=example)
    return Money.of(price.amount, currency)
