"""[🚚 Hand to courier]: the farm delivers itself, a courier of ours carries, or a link is sent; then who got what."""

from __future__ import annotations

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.i18n import _, ngettext_of
from core.members.queries import couriers, is_courier
from core.messaging.screen import Screen
from core.money import Money
from core.orders.fulfil import CourierStatus, HandOver, collect_cash, deliver, report
from core.orders.leaving import hand_over_all, new_links
from core.orders.models import Order
from core.orders.packing import packed_count
from core.orders.queries import farm_orders, order_card, order_for
from core.orders.states import OrderState
from handlers import pick_screens as screens
from handlers.farm_orders import sale_card
from handlers.paging import last_shown, page_in_value
from handlers.publish_edit import whole
from handlers.routes import press
from handlers.sale_draft import own_sale
from handlers.turn import Reply, Toast, Turn

_LEFT = frozenset({OrderState.DISPATCHED, OrderState.AT_PICKUP})
ORDERS_SHOWN = 20
COURIERS_SHOWN = 10


@press("fhand", fresh=sale_card)
async def who(turn: Turn) -> Reply:
    """Who carries what is packed?"""
    sale = _sale(turn)
    packed = packed_count(turn.session, sale)
    if not packed:
        raise Changed
    page = page_in_value(turn)
    ours = couriers(turn.session, limit=COURIERS_SHOWN + 1, skip=page * COURIERS_SHOWN)
    following = page + 1 if len(ours) > COURIERS_SHOWN else 0
    return screens.who_carries(sale, packed, ours[:COURIERS_SHOWN], following=following)


@press("fself", fresh=sale_card)
async def myself(turn: Turn) -> Reply:
    """[🙋 I deliver myself]: on the way at once."""
    sale = _sale(turn)
    gone = hand_over_all(turn.session, turn.actor, sale, how=HandOver(self_delivered=True), now=turn.now)
    head = ngettext_of("🚚 {count} order is on its way with you.", "🚚 {count} orders are on their way with you.",
                       len(gone.carried))  # fmt: skip
    return screens.left(sale, gone, head)


@press("fcour", fresh=sale_card)
async def our_courier(turn: Turn) -> Reply:
    """A courier of ours finds the parcels under 🚚 My parcels."""
    sale = _sale(turn)
    courier_id = whole(turn.pressed_value)
    if not is_courier(turn.session, courier_id):
        raise NotFound
    gone = hand_over_all(turn.session, turn.actor, sale, how=HandOver(courier_id=courier_id), now=turn.now)
    head = ngettext_of("🚚 {count} parcel is given to the courier.", "🚚 {count} parcels are given to the courier.",
                       len(gone.carried))  # fmt: skip
    return screens.left(sale, gone, head)


@press("flink", fresh=sale_card)
async def by_link(turn: Turn) -> Reply:
    """[🔗 Send a link]: one for each parcel, to send on to whoever carries it. Pressed again: fresh links."""
    sale = _sale(turn)
    gone = hand_over_all(turn.session, turn.actor, sale, how=HandOver(), with_links=True, now=turn.now)
    if not (gone.carried or gone.at_pickup or gone.unsaid):
        gone = new_links(turn.session, turn.actor, sale, now=turn.now)
    head = ngettext_of("🔗 {count} link. Send it to the courier: who opens it first carries the parcel.",
                       "🔗 {count} links. Send them to the couriers: who opens one first carries that parcel.",
                       len(gone.carried))  # fmt: skip
    return [screens.left(sale, gone, head), *screens.links(sale, gone, turn.bot.username)]


@press("fway")
async def on_the_way(turn: Turn) -> Reply:
    """[🏠 On the way]: what has left and not come, the newest first."""
    return _on_the_way(turn, _sale(turn), last_shown(turn))


@press("fgave")
async def handed_over(turn: Turn) -> Reply:
    """One order reached its buyer; agreed cash is taken first."""
    order = _order(turn)
    turn.still(order)
    card = order_card(turn.session, order.id, turn.actor)
    if card.cash_agreed and card.rest:
        return screens.take_cash(card)
    return _delivered(turn, order)


@press("fcash")
async def cash_taken(turn: Turn) -> Reply:
    """[💵 Taken]: recorded, and the order is delivered."""
    order = _order(turn)
    turn.still(order)
    taken = Money(whole(turn.pressed_value), order.currency)
    collect_cash(turn.session, turn.actor, order, taken, now=turn.now)
    return _delivered(turn, order)


def _delivered(turn: Turn, order: Order) -> Reply:
    if order.state == OrderState.AT_PICKUP:
        deliver(turn.session, turn.actor, order, now=turn.now)
    else:
        report(turn.session, turn.actor, order, CourierStatus.DELIVERED, now=turn.now)
    told = Toast(_("🏠 #{number}: delivered.", number=order.number))
    return [told, _on_the_way(turn, own_sale(turn, order.campaign_id))]


def _on_the_way(turn: Turn, sale: Campaign, before: int | None = None) -> Screen:
    found = farm_orders(
        turn.session, sale.farm_id, campaign_id=sale.id, states=_LEFT, limit=ORDERS_SHOWN + 1, before=before
    )
    return screens.on_the_way(sale, found[:ORDERS_SHOWN], more=len(found) > ORDERS_SHOWN)


def _order(turn: Turn) -> Order:
    return order_for(turn.session, turn.actor, turn.pressed_id, "order.hand_over")


def _sale(turn: Turn) -> Campaign:
    return own_sale(turn, turn.pressed_id)
