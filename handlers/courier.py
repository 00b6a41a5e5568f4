"""Script 10, the courier: a link or 🚚 My parcels, then one tap a step; how cold it is, cash at the door, a photo."""

from __future__ import annotations

from core.delivery.statuses import Band
from core.errors import Changed, NotFound
from core.i18n import N_, Name, _, ngettext_of
from core.members import service as members
from core.members.queries import member
from core.messaging.screen import Button, Rows, Screen, button
from core.money import Money
from core.notices import courier_cards as cards
from core.orders.carrying import add_note, carried_by, parcel_for, take
from core.orders.cash import cash_owed
from core.orders.fulfil import CourierNote, CourierStatus, collect_cash, report
from core.orders.models import Order
from core.orders.queries import OrderCard, order_card, order_for
from core.permissions import Role
from handlers.home import PARCELS, keyboard
from handlers.paging import moves, page_of
from handlers.publish_edit import whole
from handlers.publish_photo import album_of, incoming
from handlers.routes import expects, link, press, tile
from handlers.states import Carrying
from handlers.turn import Reply, Toast, Turn


@link("c_")
async def opened(turn: Turn) -> Reply:
    """The farm's link: whoever opens it first carries the parcel, a newcomer too."""
    person = member(turn.session, turn.who.member_id)
    newcomer = turn.who.home is None and turn.who.language is None
    parcel = take(turn.session, turn.text, person, now=turn.now)
    if newcomer:
        members.choose_language(turn.session, person, turn.speech.language, now=turn.now)
    shown = cards.parcel_card(turn.session, parcel).fresh()
    if Role.COURIER in turn.who.roles:
        return shown
    return [keyboard(Role.COURIER, _("🚚 Welcome, {name}. Your parcels:", name=Name(person.name))), shown]


@tile(PARCELS)
@press("cmine")
async def mine(turn: Turn) -> Reply:
    """[🚚 My parcels]: what this courier carries now, one button each."""
    await turn.goto(None)
    page = page_of(turn)
    carried = carried_by(turn.session, turn.actor, page=page)
    told = ngettext_of("🚚 {count} parcel", "🚚 {count} parcels", carried.total)
    if not carried.total:
        told = _("🚚 0 parcels. Ask the farm for a link, or wait for the next one.")
    cash = cash_owed(turn.session, turn.who.member_id)
    if cash.minor > 0:
        told = "\n".join([told, _("💵 You carry {sum} in cash for the co-op.", sum=cash)])
    shown = [(_line(order_card(turn.session, parcel.order_id)),) for parcel in carried.parcels]
    turned = moves("cmine", page, more=carried.more)
    return Screen(told, (*shown, turned) if turned else tuple(shown), edit=False)


def _line(card: OrderCard) -> Button:
    label = _("📦 {number} · {name}", number=Name(card.number), name=Name(card.buyer_name[:12]))
    return button(label, "cparcel", card.id)


@press("cparcel")
async def one(turn: Turn) -> Reply:
    """One parcel as it stands now."""
    return _card(turn, _order(turn))


@press("cpick", fresh=one)
async def picked_up(turn: Turn) -> Reply:
    """[📦 Picked up]: the order is dispatched."""
    return _said(turn, CourierStatus.PICKED_UP, expected="booked")


@press("croad", fresh=one)
async def on_the_road(turn: Turn) -> Reply:
    """[🚚 On the road]: the buyer reads that it comes today."""
    return _said(turn, CourierStatus.ON_THE_ROAD, expected="picked_up")


@press("cdone", fresh=one)
async def delivered(turn: Turn) -> Reply:
    """[🏠 Delivered]; agreed cash is taken first."""
    order = _order(turn)
    turn.still(order)
    card = order_card(turn.session, order.id)
    if cards.cash_due(card):
        return cards.take_cash(card)
    return await _delivered(turn, order)


@press("ccash", fresh=one)
async def cash_taken(turn: Turn) -> Reply:
    """[💵 Taken]: written down, and the order is delivered."""
    order = _order(turn)
    turn.still(order)
    taken = Money(whole(turn.pressed_value), order.currency)
    collect_cash(turn.session, turn.actor, order, taken, now=turn.now)
    return await _delivered(turn, order)


@press("ctemp", fresh=one)
async def how_cold(turn: Turn) -> Reply:
    """[≤4°][5–8°][>8°]: seen by the buyer under Track."""
    order = _order(turn)
    turn.still(order)
    band = turn.pressed_value
    if band not in set(cards.BANDS):
        raise NotFound
    add_note(turn.session, turn.actor, order, CourierNote(temperature=band), now=turn.now)
    return Toast(_("🌡 {band} noted.", band=cards.BANDS[Band(band)]))


@expects(Carrying.photo, takes="photo", example=N_("Send a photo of the parcel at the door, or press 🚚 My parcels."))
async def photo(turn: Turn) -> Reply:
    """A photo at the door, kept with the parcel."""
    order = order_for(turn.session, turn.actor, int(turn.data.get("order", 0)), "parcel.report")
    add_note(turn.session, turn.actor, order, CourierNote(media_id=incoming(turn).id), now=turn.now)
    key = f"door:{order.id}:{album_of(turn)}"  # one line for an album
    return Screen(_("📷 Order {number}: photo kept.", number=Name(order.number)), _list(), card=key)


def _said(turn: Turn, status: CourierStatus, *, expected: str) -> Reply:
    """One step further; pressed twice, the second changes nothing."""
    order = _order(turn)
    turn.still(order)
    if parcel_for(turn.session, turn.actor, order).status != expected:
        raise Changed
    report(turn.session, turn.actor, order, status, now=turn.now)
    return _card(turn, order)


async def _delivered(turn: Turn, order: Order) -> Reply:
    report(turn.session, turn.actor, order, CourierStatus.DELIVERED, now=turn.now)
    await turn.goto(Carrying.photo, order=order.id)
    told = _("🏠 Order {number}: delivered. A photo at the door? 📷", number=Name(order.number))
    return Screen(told, _list())


def _card(turn: Turn, order: Order) -> Screen:
    return cards.parcel_card(turn.session, parcel_for(turn.session, turn.actor, order))


def _order(turn: Turn) -> Order:
    return order_for(turn.session, turn.actor, turn.pressed_id, "parcel.report")


def _list() -> Rows:
    return ((button(_(PARCELS), "cmine"),),)
