"""A parcel as its courier sees it: the same card whether it was pushed, opened by a link or pressed in a list."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from core.catalog import crops
from core.catalog.words import amount, sale_words
from core.delivery.models import Parcel
from core.delivery.statuses import Band
from core.i18n import Name, _, ngettext_of
from core.messaging.screen import Rows, Screen, button
from core.orders.card import OrderCard, order_card
from core.orders.states import OrderState

COLD = Decimal(8)  # °C: what is stored at most this warm travels in a cold chain
BANDS = {Band.COLD: "≤4°", Band.COOL: "5–8°", Band.WARM: ">8°"}


def parcel_card(session: Session, parcel: Parcel, lead: str = "") -> Screen:
    """What it is, where it goes, what is to be collected, and the one button of the next step."""
    card = order_card(session, parcel.order_id)
    boxes = ngettext_of("{count} box", "{count} boxes", parcel.boxes)
    lines = [
        lead,
        _("📦 Order {number} · {boxes}", number=Name(card.number), boxes=boxes),
        _("{sale} {quantity} · {store}", sale=sale_words(card), quantity=amount(card.quantity, card.unit),
          store=Name(card.store_name)),
        _where(card),
        _cash(card),
    ]  # fmt: skip
    return Screen("\n".join(line for line in lines if line), _steps(card))


def is_cold(crop_key: str) -> bool:
    """Whether this crop is kept cool on its way."""
    crop = crops.load().get(crop_key)
    return crop is not None and crop.storage_celsius_high is not None and crop.storage_celsius_high <= COLD


def cash_due(card: OrderCard) -> bool:
    """Whether the courier takes cash at the door."""
    return card.cash_agreed and card.rest.minor > 0


def take_cash(card: OrderCard) -> Screen:
    """Delivered, but cash was agreed: it is taken first."""
    told = _("💵 Order {number}: take {sum} in cash.", number=Name(card.number), sum=card.rest)
    sums = _("Paid {paid} · owed {owed}", paid=card.paid, owed=card.rest)
    taken = button(_("💵 Taken {sum}", sum=card.rest), "ccash", card.id, card.rev, card.rest.minor)
    trouble = button(_("⚠️ Trouble"), "ctrb", card.id, card.rev)
    return Screen(f"{told}\n{sums}", ((taken,), (trouble, button(_("⬅️ Back"), "cparcel", card.id))))


def _where(card: OrderCard) -> str:
    if card.state is OrderState.DELIVERED:
        return _("🏠 Delivered.")
    if card.state is OrderState.DELIVERY_FAILED:
        return _("⚠️ Not handed over. {name}, {address}", name=Name(card.buyer_name), address=Name(card.address or "?"))
    if card.state is OrderState.SETTLED_UNDELIVERED:
        return _("📪 Closed without delivery. Bring it back to the farm.")
    if card.state is OrderState.COMPLETED:
        return _("✅ The buyer has it.")
    return _("📍 {name}, {address}", name=Name(card.buyer_name), address=Name(card.address or "?"))


def _cash(card: OrderCard) -> str:
    if not cash_due(card):
        return ""
    return _("💵 Take {sum} in cash. Paid {paid} · owed {owed}", sum=card.rest, paid=card.paid, owed=card.rest)


def _steps(card: OrderCard) -> Rows:
    if card.state is OrderState.PACKED:
        return ((button(_("📦 Picked up"), "cpick", card.id, card.rev),),)
    if card.state is OrderState.DELIVERY_FAILED:
        return ((button(_("🔁 Try again"), "cretry", card.id, card.rev),),)
    if card.state is not OrderState.DISPATCHED:
        return ()
    on_the_road = card.parcel_status in {"on_the_road", "out_for_delivery"}
    step = (
        button(_("🏠 Delivered"), "cdone", card.id, card.rev)
        if on_the_road
        else button(_("🚚 On the road"), "croad", card.id, card.rev)
    )
    trouble = (button(_("⚠️ Trouble"), "ctrb", card.id, card.rev),)
    if not is_cold(card.crop):
        return ((step,), trouble)
    return (
        (step,),
        trouble,
        tuple(button(label, "ctemp", card.id, card.rev, band.value) for band, label in BANDS.items()),
    )
