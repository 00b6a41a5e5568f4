"""[✅ Received]: the buyer has it; the farmer's share is released and the buyer is asked how it was."""

from __future__ import annotations

from core.catalog.queries import campaign
from core.i18n import Name, _
from core.messaging.screen import Screen
from core.orders import fulfil
from handlers.buyer import sums
from handlers.following import follow_row
from handlers.my_orders import card_of, own_order, show_order
from handlers.order_screens import review_rows
from handlers.routes import press
from handlers.turn import Reply, Turn


@press("bgot", fresh=show_order)
async def received(turn: Turn) -> Reply:
    """Confirmed once; then the three faces."""
    order = own_order(turn, "order.receive")
    fulfil.receive(turn.session, turn.actor, order, now=turn.now)
    card = card_of(turn, order.id)
    told = [_("✅ {number} received. Thank you!", number=Name(card.number)), _("How was it?"), sums(card)]
    farm_id = campaign(turn.session, card.campaign_id).farm_id
    return Screen("\n".join(told), (*review_rows(card), *follow_row(turn, farm_id)))
