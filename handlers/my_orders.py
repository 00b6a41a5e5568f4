"""[🧺 My orders]: the list, one order's card, a note to the farmer, and cancelling with the sums shown first."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import N_, Name, _
from core.messaging.screen import Screen, button, rows_of
from core.orders import cancel as cancelling
from core.orders import delivery_choice, queries, waiting
from core.orders.late import cancel_late, late_plan
from core.orders.models import Order
from core.orders.queries import OrderCard
from handlers.buyer import sums
from handlers.contested import with_waiting
from handlers.home import MARKET, MY_ORDERS
from handlers.order_screens import order_line, order_screen
from handlers.routes import expects, press, tile
from handlers.states import Buying
from handlers.turn import Reply, Turn
from handlers.waiting_screens import late_question, place_button, place_line
from handlers.words import amount, emoji_of

PAGE = 5


def card_of(turn: Turn, order_id: int) -> OrderCard:
    """The order as its buyer sees it. Raises NotFound for anybody else."""
    return queries.order_card(turn.session, order_id, turn.actor)


def own_order(turn: Turn, action: str) -> Order:
    """The pressed order, if this person may do this to it and the button is not stale."""
    if turn.press is None:
        raise NotFound
    order = queries.order_for(turn.session, turn.actor, turn.press.id, action)
    turn.still(order)
    return order


@tile(MY_ORDERS)
@press("borders")
async def my_orders(turn: Turn) -> Reply:
    """The newest orders, five a page."""
    await turn.goto(None)
    before = turn.press.id or None if turn.press else None
    lines = queries.my_orders(turn.session, turn.who.member_id, limit=PAGE + 1, before=before)
    places = [] if before else waiting.places_of(turn.session, turn.who.member_id)
    if not lines and not places:
        empty = _("🧺 0 orders. Press 🛍 Market to see what ripens.")
        return Screen(empty, ((button(_(MARKET), "bmarket"),),))
    shown = lines[:PAGE]
    waits = [place_line(place) for place in places]
    text = "\n".join([_("🧺 My orders"), *(order_line(line) for line in shown), *waits])
    buttons = [button(f"{emoji_of(line.crop)} {line.number}", "border", line.id) for line in shown]
    if len(lines) > PAGE:
        buttons.append(button(_("▶ Older"), "borders", shown[-1].id))
    return Screen(text, (*rows_of(buttons, 3), *rows_of([place_button(place) for place in places], 2)))


@press("border")
async def show_order(turn: Turn) -> Reply:
    """One order's card; also what is shown after a stale button."""
    if turn.press is None:
        raise NotFound
    if (turn.state or "").startswith(Buying.__name__):
        await turn.goto(None)
    return order_screen(card_of(turn, turn.press.id))


@press("bnote", fresh=show_order)
async def ask_note(turn: Turn) -> Reply:
    """A customised need, in the buyer's own words."""
    order = own_order(turn, "order.note")
    await turn.goto(Buying.note, order=order.id)
    return Screen(_("📝 {number}: what should the farmer know?\nFor example: Please pick them green.",
                    number=Name(order.number)))  # fmt: skip


@expects(Buying.note, example=N_("Write your wish to the farmer, for example: Please pick them green."))
async def got_note(turn: Turn) -> Reply:
    """The note is kept with the order and stands on the farmer's list."""
    order = queries.order_for(turn.session, turn.actor, turn.data.get("order", 0), "order.note")
    delivery_choice.write_note(turn.session, turn.actor, order, turn.text, now=turn.now)
    await turn.leave()
    return order_screen(card_of(turn, order.id)).fresh()


@press("bcancel", fresh=show_order)
async def ask_cancel(turn: Turn) -> Reply:
    """Nothing moves money without a confirm that shows the numbers."""
    order = own_order(turn, "order.cancel")
    card = card_of(turn, order.id)
    plan = late_plan(turn.session, order, now=turn.now)
    if plan is not None:
        return late_question(card, plan)
    lines = [
        _("❌ Cancel {number}, {got}?", number=Name(card.number), got=amount(card.quantity, card.unit)),
        _("Free until {day}.", day=card.free_cancel_until) if card.free_cancel_until else "",
        with_waiting(turn, order, card.paid, _("{sum} goes back to your wallet at once.", sum=card.paid))
        if card.paid
        else _("Nothing was paid yet."),
        sums(card),
    ]
    rows = ((button(_("❌ Yes, cancel"), "bcancel2", order.id, order.rev), button(_("↩️ Keep it"), "border", order.id)),)
    return Screen("\n".join(line for line in lines if line), rows)


@press("bcancel2", fresh=show_order)
async def cancel_order(turn: Turn) -> Reply:
    """Cancelled: what was paid is in the wallet."""
    order = own_order(turn, "order.cancel")
    back = cancelling.cancel(turn.session, turn.actor, order, now=turn.now)
    return _cancelled(card_of(turn, order.id), _("👛 {sum} is back in your wallet.", sum=back) if back else "")


@press("blate", fresh=show_order)
async def cancel_order_late(turn: Turn) -> Reply:
    """Cancelled after the cutoff: the deposit waits for whoever waits."""
    order = own_order(turn, "order.cancel")
    kept = cancel_late(turn.session, turn.actor, order, now=turn.now)
    rule = _("🤝 {sum} is kept unless the waiting list takes your share; then it comes back in full.", sum=kept)
    return _cancelled(card_of(turn, order.id), rule if kept else "")


def _cancelled(card: OrderCard, what: str) -> Screen:
    told = [_("✖️ {number} is cancelled.", number=Name(card.number)), what, sums(card)]
    rows = ((button(_("🧺 My orders"), "borders"), button(_(MARKET), "bmarket")),)
    return Screen("\n".join(line for line in told if line), rows)
