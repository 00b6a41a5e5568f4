"""A failed delivery as staff see it: pushed or opened under To decide, with who may bear it and what that means."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.catalog.words import amount, sale_words
from core.i18n import N_, Name, _
from core.messaging.screen import Screen, button
from core.orders.card import OrderCard
from core.orders.models import Order
from core.orders.undelivered import USUAL_BEARER, Bearer, Cause, settlement

CAUSES: dict[str, str] = {
    Cause.ABSENT: N_("🚪 Nobody there"), Cause.REFUSED: N_("🙅 Refused"), Cause.NO_CASH: N_("💵 No cash"),
    Cause.GOODS: N_("🥀 Not as promised"), Cause.CARRIER: N_("💥 Lost or damaged"),
}  # fmt: skip
BEARERS: dict[str, str] = {
    Bearer.BUYER: N_("🧺 Buyer bears it"), Bearer.FARM: N_("🌱 Farm bears it"),
    Bearer.CARRIER: N_("🚚 Carrier bears it"),
}  # fmt: skip


def settle_card(session: Session, order: Order, card: OrderCard) -> Screen:
    """What it is, why it failed, the sums, and the three who may bear it; the usual one first."""
    cause = Cause(order.trouble or Cause.ABSENT)
    usual = USUAL_BEARER[cause]
    back = settlement(session, order, usual).back
    lines = [
        _("📪 Order {number}: {sale} {quantity}, not delivered", number=Name(card.number), sale=sale_words(card),
          quantity=amount(card.quantity, card.unit)),
        _("{why} · buyer {buyer} · {store}", why=_(CAUSES[cause]), buyer=Name(card.buyer_name),
          store=Name(card.store_name)),
        _("Usual: {who}, back {sum}.", who=_(BEARERS[usual]), sum=back),
        _("Paid {paid} · owed {owed}", paid=card.paid, owed=card.rest),
    ]  # fmt: skip
    order_of = (usual, *(each for each in Bearer if each is not usual))
    rows = tuple((button(_(BEARERS[each]), "osetb", card.id, card.rev, each.value),) for each in order_of)
    return Screen("\n".join(lines), (*rows, (button(_("✅ To decide"), "oq"),)))
