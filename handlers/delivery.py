"""Where the goods shall go: asked once after the first payment, and changed as long as they are not packed."""

from __future__ import annotations

from core.i18n import N_, Name, _
from core.messaging.screen import Rows, Screen, button
from core.money import zero
from core.orders import queries
from core.orders.delivery_choice import Choice
from core.orders.delivery_choice import choose_delivery as choose
from core.orders.errors import AddressMissing
from core.orders.models import Order
from core.orders.queries import OrderCard
from handlers.buyer import sums
from handlers.change import ask_amount
from handlers.my_orders import card_of, own_order, show_order
from handlers.order_screens import order_screen, placed_screen, way_buttons, where_words
from handlers.routes import expects, press
from handlers.states import Paying
from handlers.turn import Reply, Turn

ADDRESS_EXAMPLE = N_("Write street, number and place, for example: 12 Lake Road, Hill Town. Or share your place 📎")


@press("bsend", fresh=show_order)
async def choose_way(turn: Turn) -> Reply:
    """[🚚 Deliver] and [🏠 Another address] ask for the address; [📍 Pick up] is done."""
    order = own_order(turn, "order.deliver_to")
    if turn.press is not None and turn.press.value == Choice.PICKUP.value:
        return _chosen(turn, order, Choice.PICKUP)
    await turn.leave()
    await turn.goto(Paying.address, order=order.id)
    return Screen(_("🏠 Where shall it go?\nWrite street, number and place, or share your place 📎"))


@expects(Paying.address, takes="text place", example=ADDRESS_EXAMPLE)
async def got_address(turn: Turn) -> Reply:
    """An address in words, or a shared place; once it is packed the order is shown as it is."""
    order = queries.order_for(turn.session, turn.actor, turn.data["order"], "order.deliver_to")
    if turn.place is None and not any(char.isalpha() for char in turn.text):
        raise AddressMissing
    card = card_of(turn, order.id)
    await turn.leave()
    if "order.deliver_to" not in card.actions:
        late = _("📦 {number} is packed or has ended: nothing was changed.", number=Name(card.number))
        return [Screen(late, edit=False), order_screen(card).fresh()]
    return _chosen(turn, order, Choice.DELIVER, _address(turn)).fresh()


def _chosen(turn: Turn, order: Order, way: Choice, address: str = "") -> Screen:
    """Noted; with what went back to the wallet, when the way is cheaper than the one before."""
    before = card_of(turn, order.id).back
    choose(turn.session, turn.actor, order, way, address=address, now=turn.now)
    card = card_of(turn, order.id)
    return placed_screen(card, back=card.back - before)


def _address(turn: Turn) -> str:
    if turn.place is None:
        return turn.text
    return f"{turn.place.latitude:.5f}, {turn.place.longitude:.5f}"


@press("bchange", fresh=show_order)
async def ask_change(turn: Turn) -> Reply:
    """[✏️ Change]: what stands now, and what the other ways cost, before anything moves."""
    order = own_order(turn, "order.deliver_to")
    card = card_of(turn, order.id)
    if card.delivery is None and "order.change" in card.actions:
        return await ask_amount(turn)  # where it goes is asked on the order itself
    told = [
        _("✏️ {number}: where shall it go?", number=Name(card.number)), where_words(card), *_differences(card),
        sums(card),
    ]  # fmt: skip
    return Screen("\n".join(each for each in told if each), _ways(card))


def _ways(card: OrderCard) -> Rows:
    other = [each for way, each in way_buttons(card).items() if way != card.delivery]
    if card.delivery == Choice.DELIVER.value:
        other.append(button(_("🏠 Another address"), "bsend", card.id, card.rev, Choice.DELIVER.value))
    quantity = ((button(_("⚖️ Quantity"), "bamount", card.id, card.rev),),) if "order.change" in card.actions else ()
    return (*((each,) for each in other), *quantity, (button(_("↩️ Keep it"), "border", card.id),))


def _differences(card: OrderCard) -> list[str]:
    """What the other way costs more or less, and what of that comes back."""
    if card.delivery == Choice.PICKUP.value:
        fee = card.delivery_offered
        return [_("🚚 If it is brought, {sum} more is to pay.", sum=fee)] if fee else []
    if not card.pickup_place or not card.delivery_fee:
        return []
    nothing = zero(card.total.currency)
    back = min(max(card.paid - card.goods, nothing), card.delivery_fee)
    less = card.delivery_fee - back
    return [
        *([_("📍 If you pick it up, {sum} goes back to your wallet.", sum=back)] if back else []),
        *([_("📍 If you pick it up, {sum} less is to pay.", sum=less)] if less else []),
    ]
