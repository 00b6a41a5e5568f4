"""Screens of the seller's form behind [⋯ More]."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.catalog import crops
from core.catalog.drafts import PHOTOS_MOST
from core.catalog.form import TEXTS
from core.catalog.models import Campaign, Term
from core.i18n import N_, Name, _, gettext_of, ngettext_of, shown
from core.messaging.screen import Button, Screen, button, rows_of
from core.money import Money
from handlers.reading import TwoReadings
from handlers.sale_screens import money, to_card, two_ways
from handlers.words import amount, sale_words, unit_name

LABELS: dict[str, str] = {
    "title": N_("🏷 Title"), "subtitle": N_("🏷 Subtitle"), "keywords": N_("🔎 Keywords"), "category": N_("🗂 Category"),
    "type": N_("🗂 Type"), "brand": N_("🗂 Brand"), "attributes": N_("📐 Attributes"),
    "description": N_("📝 Description"),
    "unit": N_("⚖️ Unit"), "pack": N_("📦 Pack"), "minimum": N_("🎯 Minimum"), "logistics_weight": N_("⚖️ Packed weight"),
    "shipping": N_("🚚 Shipping"), "delivers": N_("🚚 Delivery"), "delivery_fee": N_("💰 Delivery fee"),
    "pickup_place": N_("📍 Pick-up place"), "by_weight": N_("⚖️ By final weight"), "invoice": N_("🧾 Invoice"),
    "guarantee": N_("🛡 Guarantee"),
    "region": N_("🗺 Region"), "other": N_("ℹ️ Other"), "photos": N_("🖼 Photos"),
}  # fmt: skip
TERMS = ("category", "type", "brand")
SWITCHES = ("invoice", "delivers", "by_weight")
_ASKS: dict[str, str] = {
    "attributes": N_("One a line, for example: {example}"),
    "pack": N_("The least that one buyer takes, for example: {example}"),
    "minimum": N_("The least for the sale to go ahead, for example: {example}"),
    "logistics_weight": N_("What one {unit} weighs when packed, for example: {example}"),
    "delivery_fee": N_("What bringing it costs, for example: {example}. Free: press 🧹 Empty."),
}


def fields(draft: Campaign, photos: int, cutoff: int) -> Screen:
    """All fields, with a tick where something stands."""
    filled = {name for name in LABELS if _is_filled(draft, name, photos)}
    buttons = [_field(draft, name, filled) for name in LABELS]
    text = _("⋯ {crop}: {count} of {all} more fields are filled. You may leave any of them empty.",
             crop=sale_words(draft), count=len(filled), all=len(LABELS))  # fmt: skip
    policy = ngettext_of(
        "📜 Policy: buyers cancel free until {count} day before harvest; a lost crop is paid back in full.",
        "📜 Policy: buyers cancel free until {count} days before harvest; a lost crop is paid back in full.", cutoff,
    )  # fmt: skip
    return Screen(f"{text}\n{policy}", (*rows_of(buttons, 2), (to_card(draft),)))


def _field(draft: Campaign, name: str, filled: set[str]) -> Button:
    label = gettext_of(LABELS[name])
    return button(f"{label} ✓" if name in filled else label, "ffield", draft.id, draft.rev, name)


def _is_filled(draft: Campaign, name: str, photos: int) -> bool:
    if name == "photos":
        return photos > 0
    if name == "delivery_fee":
        return draft.delivery_fee_minor > 0
    return bool(getattr(draft, f"{name}_id" if name in TERMS else name))


def choose_term(draft: Campaign, kind: str, offered: Iterable[Term]) -> Screen:
    """The terms that the co-op keeps."""
    chosen = getattr(draft, f"{kind}_id")
    buttons = [
        button(f"{gettext_of(each.name)} ✓" if each.id == chosen else gettext_of(each.name), "fterm", draft.id,
               draft.rev, each.id)
        for each in offered
    ]  # fmt: skip
    label = gettext_of(LABELS[kind])
    text = _("{label}: choose 1 of {count}.", label=label, count=len(buttons))
    if not buttons:
        text = _("{label}: 0 so far. The co-op keeps this list; ask it to add yours.", label=label)
    return Screen(text, (*rows_of(buttons, 2), (_empty(draft, kind), to_card(draft))))


def choose_unit(draft: Campaign) -> Screen:
    """What quantity and price count."""
    buttons = [button(unit_name(unit), "funit", draft.id, draft.rev, unit) for unit in sorted(crops.UNITS)]
    text = _("⚖️ Now 1 {unit}. Another unit asks quantity and price again.", unit=unit_name(draft.unit))
    return Screen(text, (*rows_of(buttons, 3), (to_card(draft),)))


def write(draft: Campaign, name: str) -> Screen:
    """What stands there now, and an example of what to write."""
    lines = [gettext_of(LABELS[name]), _now(draft, name), _ask(draft, name)]
    buttons = [to_card(draft)] if name == "pack" else [_empty(draft, name), to_card(draft)]
    return Screen("\n".join(line for line in lines if line), (tuple(buttons),))


def photos(draft: Campaign, count: int) -> Screen:
    """How many pictures there are; more are sent, all are taken away to begin anew."""
    text = _("🖼 {count} of {most} photos. Send more 📷, or press 🧹 Empty to send others.", count=count,
             most=PHOTOS_MOST)  # fmt: skip
    return Screen(text, ((_empty(draft, "photos"), to_card(draft)),))


def _ask(draft: Campaign, name: str) -> str:
    if name in TEXTS:
        most, example, _label = TEXTS[name]
        return _("✏️ Write at most {most} characters, for example: {example}", most=most, example=gettext_of(example))
    examples: dict[str, object] = {"attributes": _("Grade: A"), "delivery_fee": fee_example(draft)}
    shown_example = examples[name] if name in examples else number_example(draft, name)
    return gettext_of(_ASKS[name], example=shown_example, unit=unit_name(draft.unit))


def _now(draft: Campaign, name: str) -> str:
    value = getattr(draft, name)
    if name == "attributes":
        return "\n".join(f"{shown(Name(key))}: {shown(Name(worth))}" for key, worth in value.items())
    if name == "delivery_fee":
        value = draft.delivery_fee
    elif isinstance(value, Decimal):
        value = amount(value, "kg" if name == "logistics_weight" else draft.unit)
    else:
        value = Name(str(value)[:200]) if value else None
    return _("Now: {value}", value=value) if value is not None else ""


def number_example(draft: Campaign, name: str) -> str:
    """A sensible number for the field."""
    usual = crops.usual(draft.crop)
    values = {"pack": usual.pack, "minimum": max(draft.capacity / 2 // draft.pack, Decimal(1)) * draft.pack}
    if name == "logistics_weight":
        return amount(Decimal("1.1"), "kg")
    return amount(values[name], draft.unit)


def fee_example(draft: Campaign) -> Money:
    """A fee as people write one."""
    return Money.of(40, draft.currency)


def doubt(draft: Campaign, name: str, text: str, read: TwoReadings) -> Screen:
    """Both readings of a number of this form."""
    readings = (read.first, read.second)
    labels = [
        shown(money(each, draft.currency)) if name == "delivery_fee" else amount(each, draft.unit) for each in readings
    ]
    values = [f"{name}={each}" for each in readings]
    return two_ways(
        Name(text),
        [(label, "fmval", draft.id, draft.rev, value) for label, value in zip(labels, values, strict=True)],
    )


def _empty(draft: Campaign, name: str) -> Button:
    return button(_("🧹 Empty"), "fempty", draft.id, draft.rev, name)
