"""The buyer's word when an order goes another way: more time to pay, a smaller share, another weight, other terms."""

from __future__ import annotations

from core.i18n import Name, _
from core.messaging.screen import Button, Rows, Screen, button
from core.money import Money
from core.orders import consent, terms
from core.orders.forfeit import more_time
from handlers.buyer import sums
from handlers.contested import with_waiting
from handlers.home import MARKET
from handlers.my_orders import card_of, own_order, show_order
from handlers.order_screens import order_screen, pay_rows
from handlers.routes import press
from handlers.turn import Reply, Turn
from handlers.words import amount


@press("bmore", fresh=show_order)
async def longer(turn: Turn) -> Reply:
    """[More time]: once."""
    order = own_order(turn, "order.more_time")
    until = more_time(turn.session, turn.actor, order, now=turn.now)
    card = card_of(turn, order.id)
    told = _("⏳ {number}: you have until {time}. The farmer is told.", number=Name(card.number), time=until)
    return Screen(f"{told}\n{sums(card)}", (*pay_rows(card), _see(order.id)))


@press("bacc", fresh=show_order)
async def take_share(turn: Turn) -> Reply:
    """[Accept] the smaller share."""
    order = own_order(turn, "order.decline")
    consent.accept_share(turn.session, turn.actor, order, now=turn.now)
    return order_screen(card_of(turn, order.id))


@press("bref", fresh=show_order)
async def refuse_share(turn: Turn) -> Reply:
    """[Refund all]: the numbers first."""
    return _ask(turn, "order.decline", "bref2")


@press("bref2", fresh=show_order)
async def share_refused(turn: Turn) -> Reply:
    """Everything is back in the wallet."""
    order = own_order(turn, "order.decline")
    back = consent.decline_share(turn.session, turn.actor, order, now=turn.now)
    return _refunded(turn, order.id, back)


@press("bok", fresh=show_order)
async def take_weight(turn: Turn) -> Reply:
    """[Accept] what the scales said: the balance is due."""
    order = own_order(turn, "order.consent")
    consent.accept_weight(turn.session, turn.actor, order, now=turn.now)
    return order_screen(card_of(turn, order.id))


@press("bno", fresh=show_order)
async def refuse_weight(turn: Turn) -> Reply:
    """[Refuse: full refund]: the numbers first."""
    return _ask(turn, "order.consent", "bno2")


@press("bno2", fresh=show_order)
async def weight_refused(turn: Turn) -> Reply:
    """Everything is back in the wallet."""
    order = own_order(turn, "order.consent")
    back = consent.refuse_weight(turn.session, turn.actor, order, now=turn.now)
    return _refunded(turn, order.id, back)


@press("btok", fresh=show_order)
async def take_terms(turn: Turn) -> Reply:
    """[Accept] the higher price or the other goods: the balance is due."""
    order = own_order(turn, "order.consent")
    terms.accept_terms(turn.session, turn.actor, order, now=turn.now)
    return order_screen(card_of(turn, order.id))


@press("btno", fresh=show_order)
async def refuse_terms(turn: Turn) -> Reply:
    """[Refuse: full refund]: the numbers first."""
    return _ask(turn, "order.consent", "btno2")


@press("btno2", fresh=show_order)
async def terms_refused(turn: Turn) -> Reply:
    """Everything is back in the wallet."""
    order = own_order(turn, "order.consent")
    back = terms.refuse_terms(turn.session, turn.actor, order, now=turn.now)
    return _refunded(turn, order.id, back)


def _ask(turn: Turn, action: str, confirm: str) -> Screen:
    order = own_order(turn, action)
    card = card_of(turn, order.id)
    told = _("❌ Refuse {number}, {got}? {sum} goes back to your wallet at once.", number=Name(card.number),
             got=amount(card.quantity, card.unit), sum=card.paid)  # fmt: skip
    told = with_waiting(turn, order, card.paid, told)
    yes = button(_("❌ Yes, refund all"), confirm, order.id, order.rev)
    return Screen(f"{told}\n{sums(card)}", ((yes, button(_("↩️ Keep it"), "border", order.id)),))


def _refunded(turn: Turn, order_id: int, back: Money) -> Screen:
    card = card_of(turn, order_id)
    told = _("✖️ {number} is closed. 👛 {sum} is back in your wallet.", number=Name(card.number), sum=back)
    rows: Rows = ((button(_("🧺 My orders"), "borders"), button(_(MARKET), "bmarket")),)
    return Screen(f"{told}\n{sums(card)}", rows)


def _see(order_id: int) -> tuple[Button, ...]:
    return (button(_("🧾 Order"), "border", order_id),)
