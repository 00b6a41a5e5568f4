"""Words that screens and notices share: crops with their picture, quantities with their unit, prices per unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from core.catalog import crops
from core.i18n import N_, NN_, Name, _, gettext_of, ngettext_of, shown
from core.money import Money

NO_CROP = "🌾"

_AMOUNTS: dict[str, tuple[str, str]] = {
    "kg": NN_("{amount} kg", "{amount} kg"),
    "litre": NN_("{amount} litre", "{amount} litres"),
    "piece": NN_("{amount} piece", "{amount} pieces"),
    "dozen": NN_("{amount} dozen", "{amount} dozen"),
    "crate": NN_("{amount} crate", "{amount} crates"),
    "bag": NN_("{amount} bag", "{amount} bags"),
    "bunch": NN_("{amount} bunch", "{amount} bunches"),
}
UNIT_NAMES: dict[str, str] = {
    "kg": N_("kg"), "litre": N_("litre"), "piece": N_("piece"), "dozen": N_("dozen"), "crate": N_("crate"),
    "bag": N_("bag"), "bunch": N_("bunch"),
}  # fmt: skip


class Sold(Protocol):
    """What a sale or an order line says about its crop."""

    @property
    def crop(self) -> str: ...
    @property
    def title(self) -> str: ...


class Offered(Protocol):
    """What a sale, or its listing, says of how the goods reach a buyer."""

    @property
    def delivers(self) -> bool: ...
    @property
    def delivery_fee(self) -> Money: ...
    @property
    def pickup_place(self) -> str: ...


class Bounded(Protocol):
    """What a sale, or its listing, says of how much must be reserved."""

    @property
    def minimum(self) -> Decimal | None: ...


def emoji_of(crop_key: str) -> str:
    """The crop's picture."""
    crop = crops.load().get(crop_key)
    return crop.emoji if crop else NO_CROP


def crop_name(crop_key: str) -> str:
    """The crop's name in the language in force."""
    crop = crops.load().get(crop_key)
    return gettext_of(crop.name) if crop else crop_key


def crop_words(crop_key: str) -> str:
    """Picture and name: 🥭 Mango."""
    return f"{emoji_of(crop_key)} {crop_name(crop_key)}"


def sale_words(sale: Sold) -> str:
    """Picture and the title the seller gave, else the crop's name: 🥭 Alphonso."""
    return f"{emoji_of(sale.crop)} {sale_title(sale)}"


def sale_title(sale: Sold) -> str:
    """The title the seller gave, else the crop's name."""
    return shown(Name(sale.title)) if sale.title else crop_name(sale.crop)


def amount(quantity: Decimal, unit: str) -> str:
    """A quantity with its unit: 200 kg, 1 crate, 12 crates."""
    one, many = _AMOUNTS.get(unit, _AMOUNTS["piece"])
    whole = int(quantity) if quantity == int(quantity) else 2
    return ngettext_of(one, many, whole, amount=quantity)


def unit_name(unit: str) -> str:
    """One of this unit, as a word."""
    return gettext_of(UNIT_NAMES.get(unit, UNIT_NAMES["piece"]))


def per_unit(price: Money, unit: str) -> str:
    """A price with what it buys: ₹120/kg."""
    return _("{price}/{unit}", price=price, unit=unit_name(unit))


def goes_ahead(sale: Bounded, unit: str) -> str:
    """From how much on the sale goes ahead; nothing where it goes ahead with any."""
    if sale.minimum is None:
        return ""
    return _("🎯 The sale goes ahead from {quantity}; else deposits return.", quantity=amount(sale.minimum, unit))


def delivery_ways(sale: Offered) -> str:
    """How the goods reach a buyer and what that costs: 🚚 Deliver ₹40 · 📍 Pick up at Hill Road."""
    fee = sale.delivery_fee
    found = []
    if sale.delivers:
        found.append(_("🚚 Deliver {fee}", fee=fee) if fee else _("🚚 Free delivery"))
    if sale.pickup_place:
        found.append(_("📍 Pick up at {place}", place=Name(sale.pickup_place)))
    return " · ".join(found)
