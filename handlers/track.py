"""📍 Track: one timeline from the deposit to the door, the batch's steps and the parcel's way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.delivery.queries import Seen, checkpoints_of_order
from core.delivery.statuses import Band, Status
from core.errors import NotFound
from core.i18n import N_, Name, _
from core.messaging.screen import Screen, button
from core.orders import queries
from core.orders.queries import OrderCard
from core.orders.states import OrderState
from core.tracing import service as tracing
from core.tracing.steps import TAPPED, Step
from handlers.buyer import standing, sums
from handlers.my_orders import card_of
from handlers.order_screens import receive_rows
from handlers.routes import press
from handlers.turn import Reply, Turn
from handlers.words import amount, sale_words

STEP_WORDS = {
    Step.HARVESTED: N_("🌾 Harvested"), Step.PICKED: N_("🧺 Picked"), Step.PROCESSED: N_("🧼 Processed"),
    Step.SORTED: N_("📐 Sorted"), Step.STOCKED: N_("🏬 Stocked"), Step.PACKED: N_("📦 Packed"),
    Step.SHIPPED: N_("🚚 Handed to courier"), Step.RECEIVED: N_("✅ Received"),
}  # fmt: skip
SEEN_WORDS = {
    Status.BOOKED: N_("🚚 Courier booked"), Status.PICKED_UP: N_("📦 Picked up by the courier"),
    Status.ON_THE_ROAD: N_("🚚 On the road"), Status.OUT_FOR_DELIVERY: N_("🛵 Out for delivery"),
    Status.AT_PICKUP: N_("📍 At the pick-up point"), Status.ATTEMPTED: N_("🚪 Not handed over"),
    Status.DELIVERED: N_("🏠 Delivered"), Status.RETURNED: N_("↩️ Returned"), Status.LOST: N_("❓ Lost"),
    Status.CANCELLED: N_("✖️ Cancelled"),
}  # fmt: skip
OWN_WORDS = {Status.BOOKED: N_("🚚 The farmer brings it"), Status.PICKED_UP: N_("📦 Loaded by the farmer")}
BAND_WORDS = {Band.COLD: N_("❄️ 4° or colder"), Band.COOL: N_("❄️ 5 to 8°"), Band.WARM: N_("🌡 warmer than 8°")}
AHEAD = (*TAPPED, Step.PACKED)  # what everybody's goods go through before they leave
ARRIVED = frozenset({OrderState.DELIVERED, OrderState.COMPLETED})
LEFT = ARRIVED | {OrderState.DISPATCHED, OrderState.AT_PICKUP, OrderState.DELIVERY_FAILED}


@dataclass(frozen=True)
class Stop:
    """One line of the timeline; without a moment it is still to come."""

    words: str
    at: datetime | None = None
    note: str = ""


@press("btrack")
async def track(turn: Turn) -> Reply:
    """The timeline of one's own order."""
    order = queries.order_for(turn.session, turn.actor, turn.pressed_id, "order.track")
    card = card_of(turn, order.id)
    if "order.track" not in card.actions:
        raise NotFound
    stops = [*_batch_stops(turn, card), *_way_stops(turn, card)]
    told = [
        _("📍 {number} · {sale} · {got}", number=Name(card.number), sale=sale_words(card),
          got=amount(card.quantity, card.unit)),
        standing(card.state, card.harvest_on),
        *(_drawn(stop) for stop in stops),
        sums(card),
    ]  # fmt: skip
    back = button(_("🧾 {number}", number=Name(card.number)), "border", card.id)
    return Screen("\n".join(told), (*receive_rows(card), (button(_("🔄 Again"), "btrack", card.id), back)))


def _batch_stops(turn: Turn, card: OrderCard) -> list[Stop]:
    """The steps of the batch; before the harvest, the day it is expected."""
    batches = tracing.batches_of(turn.session, card.campaign_id)
    if not batches:
        ready = _("🌱 Ready about {day}", day=card.harvest_on) if card.harvest_on else _(STEP_WORDS[Step.HARVESTED])
        return [Stop(_("💳 Ordered"), card.created_at), Stop(ready), *(Stop(_(STEP_WORDS[step])) for step in AHEAD)]
    batch = batches[-1]
    taken = {each.step: each for each in tracing.steps_of(turn.session, batch)}
    lot = _("lot {lot}", lot=Name(batch.lot))
    first = [Stop(_("💳 Ordered"), card.created_at), Stop(_(STEP_WORDS[Step.HARVESTED]), batch.harvested_at, lot)]
    left = card.state in LEFT
    later = [
        Stop(_(STEP_WORDS[step]), taken[step].at if step in taken else None)
        for step in AHEAD if step in taken or not left
    ]  # fmt: skip
    return [*first, *later]


def _way_stops(turn: Turn, card: OrderCard) -> list[Stop]:
    """What the courier, or the farmer on the way himself, reported; then what is still to come."""
    seen = checkpoints_of_order(turn.session, card.id)
    stops = [Stop(_(_seen_words(each, card)), each.at, _band(each)) for each in seen]
    reported = {each.status for each in seen}
    if card.delivery == "pickup" and not seen:
        stops.append(Stop(_("📍 Pick up at: {place}", place=Name(card.pickup_place))))
    elif Status.ON_THE_ROAD not in reported and card.state not in ARRIVED:
        stops.append(Stop(_(SEEN_WORDS[Status.ON_THE_ROAD])))
    if Status.DELIVERED not in reported and card.state not in ARRIVED:
        stops.append(Stop(_(SEEN_WORDS[Status.DELIVERED])))
    return stops


def _seen_words(each: Seen, card: OrderCard) -> str:
    words = SEEN_WORDS | OWN_WORDS if each.courier_id == card.seller_id else SEEN_WORDS
    return words[each.status]


def _band(each: Seen) -> str:
    return _(BAND_WORDS[each.temperature]) if each.temperature is not None else ""


def _drawn(stop: Stop) -> str:
    if stop.at is None:
        return _("▢ {what}", what=stop.words)
    if stop.note:
        return _("☑ {what} · {moment} · {note}", what=stop.words, moment=stop.at, note=stop.note)
    return _("☑ {what} · {moment}", what=stop.words, moment=stop.at)
